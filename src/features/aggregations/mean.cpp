// The average.
#include "features/aggregation.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return mean_of(window.values); }

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 20}, {"", kMissing}};

}  // namespace

extern const Aggregation mean;
constinit const Aggregation mean = {
    .name = "mean",
    .summary = "Mean of the values; missing when there are none.",
    .said = {.phrase = "mean {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "avg({value})",
};

}  // namespace asof::aggregations
