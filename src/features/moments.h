// Mean and spread of values, in two passes, so that a small spread around a large value is not lost.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "asof/table.h"
#include "base/summation.h"

namespace asof {

/// Missing when there are none.
inline double mean_of(std::span<const double> values) {
  if (values.empty()) return kMissing;
  CompensatedSum sum;
  for (const double value : values) sum.add(value);
  return sum.value() / static_cast<double>(values.size());
}

/// The sample variance (n - 1); missing when there are fewer than two. The second sum would be 0 if the mean were
/// exact, and corrects for its rounding (Chan, Golub, LeVeque, "Algorithms for computing the sample variance", The
/// American Statistician 37, 1983, formula 1.7).
inline double variance_of(std::span<const double> values) {
  if (values.size() < 2) return kMissing;
  const auto count = static_cast<double>(values.size());
  const double mean = mean_of(values);
  CompensatedSum squares;
  CompensatedSum rest;
  for (const double value : values) {
    squares.add((value - mean) * (value - mean));
    rest.add(value - mean);
  }
  return std::max((squares.value() - rest.value() * rest.value() / count) / (count - 1.0), 0.0);
}

}  // namespace asof
