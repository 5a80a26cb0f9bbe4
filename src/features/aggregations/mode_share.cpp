// How usual the usual value is.
#include <algorithm>

#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  const auto usual = std::ranges::max_element(window.facts->counts(window).entries(), {}, &ValueCounts::Entry::count);
  return static_cast<double>(usual->count) / static_cast<double>(window.size);
}

constexpr Example kExamples[] = {{"1@-4 2@-3 2@-2 3@-1", 0.5}, {"", kMissing}};

}  // namespace

extern const Aggregation mode_share;
constinit const Aggregation mode_share = {
    .name = "mode_share",
    .summary = "Share of the rows that have the most frequent value; missing when there are none.",
    .said = {.phrase = "share of the most frequent {value} among {rows}", .unit = "%", .rows_needed = 1},
    .takes = Takes::kAny,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "list_max(map_values(histogram({value}))) / nullif(count({value}), 0)",
};

}  // namespace asof::aggregations
