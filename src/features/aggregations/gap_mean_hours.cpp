// How long it usually is quiet.
#include "features/aggregation.h"
#include "features/gaps.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return mean_of(gaps_hours(window)); }

constexpr Example kExamples[] = {{"0@-10 0@-8 0@-1", 4.5}, {"0@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation gap_mean_hours;
constinit const Aggregation gap_mean_hours = {
    .name = "gap_mean_hours",
    .summary = "Mean hours between one row and the next; missing when there are fewer than two.",
    .said = {.phrase = "mean time between consecutive {rows}",
             .unit = "hours",
             .degree = Degree::kShort,
             .rows_needed = 2},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "(max({time}) - min({time})) / nullif(count({value}) - 1, 0) / 3600e6",
};

}  // namespace asof::aggregations
