#include "evaluate/paired.h"

#include <algorithm>

#include "base/parallel.h"
#include "evaluate/ranking.h"

namespace asof {
namespace {

struct Question {
  const Metric* metric;
  std::optional<Outcome> positive;
};

std::vector<Question> questions(Outcome minority) {
  std::vector<Question> result;
  for (const Metric* metric : metrics()) {
    if (metric->of_decisions) continue;
    result.push_back({metric, metric->of_one_class ? std::optional(minority) : std::nullopt});
  }
  return result;
}

/// One score's rows, sorted for one question.
class Asked {
 public:
  Asked(const Question& question, std::span<const double> repayment, Predictions rows)
      : metric_(*question.metric), sorted_(with(rows, repayment, question.positive.value_or(Outcome::kRepaid))) {
    if (metric_.terms == nullptr) return;
    terms_.resize(sorted_.size());
    metric_.terms(sorted_.ranking(), terms_);
  }

  double value() const { return value(sorted_.ranking()); }

  /// With each row counted `times`, by row.
  double value(std::span<const double> times, std::vector<double>& weights) const {
    const auto own = sorted_.ranking().weights;
    weights.resize(own.size());
    for (std::size_t rank = 0; rank < own.size(); ++rank) weights[rank] = own[rank] * times[sorted_.order()[rank]];
    return value(sorted_.ranking(weights));
  }

 private:
  static Predictions with(Predictions rows, std::span<const double> repayment, Outcome positive) {
    rows.repayment = repayment;
    rows.positive = positive;
    return rows;
  }

  double value(const Ranking& ranking) const {
    return metric_.of_ranking != nullptr ? metric_.of_ranking(ranking) : weighted_mean(terms_, ranking.weights);
  }

  const Metric& metric_;
  SortedPredictions sorted_;
  std::vector<double> terms_;
};

}  // namespace

std::vector<PairedDifference> paired_differences(std::span<const double> first, std::span<const double> second,
                                                 const Predictions& rows, std::span<const std::uint32_t> groups,
                                                 Outcome minority, const EvaluateOptions& options) {
  const GroupBootstrap bootstrap(groups, options.seed);
  const auto resamples = static_cast<std::size_t>(std::max(options.resamples, 0));
  std::vector<PairedDifference> result;
  for (const Question& question : questions(minority)) {
    const Asked of_first(question, first, rows), of_second(question, second, rows);
    std::vector<double> differences(resamples);
    constexpr std::size_t kGrain = 8;
    parallel_for(resamples, kGrain, options.threads, [&](std::size_t begin, std::size_t end) {
      std::vector<double> times(bootstrap.rows()), weights;
      for (std::size_t resample = begin; resample < end; ++resample) {
        bootstrap.draw(resample, times);
        differences[resample] = of_first.value(times, weights) - of_second.value(times, weights);
      }
    });
    result.push_back({.metric = std::string(question.metric->name),
                      .positive = question.positive,
                      .first = of_first.value(),
                      .second = of_second.value(),
                      .interval = percentile_interval(std::move(differences))});
  }
  return result;
}

}  // namespace asof
