// The value before the latest.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return window.size < 2 ? kMissing : window.values[window.size - 2]; }

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 20}, {"10@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation previous;
constinit const Aggregation previous = {
    .name = "previous",
    .summary = "The value before the latest one; missing when there are fewer than two.",
    .said = {.phrase = "last but one {value} of {rows}", .unit = "{value}", .rows_needed = 2},
    .takes = Takes::kAny,
    .gives = Gives::kValue,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "list({value} order by {place} desc)[2]",
};

}  // namespace asof::aggregations
