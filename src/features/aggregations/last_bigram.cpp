// The latest step from one thing to the next.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  return window.size < 2 ? kMissing : pair_of(window.values[window.size - 2], window.values.back());
}

constexpr Example kExamples[] = {{"1@-3 2@-2 3@-1", pair_of(2, 3)}, {"1@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation last_bigram;
constinit const Aggregation last_bigram = {
    .name = "last_bigram",
    .summary =
        "The text before the latest one and the latest one, as the text `A > B`; missing when there are fewer "
        "than two.",
    .said = {.phrase = "latest pair of consecutive {values} among {rows}", .degree = Degree::kNone, .rows_needed = 2},
    .takes = Takes::kText,
    .gives = Gives::kPair,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "list({value} order by {place} desc)[2] || ' > ' || list({value} order by {place} desc)[1]",
};

}  // namespace asof::aggregations
