// Every figure is asked as a question, a metric about an outcome, of rows that were sorted once; a resample only
// brings other weights.
#include "evaluate/evaluation.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "asof/error.h"
#include "base/format.h"
#include "evaluate/asked_rows.h"

namespace asof {
namespace {

Outcome other(Outcome outcome) { return outcome == Outcome::kRepaid ? Outcome::kDefaulted : Outcome::kRepaid; }

std::vector<Question> questions(Outcome minority, const Thresholds& thresholds) {
  std::vector<Question> result;
  for (const Metric* metric : metrics()) {
    if (!metric->of_one_class) {
      result.push_back({metric, Outcome::kRepaid, thresholds.accuracy});
      continue;
    }
    for (const Outcome positive : {minority, other(minority)}) {
      const double threshold = positive == Outcome::kRepaid ? thresholds.repaid : thresholds.defaulted;
      result.push_back({metric, positive, threshold});
    }
  }
  return result;
}

/// What a constant answer gets: for decisions both constant ones, for probabilities the base rate of training. Where a
/// constant answer says nothing: what a perfect score gets.
std::vector<std::pair<std::string, double>> baselines(const Question& question, const Predictions& predictions,
                                                      const AskedRows& rows, double training_base_rate) {
  if (!std::isnan(question.metric->ideal)) return {{"ideal", question.metric->ideal}};
  if (question.metric->if_true != nullptr)
    return {{"were every probability true", question.metric->if_true(rows.from(question.positive).ranking())}};
  const auto constant = [&](double repayment) {
    const std::vector<double> same(predictions.good.size(), repayment);
    return question.metric->evaluate({same, predictions.good, predictions.weights, question.positive, 0.5});
  };
  if (question.metric->of_decisions) return {{"all repaid", constant(1.0)}, {"all defaulted", constant(0.0)}};
  return {{"base rate", constant(training_base_rate)}};
}

Outcome outcome_named(const std::string& name) {
  for (const Outcome outcome : {Outcome::kDefaulted, Outcome::kRepaid}) {
    if (name == to_string(outcome)) return outcome;
  }
  throw Error(Error::kInvalidInput, format("unknown outcome: {} (known: defaulted, repaid)", name));
}

Json to_json_value(const Figure& figure) {
  Json value;
  value["metric"] = figure.metric;
  if (figure.positive) value["positive"] = to_string(*figure.positive);
  value["value"] = figure.value;
  value["low"] = figure.interval.low;
  value["high"] = figure.interval.high;
  for (const auto& [name, baseline] : figure.baselines) value["baselines"][name] = baseline;
  return value;
}

Figure figure_from_json(const Json& value) {
  Figure figure{.metric = value.at("metric").as_string(),
                .positive = {},
                .value = value.at("value").as_number(),
                .interval = {value.at("low").as_number(), value.at("high").as_number()},
                .baselines = {}};
  if (const Json* positive = value.find("positive")) figure.positive = outcome_named(positive->as_string());
  for (const auto& [name, baseline] : value.at("baselines").as_object()) {
    figure.baselines.emplace_back(name, baseline.as_number());
  }
  return figure;
}

}  // namespace

Thresholds best_thresholds(const Predictions& out_of_fold) {
  const Predictions repaid = seen_from(out_of_fold, Outcome::kRepaid);
  const Predictions defaulted = seen_from(out_of_fold, Outcome::kDefaulted);
  return {.repaid = best_f1_threshold(repaid),
          .defaulted = best_f1_threshold(defaulted),
          .accuracy = best_accuracy_threshold(repaid)};
}

const Figure& Evaluation::figure(std::string_view metric, std::optional<Outcome> positive) const {
  const auto place = std::ranges::find_if(
      figures, [&](const Figure& figure) { return figure.metric == metric && figure.positive == positive; });
  if (place != figures.end()) return *place;
  throw Error(Error::kInternal,
              format("the evaluation has no {} of {}", metric, positive ? to_string(*positive) : "both outcomes"));
}

Evaluation evaluate(const Predictions& predictions, std::span<const std::uint32_t> groups, Outcome minority,
                    double training_base_rate, const Thresholds& thresholds, const EvaluateOptions& options) {
  const std::size_t rows = predictions.repayment.size();
  if (rows == 0) throw Error(Error::kInternal, "there are no predictions to evaluate");
  if (groups.size() != rows) {
    throw Error(Error::kInternal, format("{} predictions, but {} groups", rows, groups.size()));
  }
  const AskedRows asked(predictions, questions(minority, thresholds));
  const auto values = asked.resampled(GroupBootstrap(groups, options.seed), options.resamples, options.threads);

  Evaluation result{.rows = rows,
                    .repaid = static_cast<std::size_t>(std::ranges::count(predictions.good, 1.0)),
                    .minority = minority,
                    .training_base_rate = training_base_rate,
                    .thresholds = thresholds,
                    .resamples = options.resamples};
  result.defaulted = rows - result.repaid;
  for (std::size_t i = 0; i < asked.questions().size(); ++i) {
    const Question& question = asked.questions()[i];
    result.figures.push_back(
        {.metric = std::string(question.metric->name),
         .positive = question.metric->of_one_class ? std::optional(question.positive) : std::nullopt,
         .value = asked.answer(i),
         .interval = percentile_interval(values[i]),
         .baselines = baselines(question, predictions, asked, training_base_rate)});
  }
  return result;
}

double base_rate(std::span<const double> good, std::span<const double> weights) {
  const std::vector<double> equal(weights.empty() ? good.size() : 0, 1.0);
  return weighted_mean(good, weights.empty() ? std::span<const double>(equal) : weights);
}

Json to_json_value(const Evaluation& evaluation) {
  Json value;
  value["rows"] = evaluation.rows;
  value["repaid"] = evaluation.repaid;
  value["defaulted"] = evaluation.defaulted;
  value["minority"] = to_string(evaluation.minority);
  value["training_base_rate"] = evaluation.training_base_rate;
  value["thresholds"]["repaid"] = evaluation.thresholds.repaid;
  value["thresholds"]["defaulted"] = evaluation.thresholds.defaulted;
  value["thresholds"]["accuracy"] = evaluation.thresholds.accuracy;
  value["resamples"] = evaluation.resamples;
  Json::Array figures;
  for (const Figure& figure : evaluation.figures) figures.push_back(to_json_value(figure));
  value["figures"] = std::move(figures);
  return value;
}

Evaluation evaluation_from_json(const Json& value) {
  const auto count = [&](std::string_view key) { return static_cast<std::size_t>(value.at(key).as_integer()); };
  const Json& thresholds = value.at("thresholds");
  Evaluation result{.rows = count("rows"),
                    .repaid = count("repaid"),
                    .defaulted = count("defaulted"),
                    .minority = outcome_named(value.at("minority").as_string()),
                    .training_base_rate = value.at("training_base_rate").as_number(),
                    .thresholds = {.repaid = thresholds.at("repaid").as_number(),
                                   .defaulted = thresholds.at("defaulted").as_number(),
                                   .accuracy = thresholds.at("accuracy").as_number()},
                    .resamples = static_cast<int>(value.at("resamples").as_integer())};
  for (const Json& figure : value.at("figures").as_array()) result.figures.push_back(figure_from_json(figure));
  return result;
}

}  // namespace asof
