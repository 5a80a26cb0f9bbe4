// What every answer about one application says, and how the API describes it.
#pragma once

#include "base/json.h"
#include "score/scorer.h"
#include "serve/service.h"

namespace asof {

/// Which model answers: name, version, kind.
Json model_json(const Bundle& bundle);

/// The JSON Schema of that.
Json model_schema();

/// Probability, model, rows used, missing sources, thin file.
Json prediction_json(const Score& score, const Bundle& bundle);

/// The JSON Schema of that.
Json prediction_schema(const Service& service);

/// The same with what a lender decides by: points, band, reasons.
Json score_json(const Explanation& explanation, const Bundle& bundle);

/// The JSON Schema of that.
Json score_schema(const Service& service);

/// The OpenAPI operation of an endpoint that takes an application and answers with `answer_schema`.
Json prediction_operation(const Service& service, const char* operation_id, Json answer_schema);

}  // namespace asof
