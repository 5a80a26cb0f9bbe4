// The repayment probability of one application, from what was known at its time.
#include <utility>

#include "serve/decide.h"
#include "serve/endpoints.h"
#include "serve/prediction.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {400, 413, 415, 422, 503};

HttpResponse handle(const HttpRequest& request, const Service& service) {
  Decided decided = decide(request, service, WithReasons::kNo);
  return {.body = to_json(prediction_json(decided.explanation.score, service.scorer().bundle())),
          .headers = std::move(decided.headers)};
}

Json operation(const Service& service) { return prediction_operation(service, "predict", prediction_schema(service)); }

}  // namespace

constinit const Endpoint predict = {.method = "POST",
                                    .path = "/predict",
                                    .summary = "Score one application",
                                    .scope = Permission::kScore,
                                    .reads_store = true,
                                    .decides = true,
                                    .problems = kProblems,
                                    .operation = operation,
                                    .handle = handle};

}  // namespace asof::endpoints
