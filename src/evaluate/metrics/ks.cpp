// How far the scores of the two outcomes lie apart at the most telling cut.
#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

// max over s of |F_defaulted(s) - F_repaid(s)|, the two-sample statistic of Kolmogorov and Smirnov.
double of_ranking(const Ranking& ranking) {
  const ClassWeights all = total(ranking);
  if (!(all.positive > 0.0 && all.negative > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  const double positive_share = 1.0 / all.positive, negative_share = 1.0 / all.negative;
  double distance = 0.0, furthest = 0.0;
  for_each_step(ranking, [&](double, const ClassWeights& step) {
    distance += step.positive * positive_share - step.negative * negative_share;
    furthest = std::max(furthest, std::abs(distance));
  });
  return furthest;
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.2473118279569892},
    {Outcome::kDefaulted, false, 0.2473118279569892},
    {Outcome::kRepaid, true, 0.2820512820512821},
};

}  // namespace

extern const Metric ks;
constinit const Metric ks = {
    .name = "ks",
    .title = "KS",
    .summary =
        "The largest distance between the score distributions of repaid and defaulted loans (Kolmogorov-Smirnov).",
    .of_ranking = of_ranking,
    .oracle = "max |tpr - fpr| of sklearn.metrics.roc_curve 1.9.1; unweighted also scipy.stats.ks_2samp 1.17.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
