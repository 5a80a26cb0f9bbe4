// How many a day.
#include <algorithm>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const auto count = static_cast<double>(window.size);
  if (window.begin != kNoTime) return count / in_days(window.end - window.begin);
  if (window.size == 0) return kMissing;
  return count / std::max(1.0, in_days(window.end - Timestamp{window.times.front()}));
}

constexpr Example kExamples[] = {{"0@-48 0@-36 0@-24", 1.5}, {"0@-2 0@-1", 2}, {"", kMissing}};

}  // namespace

extern const Aggregation rate_per_day;
constinit const Aggregation rate_per_day = {
    .name = "rate_per_day",
    .summary =
        "Rows per day of the window, or, of a window without a beginning, per day since its oldest row, at least one "
        "day; then missing when there are none.",
    .said = {.phrase = "number per day of {rows}", .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
