// The area under the receiver operating characteristic, as the share of pairs in the right order.
#include <limits>

#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

// Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947:
// a negative row loses against every positive row above it and half against every one level with it.
double of_ranking(const Ranking& ranking) {
  double above = 0.0, pairs = 0.0, negatives = 0.0;
  for_each_step(ranking, [&](double, const ClassWeights& step) {
    pairs += step.negative * (above + 0.5 * step.positive);
    above += step.positive;
    negatives += step.negative;
  });
  const double all = above * negatives;
  return all > 0.0 ? pairs / all : std::numeric_limits<double>::quiet_NaN();
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.5770609318996416},
    {Outcome::kDefaulted, false, 0.5770609318996416},
    {Outcome::kRepaid, true, 0.5662393162393162},
};

}  // namespace

extern const Metric roc_auc;
constinit const Metric roc_auc = {
    .name = "roc_auc",
    .title = "ROC-AUC",
    .summary = "The probability that a repaid loan is ranked above a defaulted one; ties count half (Mann-Whitney).",
    .of_ranking = of_ranking,
    .oracle = "sklearn.metrics.roc_auc_score 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
