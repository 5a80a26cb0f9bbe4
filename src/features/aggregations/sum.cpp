// The total.
#include "base/summation.h"
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  CompensatedSum sum;
  for (const double value : window.values) sum.add(value);
  return sum.value();
}

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 60}, {"", 0}};

}  // namespace

extern const Aggregation sum;
constinit const Aggregation sum = {
    .name = "sum",
    .summary = "Sum of the values; 0 when there are none.",
    .said = {.phrase = "total {value} of {rows}", .unit = "{value}"},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "coalesce(sum({value}), 0)",
};

}  // namespace asof::aggregations
