// The average.
#include "base/summation.h"
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  CompensatedSum sum;
  for (const double value : window.values) sum.add(value);
  return sum.value() / static_cast<double>(window.size);
}

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 20}, {"", kMissing}};

}  // namespace

extern const Aggregation mean;
constinit const Aggregation mean = {
    .name = "mean",
    .summary = "Mean of the values; missing when there are none.",
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "avg({value})",
};

}  // namespace asof::aggregations
