#include "evaluate/recalibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/elementary.h"
#include "model/centring.h"

namespace asof {
namespace {

constexpr int kStepsMax = 50;
constexpr double kSettled = 1e-12;
constexpr double kFlat = 1e-9;  // curvature per unit of weight below which there is no maximum to find
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// Probabilities of exactly 0 and 1 are moved inside by one machine epsilon, as the log loss does.
std::vector<double> log_odds_of(const Ranking& ranking) {
  constexpr double kNearest = std::numeric_limits<double>::epsilon();
  std::vector<double> log_odds;
  log_odds.reserve(ranking.size());
  for (const double probability : ranking.probability)
    log_odds.push_back(logit(std::clamp(probability, kNearest, 1.0 - kNearest)));
  return log_odds;
}

bool has_both_outcomes(const ClassWeights& all) { return all.positive > 0.0 && all.negative > 0.0; }

/// First and second derivatives of the log-likelihood.
struct Derivatives {
  double by_intercept = 0.0, by_slope = 0.0;
  double intercept_twice = 0.0, mixed = 0.0, slope_twice = 0.0;
};

Derivatives derivatives(const Ranking& ranking, std::span<const double> log_odds, const Recalibration& at) {
  Derivatives sum;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    if (ranking.weights[i] == 0.0) continue;
    const double x = log_odds[i], p = sigmoid(at.intercept + at.slope * x);
    const double miss = ranking.weights[i] * (ranking.positive[i] - p), curve = ranking.weights[i] * p * (1.0 - p);
    sum.by_intercept += miss;
    sum.by_slope += miss * x;
    sum.intercept_twice += curve;
    sum.mixed += curve * x;
    sum.slope_twice += curve * x * x;
  }
  return sum;
}

}  // namespace

Recalibration recalibration(const Ranking& ranking) {
  const ClassWeights all = total(ranking);
  if (!has_both_outcomes(all)) return {kUndefined, kUndefined};
  const std::vector<double> log_odds = log_odds_of(ranking);
  const double weight = all.positive + all.negative;
  Recalibration at;
  for (int step = 0; step < kStepsMax; ++step) {
    const Derivatives sum = derivatives(ranking, log_odds, at);
    const double determinant = sum.intercept_twice * sum.slope_twice - sum.mixed * sum.mixed;
    if (!(determinant > kFlat * weight * weight)) break;
    const double intercept = (sum.slope_twice * sum.by_intercept - sum.mixed * sum.by_slope) / determinant;
    const double slope = (sum.intercept_twice * sum.by_slope - sum.mixed * sum.by_intercept) / determinant;
    const double largest = std::max(std::abs(intercept), std::abs(slope));
    const double length = std::min(1.0, 1.0 / largest);  // a long step may leap over the top
    at.intercept += length * intercept;
    at.slope += length * slope;
    if (largest < kSettled) return at;
  }
  return {kUndefined, kUndefined};
}

double calibration_in_the_large(const Ranking& ranking) {
  if (!has_both_outcomes(total(ranking))) return kUndefined;
  return centring_shift(log_odds_of(ranking), ranking.positive, ranking.weights);
}

}  // namespace asof
