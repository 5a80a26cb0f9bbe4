// The spread.
#include <cmath>

#include "features/aggregation.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return std::sqrt(variance_of(window.values)); }

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 10}, {"10@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation stddev;
constinit const Aggregation stddev = {
    .name = "stddev",
    .summary = "Sample standard deviation (n - 1) of the values; missing when there are fewer than two.",
    .said = {.phrase = "spread of {value} of {rows}", .unit = "{value}", .rows_needed = 2},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "stddev_samp({value})",
};

}  // namespace asof::aggregations
