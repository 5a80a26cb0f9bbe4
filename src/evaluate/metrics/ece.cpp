// How far the share of what happened lies from the probabilities given, over ten groups of equal size.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

struct Bin {
  double excess = 0.0;    ///< of the positive outcomes over their probabilities, by weight
  double variance = 0.0;  ///< of `excess`, were every probability true
};

/// Rows in falling order of probability, a tenth of the weight in each bin. Rows with one probability stay together, in
/// the bin of their middle rank.
std::array<Bin, 10> bins_of(const Ranking& ranking, double weight) {
  std::array<Bin, 10> bins{};
  double above = 0.0;
  for (std::size_t i = 0; i < ranking.size();) {
    const double probability = ranking.probability[i];
    double tied = 0.0;
    Bin step;
    for (; i < ranking.size() && ranking.probability[i] == probability; ++i) {
      tied += ranking.weights[i];
      step.excess += ranking.weights[i] * (ranking.positive[i] - probability);
      step.variance += ranking.weights[i] * ranking.weights[i] * probability * (1.0 - probability);
    }
    const double place = (above + tied / 2.0) / weight * static_cast<double>(bins.size());
    Bin& bin = bins[std::min(static_cast<std::size_t>(place), bins.size() - 1)];
    bin.excess += step.excess;
    bin.variance += step.variance;
    above += tied;
  }
  return bins;
}

double weight_of(const Ranking& ranking) {
  const ClassWeights all = total(ranking);
  return all.positive + all.negative;
}

double of_ranking(const Ranking& ranking) {
  const double weight = weight_of(ranking);
  if (!(weight > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0.0;
  for (const Bin& bin : bins_of(ranking, weight)) sum += std::abs(bin.excess);
  return sum / weight;
}

/// The mean of |x| is sqrt(2 / pi) standard deviations for a normal x, which the excess of a bin nearly is.
double if_true(const Ranking& ranking) {
  const double weight = weight_of(ranking);
  if (!(weight > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0.0;
  for (const Bin& bin : bins_of(ranking, weight)) sum += std::sqrt(2.0 / std::numbers::pi * bin.variance);
  return sum / weight;
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.21075},
    {Outcome::kDefaulted, false, 0.20175},
    {Outcome::kRepaid, true, 0.2727611940298507},
};

}  // namespace

extern const Metric ece;
constinit const Metric ece = {
    .name = "ece",
    .title = "Expected calibration error",
    .summary =
        "Mean distance between the share that was repaid and the mean probability, over ten groups of equal size; even "
        "true probabilities do not reach 0 (Naeini, Cooper and Hauskrecht, \"Obtaining well calibrated "
        "probabilities using Bayesian binning\", 2015).",
    .higher_is_better = false,
    .of_ranking = of_ranking,
    .if_true = if_true,
    .oracle = "numpy 2.4.6 over bins floor(10 (average rank - 1/2) / n) of scipy.stats.rankdata 1.17.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
