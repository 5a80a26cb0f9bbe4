// How much happens when offices are open.
#include "features/aggregation.h"
#include "features/shares_of_time.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  constexpr std::int64_t kOpens = 9;
  constexpr std::int64_t kCloses = 18;
  return share_of_times(window, [](std::int64_t local) {
    return weekday_of(local) < kSaturday && kOpens <= hour_of(local) && hour_of(local) < kCloses;
  });
}

constexpr Example kExamples[] = {{"0@-10 0@-1", 0.5}, {"0@-84", 0}, {"", kMissing}};

}  // namespace

extern const Aggregation business_hours_share;
constinit const Aggregation business_hours_share = {
    .name = "business_hours_share",
    .summary =
        "Share of the rows from Monday to Friday between 9:00 and 17:59 by the clocks of the project's time zone; "
        "missing when there are none.",
    .said = {.phrase = "share in business hours, Monday to Friday from 9:00 to 17:59, of {rows}",
             .unit = "%",
             .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "avg(cast(extract(isodow from {local}) <= 5 and extract(hour from {local}) between 9 and 17 as double))",
};

}  // namespace asof::aggregations
