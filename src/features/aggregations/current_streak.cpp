// Days in a row until now.
#include "features/aggregation.h"
#include "features/streaks.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(streaks_of(window).current); }

constexpr Example kExamples[] = {{"0@-40 0@-20 0@-1", 2}, {"0@-60 0@-49", 0}, {"", 0}};

}  // namespace

extern const Aggregation current_streak;
constinit const Aggregation current_streak = {
    .name = "current_streak",
    .summary =
        "Days in a row that each have a row, up to the day of the window's end or the day before it; 0 when neither "
        "has one.",
    .said = {.phrase = "consecutive days with {rows}, up to the last day of the period", .degree = Degree::kFew},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
