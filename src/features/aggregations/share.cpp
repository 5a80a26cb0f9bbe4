// How often a condition holds.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  double held = 0.0;
  for (const double value : window.values) held += value;
  return held / static_cast<double>(window.size);
}

constexpr Example kExamples[] = {{"1@-4 0@-3 0@-2 1@-1", 0.5}, {"", kMissing}};

}  // namespace

extern const Aggregation share;
constinit const Aggregation share = {
    .name = "share",
    .summary = "Share of the rows for which the condition is true; missing when there are no rows.",
    .said = {.phrase = "share of {rows} for which {condition}", .unit = "%", .rows_needed = 1},
    .takes = Takes::kCondition,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "avg({value})",
};

}  // namespace asof::aggregations
