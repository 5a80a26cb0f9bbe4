// How long it has been quiet, in days.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return window.size == 0 ? kMissing : in_days(window.cutoff - Timestamp{window.times.back()});
}

constexpr Example kExamples[] = {{"1@-72 1@-36", 1.5}, {"", kMissing}};

}  // namespace

extern const Aggregation days_since_last;
constinit const Aggregation days_since_last = {
    .name = "days_since_last",
    .summary = "Days from the latest row to the application; missing when there are none.",
    .said = {.phrase = "time since the latest {row}", .unit = "days", .degree = Degree::kShort, .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .recency = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "({cutoff} - max({time})) / 86400e6",
};

}  // namespace asof::aggregations
