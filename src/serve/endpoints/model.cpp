// What is being served: the bundle as its own files tell it. For those who watch the model, not for those who ask it:
// definitions, thresholds and bands are what a score could be gamed by, so a key to score does not open it.
#include <utility>

#include "serve/endpoints.h"
#include "serve/prediction.h"
#include "serve/schema.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

Json feature_json(const Bundle& bundle, std::size_t i) {
  const FeatureColumn& column = bundle.columns[i];
  return Json::Object{{"name", column.name},
                      {"definition", bundle.definitions[i].expression},
                      {"family", column.family},
                      {"undated", column.undated},
                      {"direction", to_string(column.direction)},
                      {"reason", bundle.reasons.empty() ? Json() : to_json_value(bundle.reasons[i])}};
}

/// Takes the members of that name that there are from one object to the other.
void copy(std::initializer_list<std::string_view> names, const Json& from, Json& to) {
  for (const std::string_view name : names) {
    if (const Json* value = from.find(name)) to[name] = *value;
  }
}

Json hold_outs_json(const Json& metrics) {
  Json::Array hold_outs;
  const Json* held_out = metrics.find("hold_outs");
  if (held_out == nullptr) return hold_outs;
  for (const Json& one : held_out->as_array()) {
    Json told = Json::Object{{"split", one.at("split")}, {"headline", one.at("split") == metrics.at("headline")}};
    copy({"train_rows", "test_rows", "test_begins", "evaluation"}, one, told);
    hold_outs.push_back(std::move(told));
  }
  return hold_outs;
}

/// Those of the hold-out that the model is judged by; null when there is none.
Json thresholds_json(const Json& hold_outs) {
  for (const Json& one : hold_outs.as_array()) {
    if (one.at("headline").as_bool()) return one.at("evaluation").at("thresholds");
  }
  return {};
}

Json prior_json(const Scorer& scorer) {
  const Bundle& bundle = scorer.bundle();
  const std::optional<double>& asked_for = scorer.options().prior_repaid;
  return Json::Object{{"training_share_repaid",
                       bundle.metrics.find("outcomes") == nullptr ? Json() : Json(training_share_repaid(bundle))},
                      {"share_repaid", asked_for ? Json(*asked_for) : Json()}};
}

HttpResponse handle(const HttpRequest&, const Service& service) {
  const Bundle& bundle = service.scorer().bundle();
  Json::Array features;
  for (std::size_t i = 0; i < bundle.columns.size(); ++i) features.push_back(feature_json(bundle, i));
  Json hold_outs = hold_outs_json(bundle.metrics);
  Json thresholds = thresholds_json(hold_outs);
  const Json body = Json::Object{{"model", model_json(bundle)},
                                 {"made_from", bundle.manifest},
                                 {"boundary", to_string(bundle.boundary)},
                                 {"features", std::move(features)},
                                 {"points", to_json_value(bundle.points)},
                                 {"thresholds", std::move(thresholds)},
                                 {"hold_outs", std::move(hold_outs)},
                                 {"prior", prior_json(service.scorer())}};
  return {.body = to_json(body), .headers = {{"Cache-Control", "no-store"}}};
}

// --- the description

using schema::array;
using schema::nullable;
using schema::object;
using schema::typed;

Json features_schema() {
  const Json reason =
      nullable(object("What is told to a person whose score it lowered; null in bundles of format 1",
                      {{"text", typed("string", "The owner's words, else the definition")},
                       {"approved", typed("boolean", "Whether they are the owner's words")},
                       {"group", typed("string", "Features of one group are one reason")},
                       {"typical", typed("string", "Of repaid loans: the median, or the most frequent text")}}));
  Json direction = typed("string", "How the risk of default may follow it, where the project says so");
  direction["enum"] = Json::Array{"free", "increases_risk", "decreases_risk"};
  return array("In the order of the model",
               object("One feature", {{"name", typed("string", "As the project calls it")},
                                      {"definition", typed("string", "In the language of features")},
                                      {"family", typed("string", "What its importance is summed over")},
                                      {"undated", typed("boolean", "From a table without times")},
                                      {"direction", std::move(direction)},
                                      {"reason", reason}}));
}

Json points_schema() {
  const Json band = object("Neighbouring scores, of rows not learnt from",
                           {{"name", typed("string", "`A` is the best")},
                            {"points_from", typed("number", "This many points or more, up to the next better band")},
                            {"rows", typed("integer", "How many rows its rate is of")},
                            {"default_rate", typed("number", "The share of them that defaulted")},
                            {"low", typed("number", "95 % interval of that rate, its lower end")},
                            {"high", typed("number", "Its upper end")}});
  return object("points = anchor + to_double / ln 2 * (log-odds of repayment - ln anchor_odds)",
                {{"anchor", typed("number", "Points at `anchor_odds`")},
                 {"anchor_odds", typed("number", "Repaid : defaulted")},
                 {"to_double", typed("number", "Points that double the odds")},
                 {"reached_low", typed("number", "The fewest points of the rows behind the bands")},
                 {"reached_high", typed("number", "The most")},
                 {"bands", array("The best first; none in bundles of format 1", band)}});
}

Json hold_outs_schema() {
  Json one =
      object("Rows that nothing was fitted to",
             {{"split", typed("string", "How they were held out")},
              {"headline", typed("boolean", "Whether it is the one that the model is judged by")},
              {"train_rows", typed("integer", "Rows learnt from")},
              {"test_rows", typed("integer", "Rows held out")},
              {"evaluation", typed("object", "`figures`: metrics, each with its 95 % interval `low` to `high`")}});
  one["properties"]["test_begins"] = typed("string", "When the first of them applied, in a hold-out by time");
  return array("As training measured them; none when it did not", std::move(one));
}

Json operation(const Service&) {
  const Json prior =
      object("The share repaid that scores are for",
             {{"training_share_repaid", nullable(typed("number", "Of the rows learnt from, by weight"))},
              {"share_repaid", nullable(typed("number", "What the server was told to expect instead"))}});
  Json thresholds = nullable(typed(
      "object", "Of the headline hold-out: probabilities at which F1 (of repaid, of defaulted) and accuracy are best"));
  return Json::Object{
      {"operationId", "model"},
      {"description",
       "What the bundle says of itself, as `asof bundle` shows it: nothing is measured anew and no row is read. A "
       "bundle "
       "does not record when it was trained; `made_from` has the first and last application that it was made of."},
      {"responses",
       schema::answer(
           "The model that answers",
           object("The model that answers",
                  {{"model", model_schema()},
                   {"made_from", typed("object", "Program, seed, settings, data window and hashes of inputs")},
                   {"boundary", typed("string", "Whether a row at the application's time counts: at, before")},
                   {"features", features_schema()},
                   {"points", points_schema()},
                   {"thresholds", std::move(thresholds)},
                   {"hold_outs", hold_outs_schema()},
                   {"prior", prior}}))}};
}

}  // namespace

constinit const Endpoint model = {.method = "GET",
                                  .path = "/v1/model",
                                  .summary = "What is being served: features, points, figures",
                                  .scope = Permission::kObserve,
                                  .operation = operation,
                                  .handle = handle};

}  // namespace asof::endpoints
