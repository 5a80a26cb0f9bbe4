// How long it has been quiet.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return window.size == 0 ? kMissing : in_hours(window.cutoff - Timestamp{window.times.back()});
}

constexpr Example kExamples[] = {{"1@-3 1@-1", 1}, {"", kMissing}};

}  // namespace

extern const Aggregation hours_since_last;
constinit const Aggregation hours_since_last = {
    .name = "hours_since_last",
    .summary = "Hours from the latest row to the application; missing when there are none.",
    .said = {.phrase = "time since the latest {row}", .unit = "hours", .degree = Degree::kShort, .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .recency = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "({cutoff} - max({time})) / 3600e6",
};

}  // namespace asof::aggregations
