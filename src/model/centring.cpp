#include "model/centring.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"

namespace asof {

double centring_shift(std::span<const double> margins, std::span<const double> good, std::span<const double> weights) {
  // Newton's method; the mean ascends with the shift, and steps of at most 1 keep it from leaping over flat ends.
  double shift = 0.0;
  for (int step = 0; step < 100; ++step) {
    double excess = 0.0, slope = 0.0;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const double weight = weights.empty() ? 1.0 : weights[i];
      if (weight == 0.0) continue;
      const double probability = sigmoid(margins[i] + shift);
      excess += weight * (probability - good[i]);
      slope += weight * probability * (1.0 - probability);
    }
    const double change = slope > 0.0 ? std::clamp(excess / slope, -1.0, 1.0) : std::copysign(1.0, excess);
    shift -= change;
    if (std::abs(change) < 1e-12) break;
  }
  return shift;
}

}  // namespace asof
