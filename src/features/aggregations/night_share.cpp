// How much happens at night.
#include "features/aggregation.h"
#include "features/shares_of_time.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return share_of_times(window, [](std::int64_t local) { return hour_of(local) < kNightEndsHour; });
}

constexpr Example kExamples[] = {{"0@-20 0@-1", 0.5}, {"", kMissing}};

}  // namespace

extern const Aggregation night_share;
constinit const Aggregation night_share = {
    .name = "night_share",
    .summary =
        "Share of the rows between 0:00 and 5:59 by the clocks of the project's time zone; missing when there are "
        "none.",
    .said = {.phrase = "share at night, from 0:00 to 5:59, of {rows}", .unit = "%", .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "avg(cast(extract(hour from {local}) < 6 as double))",
};

}  // namespace asof::aggregations
