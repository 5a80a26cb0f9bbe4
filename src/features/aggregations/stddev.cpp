// The spread. Two passes over deviations from the mean, so that a small spread around a large value is not lost.
#include <algorithm>
#include <cmath>

#include "base/summation.h"
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size < 2) return kMissing;
  const auto count = static_cast<double>(window.size);
  CompensatedSum sum;
  for (const double value : window.values) sum.add(value);
  const double mean = sum.value() / count;
  CompensatedSum squares;
  CompensatedSum rest;  // would be 0 if `mean` were exact; corrects for its rounding
  for (const double value : window.values) {
    squares.add((value - mean) * (value - mean));
    rest.add(value - mean);
  }
  const double variance = (squares.value() - rest.value() * rest.value() / count) / (count - 1.0);
  return std::sqrt(std::max(variance, 0.0));
}

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 10}, {"10@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation stddev;
constinit const Aggregation stddev = {
    .name = "stddev",
    .summary = "Sample standard deviation (n - 1) of the values; missing when there are fewer than two.",
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "stddev_samp({value})",
};

}  // namespace asof::aggregations
