// The average, the recent rows counting most.
#include "base/summation.h"
#include "features/aggregation.h"
#include "features/decay.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  CompensatedSum sum;
  CompensatedSum weights;
  for (std::size_t i = 0; i < window.size; ++i) {
    const double weight = decay(window, window.times[i]);
    sum.add(weight * window.values[i]);
    weights.add(weight);
  }
  return weights.value() == 0.0 ? kMissing : sum.value() / weights.value();
}

constexpr double kOneHour[] = {3.6e9};

constexpr Example kExamples[] = {{"4@-2 10@-1", 8, kOneHour}, {"", kMissing, kOneHour}};

}  // namespace

extern const Aggregation decayed_mean;
constinit const Aggregation decayed_mean = {
    .name = "decayed_mean",
    .summary =
        "Mean of the values, each weighing half as much for every half-life of its age; missing when there are none or "
        "their weights vanish.",
    .said = {.phrase = "mean {value} of {rows}, weighing half per {setting} of age", .unit = "{value}"},
    .takes = Takes::kNumber,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kHalfLife,
    .sql =
        "sum({value} * pow(0.5, ({cutoff} - {time}) / {setting})) / nullif(sum(pow(0.5, ({cutoff} - {time}) / "
        "{setting})), 0)",
};

}  // namespace asof::aggregations
