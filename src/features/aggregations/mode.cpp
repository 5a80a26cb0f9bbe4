// The usual value.
#include <algorithm>
#include <utility>

#include "features/aggregation.h"
#include "features/value_counts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  return std::ranges::max_element(window.counts->entries(), {},
                                  [](const ValueCounts::Entry& entry) { return std::pair(entry.count, entry.last); })
      ->value;
}

constexpr Example kExamples[] = {{"1@-4 2@-3 2@-2 3@-1", 2}, {"2@-4 1@-3 1@-2 2@-1", 2}, {"", kMissing}};

}  // namespace

extern const Aggregation mode;
constinit const Aggregation mode = {
    .name = "mode",
    .summary =
        "The most frequent value, of equally frequent ones the one that occurred last; missing when there are none.",
    .takes = Takes::kAny,
    .gives = Gives::kValue,
    .counts_values = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
