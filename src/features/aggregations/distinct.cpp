// Variety.
#include <algorithm>
#include <vector>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  std::vector<double> values(window.values.begin(), window.values.end());
  std::ranges::sort(values);
  return static_cast<double>(std::ranges::unique(values).begin() - values.begin());
}

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 2}, {"", 0}};

}  // namespace

extern const Aggregation distinct;
constinit const Aggregation distinct = {
    .name = "distinct",
    .summary = "How many different values; 0 when there are none.",
    .takes = Takes::kAny,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "count(distinct {value})",
};

}  // namespace asof::aggregations
