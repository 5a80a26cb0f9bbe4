// On how many days something happened.
#include "features/aggregation.h"
#include "features/local_calendar.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  std::size_t days = 0;
  std::int64_t latest = 0;
  for (std::size_t i = 0; i < window.size; ++i) {
    const std::int64_t day = local_day(window.times[i], window.zone);
    days += i == 0 || day != latest ? 1 : 0;
    latest = day;
  }
  return static_cast<double>(days);
}

constexpr Example kExamples[] = {{"0@-50 0@-49 0@-1", 2}, {"", 0}};

}  // namespace

extern const Aggregation active_days;
constinit const Aggregation active_days = {
    .name = "active_days",
    .summary = "Number of days, by the clocks of the project's time zone, that have a row; 0 when there are none.",
    .said = {.phrase = "days with {rows}", .degree = Degree::kFew},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "count(distinct cast({local} as date))",
};

}  // namespace asof::aggregations
