// The middle.
#include <algorithm>
#include <vector>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  std::vector<double> values(window.values.begin(), window.values.end());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2.0;
}

constexpr Example kExamples[] = {{"30@-3 10@-2 20@-1", 20}, {"40@-4 10@-3 20@-2 30@-1", 25}, {"", kMissing}};

}  // namespace

extern const Aggregation median;
constinit const Aggregation median = {
    .name = "median",
    .summary =
        "Median of the values (the mean of the two middle ones when their number is even); missing when there are "
        "none.",
    .said = {.phrase = "median {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "median({value})",
};

}  // namespace asof::aggregations
