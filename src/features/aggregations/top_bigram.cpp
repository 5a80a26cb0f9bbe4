// The usual step from one thing to the next.
#include <vector>

#include "features/aggregation.h"
#include "features/value_counts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size < 2) return kMissing;
  std::vector<double> pairs;
  pairs.reserve(window.size - 1);
  for (std::size_t i = 1; i < window.size; ++i) pairs.push_back(pair_of(window.values[i - 1], window.values[i]));
  return ValueCounts(pairs).usual();
}

constexpr Example kExamples[] = {
    {"1@-5 2@-4 1@-3 2@-2 3@-1", pair_of(1, 2)}, {"1@-3 2@-2 1@-1", pair_of(2, 1)}, {"1@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation top_bigram;
constinit const Aggregation top_bigram = {
    .name = "top_bigram",
    .summary =
        "The most frequent pair of texts that follow each other immediately, as the text `A > B`, of equally "
        "frequent ones the one that occurred last; missing when there are fewer than two texts.",
    .said = {.phrase = "most frequent pair of consecutive {values} among {rows}",
             .degree = Degree::kNone,
             .rows_needed = 2},
    .takes = Takes::kText,
    .gives = Gives::kPair,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
