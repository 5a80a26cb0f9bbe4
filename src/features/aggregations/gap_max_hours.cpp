// The longest silence.
#include <algorithm>

#include "features/aggregation.h"
#include "features/gaps.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const std::vector<double> gaps = gaps_hours(window);
  return gaps.empty() ? kMissing : *std::ranges::max_element(gaps);
}

constexpr Example kExamples[] = {{"0@-10 0@-8 0@-1", 7}, {"0@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation gap_max_hours;
constinit const Aggregation gap_max_hours = {
    .name = "gap_max_hours",
    .summary = "Longest time in hours between one row and the next; missing when there are fewer than two.",
    .said = {.phrase = "maximum time between consecutive {rows}", .unit = "hours", .rows_needed = 2},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
