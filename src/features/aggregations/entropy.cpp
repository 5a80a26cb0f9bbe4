// How evenly the values are spread over what occurs.
#include <utility>
#include <vector>

#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  std::vector<std::uint32_t> counts;
  for (const ValueCounts::Entry& entry : window.facts->counts(window).entries()) counts.push_back(entry.count);
  return entropy_of(std::move(counts));
}

constexpr Example kExamples[] = {{"1@-4 2@-3 1@-2 2@-1", 0.69314718055994529}, {"5@-2 5@-1", 0}, {"", kMissing}};

}  // namespace

extern const Aggregation entropy;
constinit const Aggregation entropy = {
    .name = "entropy",
    .summary =
        "Shannon entropy (natural logarithm) of the shares of the distinct values, 0 when all are the same; missing "
        "when there are none.",
    .said = {.phrase = "variety of {values} among {rows}", .unit = "nats", .rows_needed = 1},
    .takes = Takes::kAny,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "case when count({value}) > 0 then entropy({value}) * ln(2) end",
};

}  // namespace asof::aggregations
