// The smallest.
#include <algorithm>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return window.size == 0 ? kMissing : *std::ranges::min_element(window.values); }

constexpr Example kExamples[] = {{"20@-3 10@-2 30@-1", 10}, {"", kMissing}};

}  // namespace

extern const Aggregation min;
constinit const Aggregation min = {
    .name = "min",
    .summary = "Smallest of the values; missing when there are none.",
    .said = {.phrase = "minimum {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "min({value})",
};

}  // namespace asof::aggregations
