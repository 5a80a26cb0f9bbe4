// How often it was something else.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < window.size; ++i) changes += window.values[i] != window.values[i - 1] ? 1 : 0;
  return static_cast<double>(changes);
}

constexpr Example kExamples[] = {{"1@-4 1@-3 2@-2 1@-1", 2}, {"", 0}};

}  // namespace

extern const Aggregation changes;
constinit const Aggregation changes = {
    .name = "changes",
    .summary = "How many rows have another value than the row before; 0 when there are fewer than two.",
    .said = {.phrase = "changes of {value} between consecutive {rows}", .degree = Degree::kFew},
    .takes = Takes::kAny,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
