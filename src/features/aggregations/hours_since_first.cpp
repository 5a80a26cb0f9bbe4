// How long it has been going on.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return window.size == 0 ? kMissing : in_hours(window.cutoff - Timestamp{window.times.front()});
}

constexpr Example kExamples[] = {{"1@-3 1@-1", 3}, {"", kMissing}};

}  // namespace

extern const Aggregation hours_since_first;
constinit const Aggregation hours_since_first = {
    .name = "hours_since_first",
    .summary = "Hours from the oldest row to the application; missing when there are none.",
    .said = {.phrase = "time since the first {row}", .unit = "hours", .degree = Degree::kShort, .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .recency = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "({cutoff} - min({time})) / 3600e6",
};

}  // namespace asof::aggregations
