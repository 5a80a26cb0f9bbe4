// Precision and recall of a decision in one figure.
#include <limits>

#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall (van Rijsbergen, "Information Retrieval", 1979).
// 0 when nobody is called positive although some are; undefined when there is neither.
double of_ranking(const Ranking& ranking) {
  double positives = 0.0, hits = 0.0, called = 0.0;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const double weight = ranking.weights[i];
    const double yes = ranking.probability[i] >= ranking.threshold ? weight : 0.0;
    positives += weight * ranking.positive[i];
    hits += yes * ranking.positive[i];
    called += yes;
  }
  const double both = called + positives;
  return both > 0.0 ? 2.0 * hits / both : std::numeric_limits<double>::quiet_NaN();
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.2},
    {Outcome::kDefaulted, false, 0.8},
    {Outcome::kRepaid, true, 0.15625},
    {Outcome::kDefaulted, true, 0.8288288288288288},
};

}  // namespace

extern const Metric f1;
constinit const Metric f1 = {
    .name = "f1",
    .title = "F1",
    .summary = "The harmonic mean of precision and recall at a threshold found on out-of-fold training predictions.",
    .of_one_class = true,
    .of_decisions = true,
    .of_ranking = of_ranking,
    .oracle = "sklearn.metrics.f1_score 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
