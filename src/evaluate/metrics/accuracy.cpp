// The share of right decisions.
#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

void terms(const Ranking& ranking, std::span<double> out) {
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const bool called = ranking.probability[i] >= ranking.threshold;
    out[i] = called == (ranking.positive[i] == 1.0) ? 1.0 : 0.0;
  }
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.675},
    {Outcome::kRepaid, true, 0.7164179104477612},
};

}  // namespace

extern const Metric accuracy;
constinit const Metric accuracy = {
    .name = "accuracy",
    .title = "Accuracy",
    .summary = "The share of right decisions at a threshold found on out-of-fold training predictions.",
    .of_decisions = true,
    .terms = terms,
    .oracle = "sklearn.metrics.accuracy_score 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
