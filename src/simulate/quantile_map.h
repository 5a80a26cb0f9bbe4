// A distribution given by a few of its quantiles.
#pragma once

#include <span>
#include <vector>

namespace asof::simulation {

struct Anchor {
  double share;  // of the population at or below `value`
  double value;
};

/// Between anchors the value is interpolated along the share: in the logarithm of the value, or in the value itself.
enum class Interpolation { kLogarithmic, kLinear };

class QuantileMap {
 public:
  /// At least two anchors, in ascending order, the first at share 0 and the last at share 1.
  QuantileMap(std::span<const Anchor> anchors, Interpolation interpolation);

  /// The value that the given share of the population does not exceed.
  double at(double share) const;

  /// Maps a standard normal deviate to the value of the same rank.
  double of_normal(double deviate) const;

 private:
  std::vector<Anchor> anchors_;
  bool logarithmic_;
};

}  // namespace asof::simulation
