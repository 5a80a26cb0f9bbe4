// The largest.
#include <algorithm>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return window.size == 0 ? kMissing : *std::ranges::max_element(window.values); }

constexpr Example kExamples[] = {{"20@-3 30@-2 10@-1", 30}, {"", kMissing}};

}  // namespace

extern const Aggregation max;
constinit const Aggregation max = {
    .name = "max",
    .summary = "Largest of the values; missing when there are none.",
    .said = {.phrase = "maximum {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "max({value})",
};

}  // namespace asof::aggregations
