// From the smallest to the largest.
#include <algorithm>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  const auto [least, greatest] = std::ranges::minmax(window.values);
  return greatest - least;
}

constexpr Example kExamples[] = {{"10@-3 30@-2 20@-1", 20}, {"7@-1", 0}, {"", kMissing}};

}  // namespace

extern const Aggregation range;
constinit const Aggregation range = {
    .name = "range",
    .summary = "Largest minus smallest value; missing when there are none.",
    .said = {.phrase = "range of {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "max({value}) - min({value})",
};

}  // namespace asof::aggregations
