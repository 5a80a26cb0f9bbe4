// How long it has been known.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return window.size == 0 ? kMissing : in_days(window.cutoff - Timestamp{window.times.front()});
}

constexpr Example kExamples[] = {{"1@-48 1@-24", 2}, {"", kMissing}};

}  // namespace

extern const Aggregation days_since_first;
constinit const Aggregation days_since_first = {
    .name = "days_since_first",
    .summary = "Days from the oldest row to the application; missing when there are none.",
    .said = {.phrase = "time since the first {row}", .unit = "days", .degree = Degree::kShort, .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .recency = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "({cutoff} - min({time})) / 86400e6",
};

}  // namespace asof::aggregations
