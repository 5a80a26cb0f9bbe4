// How much, the recent rows counting most.
#include "base/summation.h"
#include "features/aggregation.h"
#include "features/decay.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  CompensatedSum sum;
  for (std::size_t i = 0; i < window.size; ++i) sum.add(decay(window, window.times[i]) * window.values[i]);
  return sum.value();
}

constexpr double kOneHour[] = {3.6e9};

constexpr Example kExamples[] = {{"4@-2 10@-1", 6, kOneHour}, {"", 0, kOneHour}};

}  // namespace

extern const Aggregation decayed_sum;
constinit const Aggregation decayed_sum = {
    .name = "decayed_sum",
    .summary = "Sum of the values, each weighing half as much for every half-life of its age; 0 when there are none.",
    .said = {.phrase = "total {value} of {rows}, weighing half per {setting} of age", .unit = "{value}"},
    .takes = Takes::kNumber,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kHalfLife,
    .sql = "coalesce(sum({value} * pow(0.5, ({cutoff} - {time}) / {setting})), 0)",
};

}  // namespace asof::aggregations
