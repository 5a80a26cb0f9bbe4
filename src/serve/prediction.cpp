#include "serve/prediction.h"

#include <utility>

#include "serve/schema.h"

namespace asof {
namespace {

using schema::typed;

Json in_json(Json schema) { return Json::Object{{"application/json", Json::Object{{"schema", std::move(schema)}}}}; }

}  // namespace

Json model_json(const Bundle& bundle) {
  return Json::Object{{"name", bundle.name}, {"version", bundle.version}, {"kind", bundle.kind}};
}

Json model_schema() {
  return schema::object("What answers", {{"name", typed("string", "The project")},
                                         {"version", typed("string", "The hash of the bundle's content")},
                                         {"kind", typed("string", "The kind of model")}});
}

Json prediction_json(const Score& score, const Bundle& bundle) {
  Json rows_used = Json::Object{};
  for (const SourceUse& source : score.sources) rows_used[source.table] = static_cast<std::int64_t>(source.rows_used);
  return Json::Object{{"prediction_probability", score.repayment_probability},
                      {"model", model_json(bundle)},
                      {"rows_used", std::move(rows_used)},
                      {"missing_sources", Json::array(score.missing_sources)},
                      {"thin_file", score.thin_file}};
}

Json prediction_schema(const Service& service) {
  Json rows_used = typed("object", "Rows that counted as of the application, by table");
  for (const TableSpec& table : service.scorer().tables()) {
    rows_used["properties"][table.name] = Json::Object{{"type", "integer"}, {"minimum", 0}};
  }
  Json probability =
      typed("number", "The probability that the loan is repaid; parsing gives the same double as batch prediction");
  probability["minimum"] = 0;
  probability["maximum"] = 1;
  probability["examples"] = Json::Array{0.35};
  return schema::object(
      "The prediction",
      {{"prediction_probability", std::move(probability)},
       {"model", model_schema()},
       {"rows_used", std::move(rows_used)},
       {"missing_sources", schema::array("Tables without a row that counted", Json::Object{{"type", "string"}})},
       {"thin_file", typed("boolean", "No event table had a row that counted")}});
}

Json score_json(const Explanation& explanation, const Bundle& bundle) {
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

Json score_schema(const Service& service) {
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

Json prediction_operation(const Service& service, const char* operation_id, Json answer_schema) {
  return Json::Object{
      {"operationId", operation_id},
      {"description",
       "Reads the rows of the entity, rebuilds every feature as of the given time and applies the model. "
       "An entity without rows gets a score as well, marked `thin_file`."},
      {"requestBody", Json::Object{{"required", true}, {"content", in_json(service.form().schema())}}},
      {"responses", Json::Object{{"200", Json::Object{{"description", "The prediction"},
                                                      {"content", in_json(std::move(answer_schema))}}}}}};
}

}  // namespace asof
