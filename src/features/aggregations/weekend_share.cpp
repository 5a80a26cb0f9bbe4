// How much happens at weekends.
#include "features/aggregation.h"
#include "features/shares_of_time.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return share_of_times(window, [](std::int64_t local) { return weekday_of(local) >= kSaturday; });
}

constexpr Example kExamples[] = {{"0@-90 0@-1", 0.5}, {"", kMissing}};

}  // namespace

extern const Aggregation weekend_share;
constinit const Aggregation weekend_share = {
    .name = "weekend_share",
    .summary =
        "Share of the rows on a Saturday or Sunday by the clocks of the project's time zone; missing when there are "
        "none.",
    .said = {.phrase = "share at weekends, Saturday and Sunday, of {rows}", .unit = "%", .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "avg(cast(extract(isodow from {local}) >= 6 as double))",
};

}  // namespace asof::aggregations
