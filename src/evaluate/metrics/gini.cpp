// ROC-AUC on the scale that credit people read: 0 for a constant score, 1 for a perfect one.
#include "evaluate/ranking.h"

namespace asof::metrics_by_name {

extern const Metric roc_auc;

namespace {

double of_ranking(const Ranking& ranking) { return 2.0 * roc_auc.of_ranking(ranking) - 1.0; }

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.15412186379928317},
    {Outcome::kRepaid, true, 0.13247863247863245},
};

}  // namespace

extern const Metric gini;
constinit const Metric gini = {
    .name = "gini",
    .title = "Gini",
    .summary = "2 x ROC-AUC - 1, also called the accuracy ratio.",
    .of_ranking = of_ranking,
    .oracle = "2 * sklearn.metrics.roc_auc_score - 1, 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
