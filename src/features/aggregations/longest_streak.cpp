// The most days in a row.
#include "features/aggregation.h"
#include "features/streaks.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(streaks_of(window).longest); }

constexpr Example kExamples[] = {{"0@-110 0@-60 0@-40 0@-1", 3}, {"", 0}};

}  // namespace

extern const Aggregation longest_streak;
constinit const Aggregation longest_streak = {
    .name = "longest_streak",
    .summary =
        "Most days in a row, by the clocks of the project's time zone, that each have a row; 0 when there are none.",
    .said = {.phrase = "maximum number of consecutive days with {rows}"},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
