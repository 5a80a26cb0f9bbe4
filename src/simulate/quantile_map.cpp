// Piecewise interpolation between the anchors; the logarithms are taken once.
#include "simulate/quantile_map.h"

#include <algorithm>

#include "base/elementary.h"

namespace asof::simulation {

QuantileMap::QuantileMap(std::span<const Anchor> anchors, Interpolation interpolation)
    : anchors_(anchors.begin(), anchors.end()), logarithmic_(interpolation == Interpolation::kLogarithmic) {
  if (!logarithmic_) return;
  for (Anchor& anchor : anchors_) anchor.value = portable_log(anchor.value);
}

double QuantileMap::at(double share) const {
  const auto above = std::find_if(anchors_.begin() + 1, anchors_.end() - 1,
                                  [share](const Anchor& anchor) { return share < anchor.share; });
  const auto below = above - 1;
  const double step = (share - below->share) / (above->share - below->share);
  const double value = below->value + step * (above->value - below->value);
  return logarithmic_ ? portable_exp(value) : value;
}

double QuantileMap::of_normal(double deviate) const { return at(normal_cdf(deviate)); }

}  // namespace asof::simulation
