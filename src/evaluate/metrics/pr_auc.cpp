// The area under the precision-recall curve, as average precision.
#include <limits>

#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

// Sum over the distinct probabilities of (recall gained) x (precision there). Not the trapezoids between the points:
// those are too optimistic (Davis and Goadrich, "The relationship between precision-recall and ROC curves", 2006).
double of_ranking(const Ranking& ranking) {
  ClassWeights called;
  double sum = 0.0;
  for_each_step(ranking, [&](double, const ClassWeights& step) {
    called.positive += step.positive;
    called.negative += step.negative;
    if (step.positive > 0.0) sum += step.positive * (called.positive / (called.positive + called.negative));
  });
  return called.positive > 0.0 ? sum / called.positive : std::numeric_limits<double>::quiet_NaN();
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.27691311612364244},
    {Outcome::kDefaulted, false, 0.8478086670710396},
    {Outcome::kRepaid, true, 0.2576600576634973},
    {Outcome::kDefaulted, true, 0.8613990205554964},
};

}  // namespace

extern const Metric pr_auc;
constinit const Metric pr_auc = {
    .name = "pr_auc",
    .title = "PR-AUC",
    .summary =
        "Average precision: the mean of the precision at every recall gained; a constant score gets the share of "
        "the class.",
    .of_one_class = true,
    .of_ranking = of_ranking,
    .oracle = "sklearn.metrics.average_precision_score 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
