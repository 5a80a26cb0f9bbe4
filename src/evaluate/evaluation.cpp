// Every figure is asked as a question, a metric about an outcome, of rows that were sorted once; a resample only
// brings other weights.
#include "evaluate/evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "evaluate/ranking.h"

namespace asof {
namespace {

struct Question {
  const Metric* metric;
  Outcome positive;
  double threshold;
  std::vector<double> terms;  // of metrics that are means
};

Outcome other(Outcome outcome) { return outcome == Outcome::kRepaid ? Outcome::kDefaulted : Outcome::kRepaid; }

std::vector<Question> questions(Outcome minority, const Thresholds& thresholds) {
  std::vector<Question> result;
  for (const Metric* metric : metrics()) {
    if (!metric->of_one_class) {
      result.push_back({metric, Outcome::kRepaid, thresholds.accuracy, {}});
      continue;
    }
    for (const Outcome positive : {minority, other(minority)}) {
      const double threshold = positive == Outcome::kRepaid ? thresholds.repaid : thresholds.defaulted;
      result.push_back({metric, positive, threshold, {}});
    }
  }
  return result;
}

/// The same predictions seen from both outcomes.
struct BothWays {
  std::array<SortedPredictions, 2> sorted;

  explicit BothWays(Predictions predictions)
      : sorted{SortedPredictions(seen_from(predictions, Outcome::kDefaulted)),
               SortedPredictions(seen_from(predictions, Outcome::kRepaid))} {}

  const SortedPredictions& from(Outcome outcome) const { return sorted[static_cast<std::size_t>(outcome)]; }

  static Predictions seen_from(Predictions predictions, Outcome positive) {
    predictions.positive = positive;
    return predictions;
  }
};

double answer(const Question& question, Ranking ranking) {
  ranking.threshold = question.threshold;
  if (question.metric->of_ranking != nullptr) return question.metric->of_ranking(ranking);
  return weighted_mean(question.terms, ranking.weights);
}

/// What every question gets in every resample: values[question][resample].
std::vector<std::vector<double>> resampled(const BothWays& rows, std::span<const Question> asked,
                                           const GroupBootstrap& bootstrap, const EvaluateOptions& options) {
  const auto resamples = static_cast<std::size_t>(std::max(options.resamples, 0));
  std::vector<std::vector<double>> values(asked.size(), std::vector<double>(resamples));
  constexpr std::size_t kGrain = 8;
  parallel_for(resamples, kGrain, options.threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> times(bootstrap.rows());
    std::array<std::vector<double>, 2> weights{times, times};
    for (std::size_t resample = begin; resample < end; ++resample) {
      bootstrap.draw(resample, times);
      for (const Outcome outcome : {Outcome::kDefaulted, Outcome::kRepaid}) {
        const auto order = rows.from(outcome).order();
        const auto own = rows.from(outcome).ranking().weights;
        auto& drawn = weights[static_cast<std::size_t>(outcome)];
        for (std::size_t rank = 0; rank < order.size(); ++rank) drawn[rank] = own[rank] * times[order[rank]];
      }
      for (std::size_t i = 0; i < asked.size(); ++i) {
        const Outcome positive = asked[i].positive;
        values[i][resample] =
            answer(asked[i], rows.from(positive).ranking(weights[static_cast<std::size_t>(positive)]));
      }
    }
  });
  return values;
}

/// What a constant answer gets: for decisions both constant ones, for probabilities the base rate of training. Where a
/// constant answer says nothing: what a perfect score gets.
std::vector<std::pair<std::string, double>> baselines(const Question& question, const Predictions& predictions,
                                                      const BothWays& sorted, double training_base_rate) {
  if (!std::isnan(question.metric->ideal)) return {{"ideal", question.metric->ideal}};
  if (question.metric->if_true != nullptr)
    return {{"were every probability true", question.metric->if_true(sorted.from(question.positive).ranking())}};
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
  const Predictions repaid = BothWays::seen_from(out_of_fold, Outcome::kRepaid);
  const Predictions defaulted = BothWays::seen_from(out_of_fold, Outcome::kDefaulted);
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
  const BothWays sorted(predictions);
  std::vector<Question> asked = questions(minority, thresholds);
  for (Question& question : asked) {
    if (question.metric->terms == nullptr) continue;
    Ranking ranking = sorted.from(question.positive).ranking();
    ranking.threshold = question.threshold;
    question.terms.resize(rows);
    question.metric->terms(ranking, question.terms);
  }
  const auto values = resampled(sorted, asked, GroupBootstrap(groups, options.seed), options);

  Evaluation result{.rows = rows,
                    .repaid = static_cast<std::size_t>(std::ranges::count(predictions.good, 1.0)),
                    .minority = minority,
                    .training_base_rate = training_base_rate,
                    .thresholds = thresholds,
                    .resamples = options.resamples};
  result.defaulted = rows - result.repaid;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Question& question = asked[i];
    result.figures.push_back(
        {.metric = std::string(question.metric->name),
         .positive = question.metric->of_one_class ? std::optional(question.positive) : std::nullopt,
         .value = answer(question, sorted.from(question.positive).ranking()),
         .interval = percentile_interval(values[i]),
         .baselines = baselines(question, predictions, sorted, training_base_rate)});
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
