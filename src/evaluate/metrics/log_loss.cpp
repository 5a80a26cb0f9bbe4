// The surprise of the outcomes under the predicted probabilities.
#include <algorithm>
#include <limits>

#include "base/elementary.h"
#include "evaluate/ranking.h"

namespace asof::metrics_by_name {
namespace {

// A probability of exactly 0 or 1 that turns out wrong would be infinitely bad; it is moved inside by one machine
// epsilon, as the oracle does.
constexpr double kNearest = std::numeric_limits<double>::epsilon();

void terms(const Ranking& ranking, std::span<double> out) {
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const double probability = std::clamp(ranking.probability[i], kNearest, 1.0 - kNearest);
    out[i] = -portable_log(ranking.positive[i] == 1.0 ? probability : 1.0 - probability);
  }
}

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.5695751520888576},
    {Outcome::kDefaulted, false, 0.5695751520888576},
    {Outcome::kRepaid, true, 0.5518908947983822},
};

}  // namespace

extern const Metric log_loss;
constinit const Metric log_loss = {
    .name = "log_loss",
    .title = "Log loss",
    .summary = "Mean negative natural logarithm of the probability given to what happened.",
    .higher_is_better = false,
    .terms = terms,
    .oracle = "sklearn.metrics.log_loss 1.9.1",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
