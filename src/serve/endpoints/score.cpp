// One application's score with what a lender decides by: points, band, and the reasons that a refused person is told.
#include <utility>

#include "serve/decide.h"
#include "serve/endpoints.h"
#include "serve/prediction.h"
#include "serve/schema.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {400, 413, 415, 422, 503};

Json answer(const Explanation& explanation, const Bundle& bundle) {
  Json json = prediction_json(explanation.score, bundle);
  json["default_probability"] = 1.0 - explanation.score.repayment_probability;
  json["points"] = explanation.score.points;
  json["band"] = bundle.points.band_of(explanation.score.points);
  Json::Array reasons;
  for (const Reason& reason : explanation.reasons) {
    reasons.push_back(Json::Object{{"feature", reason.feature},
                                   {"group", reason.group},
                                   {"text", reason.sentence},
                                   {"points_lost", -bundle.points.scale.worth(reason.log_odds)}});
  }
  json["reasons"] = std::move(reasons);
  return json;
}

HttpResponse handle(const HttpRequest& request, const Service& service) {
  Decided decided = decide(request, service, WithReasons::kYes);
  return {.body = to_json(answer(decided.explanation, service.scorer().bundle())),
          .headers = std::move(decided.headers)};
}

using schema::typed;

Json answer_schema(const Service& service) {
  Json schema = prediction_schema(service);
  Json& properties = schema["properties"];
  properties["default_probability"] = typed("number", "1 - prediction_probability");
  properties["points"] = typed("number", "The log-odds of repayment on the bundle's scale of points; more is better");
  properties["band"] = typed("string", "`A` is the best; empty when the bundle has no bands");
  Json reason = schema::object(
      "One group of features that lowered the score",
      {{"feature", typed("string", "The feature of the group that lowered it most: the reason's code")},
       {"group", typed("string", "The family of features")},
       {"text", typed("string", "A sentence for the person: what, the value, and what is typical of repaid loans")},
       {"points_lost", typed("number", "What the whole group took away, before calibration")}});
  Json reasons = schema::array("Why it scored no better, the heaviest first; at most four", std::move(reason));
  reasons["maxItems"] = kReasonsMax;
  properties["reasons"] = std::move(reasons);
  Json::Array required = schema.at("required").as_array();
  for (const char* name : {"default_probability", "points", "band", "reasons"}) required.emplace_back(name);
  schema["required"] = std::move(required);
  return schema;
}

Json operation(const Service& service) { return prediction_operation(service, "score", answer_schema(service)); }

}  // namespace

extern const Endpoint score;
constinit const Endpoint score = {.method = "POST",
                                  .path = "/v1/score",
                                  .summary = "Score one application, with points, band and reasons",
                                  .scope = Permission::kScore,
                                  .reads_store = true,
                                  .decides = true,
                                  .problems = kProblems,
                                  .operation = operation,
                                  .handle = handle};

}  // namespace asof::endpoints
