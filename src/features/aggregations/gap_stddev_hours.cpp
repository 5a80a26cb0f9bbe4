// How regular it is.
#include <cmath>

#include "features/aggregation.h"
#include "features/gaps.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return std::sqrt(variance_of(gaps_hours(window))); }

constexpr Example kExamples[] = {{"0@-10 0@-8 0@-2", 2.8284271247461903}, {"0@-2 0@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation gap_stddev_hours;
constinit const Aggregation gap_stddev_hours = {
    .name = "gap_stddev_hours",
    .summary =
        "Sample standard deviation of the hours between one row and the next; missing when there are fewer than three.",
    .said = {.phrase = "spread of the times between consecutive {rows}", .unit = "hours", .rows_needed = 3},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
