// The list of metrics, and the thresholds that turn probabilities into decisions.
#include "evaluate/metric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "asof/error.h"
#include "base/format.h"
#include "evaluate/ranking.h"

namespace asof {

namespace metrics_by_name {
#define REGISTER(name) extern const Metric name;
#include "evaluate/metrics.def"
#undef REGISTER
}  // namespace metrics_by_name

namespace {

#define REGISTER(name) &metrics_by_name::name,
constexpr auto kMetrics = std::to_array<const Metric*>({
#include "evaluate/metrics.def"
});
#undef REGISTER

/// The probability at which `figure(true positives, false positives, total)` is highest when it and all above it are
/// called positive; `nobody` is the figure when no row is.
template <class Figure>
double best_threshold(const Predictions& predictions, double nobody, Figure&& figure) {
  const SortedPredictions sorted(predictions);
  const Ranking ranking = sorted.ranking();
  if (ranking.size() == 0) return std::numeric_limits<double>::quiet_NaN();
  const ClassWeights all = total(ranking);
  ClassWeights called;
  double best = nobody;
  double threshold = std::nextafter(ranking.probability.front(), std::numeric_limits<double>::infinity());
  for_each_step(ranking, [&](double probability, const ClassWeights& step) {
    called.positive += step.positive;
    called.negative += step.negative;
    const double value = figure(called.positive, called.negative, all);
    if (value <= best) return;
    best = value;
    threshold = probability;
  });
  return threshold;
}

}  // namespace

std::string_view to_string(Outcome outcome) { return outcome == Outcome::kRepaid ? "repaid" : "defaulted"; }

double Metric::evaluate(const Predictions& predictions) const {
  const SortedPredictions sorted(predictions);
  const Ranking ranking = sorted.ranking();
  if (of_ranking != nullptr) return of_ranking(ranking);
  std::vector<double> values(ranking.size());
  terms(ranking, values);
  return weighted_mean(values, ranking.weights);
}

std::span<const Metric* const> metrics() { return kMetrics; }

const Metric& metric(std::string_view name) {
  const auto place = std::ranges::find(kMetrics, name, &Metric::name);
  if (place != kMetrics.end()) return **place;
  std::vector<std::string> known;
  for (const Metric* one : kMetrics) known.emplace_back(one->name);
  throw Error(Error::kInvalidInput, format("unknown metric: {}{}", name, did_you_mean(name, known)));
}

std::string title_of(const Metric& metric, std::optional<Outcome> positive) {
  return positive ? format("{} of {}", metric.title, to_string(*positive)) : std::string(metric.title);
}

Outcome minority(std::span<const double> good) {
  const auto repaid = static_cast<std::size_t>(std::ranges::count(good, 1.0));
  return repaid < good.size() - repaid ? Outcome::kRepaid : Outcome::kDefaulted;
}

double best_f1_threshold(const Predictions& predictions) {
  const double positive = predictions.positive == Outcome::kRepaid ? 1.0 : 0.0;
  if (std::ranges::count(predictions.good, positive) == 0) return std::numeric_limits<double>::quiet_NaN();
  return best_threshold(predictions, 0.0, [](double true_positive, double false_positive, const ClassWeights& all) {
    return 2.0 * true_positive / (true_positive + false_positive + all.positive);
  });
}

double best_accuracy_threshold(const Predictions& predictions) {
  // Right decisions beyond those of never saying yes.
  return best_threshold(predictions, 0.0, [](double true_positive, double false_positive, const ClassWeights&) {
    return true_positive - false_positive;
  });
}

}  // namespace asof
