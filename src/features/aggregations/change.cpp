// What the latest row changed.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return window.size < 2 ? kMissing : window.values[window.size - 1] - window.values[window.size - 2];
}

constexpr Example kExamples[] = {{"10@-3 20@-2 15@-1", -5}, {"10@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation change;
constinit const Aggregation change = {
    .name = "change",
    .summary = "The latest value minus the one before; missing when there are fewer than two.",
    .said = {.phrase = "change from the previous to the latest {value} of {rows}", .unit = "{value}", .rows_needed = 2},
    .takes = Takes::kNumber,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "list({value} order by {place} desc)[1] - list({value} order by {place} desc)[2]",
};

}  // namespace asof::aggregations
