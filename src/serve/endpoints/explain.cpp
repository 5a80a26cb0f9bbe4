// What a score was made of: every feature with its value, what it added to the log-odds, what it means, and the rows
// behind it. It shows rows of a person, so a key to score does not open it; it gives a score, so it is a decision.
#include <utility>

#include "serve/decide.h"
#include "serve/endpoints.h"
#include "serve/prediction.h"
#include "serve/schema.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {400, 413, 415, 422, 503};
/// Of a feature so many rows are shown at most.
constexpr std::size_t kRowsShownMax = 100;

Json part_json(const PartRows& part) {
  Json::Array rows;
  for (const TracedRow& row : part.used.rows) rows.push_back(to_json_value(row));
  return Json::Object{{"expression", part.expression},
                      {"table", part.table},
                      {"rows_used", static_cast<std::int64_t>(part.used.count)},
                      {"rows", std::move(rows)}};
}

Json feature_json(const Decided& decided, std::size_t i, const Service& service) {
  Json json = to_json_value(decided.explanation.contributions[i]);
  json["definition"] = service.scorer().bundle().definitions[i].expression;
  json["english"] = service.provenance().english(i);
  Json::Array parts;
  for (const PartRows& part :
       service.provenance().rows_of(i, decided.request.application.at, decided.rows.history, kRowsShownMax))
    parts.push_back(part_json(part));
  json["parts"] = std::move(parts);
  return json;
}

HttpResponse handle(const HttpRequest& request, const Service& service) {
  Decided decided = decide(request, service, WithReasons::kYes);
  const Explanation& explanation = decided.explanation;
  Json json = score_json(explanation, service.scorer().bundle());
  json["log_odds"] = explanation.score.log_odds;
  json["base"] = explanation.base;
  json["calibration"] = explanation.calibration;
  json["prior"] = explanation.prior;
  Json::Array contributions;
  for (std::size_t i = 0; i < explanation.contributions.size(); ++i)
    contributions.push_back(feature_json(decided, i, service));
  json["contributions"] = std::move(contributions);
  return {.body = to_json(json), .headers = std::move(decided.headers)};
}

// --- the description

using schema::array;
using schema::nullable;
using schema::object;
using schema::typed;

Json contributions_schema() {
  const Json row =
      object("One row", {{"time", nullable(typed("string", "When it happened; null in undated tables"))},
                         {"value", nullable(typed("string", "What it brought in; null when rows are counted"))},
                         {"known_at", nullable(typed("string", "When the lender knew it, where recorded"))},
                         {"fate", typed("string", "`used`")}});
  Json rows = array("The latest of them, oldest first", row);
  rows["maxItems"] = kRowsShownMax;
  const Json part = object("An aggregation over the rows of a table, or an attribute",
                           {{"expression", typed("string", "As in the definition")},
                            {"table", typed("string", "Whose rows it reads")},
                            {"rows_used", typed("integer", "How many it was made of")},
                            {"rows", std::move(rows)}});
  const Json feature =
      object("One feature",
             {{"feature", typed("string", "Its name")},
              {"value",
               nullable(typed("number", "Null when missing; of a text the number of its category, -1 for a new one"))},
              {"shown", typed("string", "The value as a person reads it")},
              {"log_odds", typed("number", "What it added to the log-odds of repayment, before calibration")},
              {"definition", typed("string", "In the language of features")},
              {"english", typed("string", "The same in plain English")},
              {"parts",
               array("What it reads of tables; of all its parts together at most 100 rows are listed, each part having "
                     "an equal share",
                     part)}});
  return array("Every feature, in the order of the model", feature);
}

Json operation(const Service& service) {
  Json schema = score_schema(service);
  Json required = schema.at("required");
  const std::pair<const char*, Json> more[] = {
      {"log_odds", typed("number", "Of repayment: base + sum of contributions + calibration + prior")},
      {"base", typed("number", "What the model says before it looks at a feature")},
      {"calibration", typed("number", "What calibration moves the model's margin by")},
      {"prior", typed("number", "What every score is moved by for the expected share repaid; 0 when none is given")},
      {"contributions", contributions_schema()}};
  for (const auto& [name, property] : more) {
    schema["properties"][name] = property;
    required.push_back(name);
  }
  schema["required"] = std::move(required);
  Json operation = prediction_operation(service, "explain", std::move(schema));
  operation["description"] =
      "The answer of `/v1/score` and what it was made of: the terms of the log-odds, every feature, and the latest "
      "rows "
      "behind each. Where decisions are logged, this is one.";
  return operation;
}

}  // namespace

constinit const Endpoint explain = {.method = "POST",
                                    .path = "/v1/explain",
                                    .summary = "Score one application, and say what the score was made of",
                                    .scope = Permission::kExplain,
                                    .reads_store = true,
                                    .takes_long = true,
                                    .decides = true,
                                    .problems = kProblems,
                                    .operation = operation,
                                    .handle = handle};

}  // namespace asof::endpoints
