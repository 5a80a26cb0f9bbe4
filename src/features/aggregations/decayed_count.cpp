// How many, the recent ones counting most.
#include "base/summation.h"
#include "features/aggregation.h"
#include "features/decay.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  CompensatedSum sum;
  for (const std::int64_t time : window.times) sum.add(decay(window, time));
  return sum.value();
}

constexpr double kOneHour[] = {3.6e9};

constexpr Example kExamples[] = {{"0@-2 0@-1", 0.75, kOneHour}, {"", 0, kOneHour}};

}  // namespace

extern const Aggregation decayed_count;
constinit const Aggregation decayed_count = {
    .name = "decayed_count",
    .summary = "Number of rows, each weighing half as much for every half-life of its age; 0 when there are none.",
    .said = {.phrase = "number of {rows}, weighing half per {setting} of age"},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kHalfLife,
    .sql = "coalesce(sum(pow(0.5, ({cutoff} - {time}) / {setting})), 0)",
};

}  // namespace asof::aggregations
