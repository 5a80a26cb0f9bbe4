// The squared distance between probabilities and outcomes.
#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

void terms(const Ranking& ranking, std::span<double> out) {
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const double distance = ranking.probability[i] - ranking.positive[i];
    out[i] = distance * distance;
  }
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.1950575},
    {Outcome::kDefaulted, false, 0.1950575},
    {Outcome::kRepaid, true, 0.18528582089552237},
};

}  // namespace

extern const Metric brier;
constinit const Metric brier = {
    .name = "brier",
    .title = "Brier score",
    .summary =
        "Mean squared difference of probability and outcome (Brier, \"Verification of forecasts expressed in "
        "terms of probability\", 1950, one outcome's half of it).",
    .higher_is_better = false,
    .terms = terms,
    .oracle = "sklearn.metrics.brier_score_loss 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
