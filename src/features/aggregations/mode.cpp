// The usual value.
#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return window.size == 0 ? kMissing : window.facts->counts(window).usual(); }

constexpr Example kExamples[] = {{"1@-4 2@-3 2@-2 3@-1", 2}, {"2@-4 1@-3 1@-2 2@-1", 2}, {"", kMissing}};

}  // namespace

extern const Aggregation mode;
constinit const Aggregation mode = {
    .name = "mode",
    .summary =
        "The most frequent value, of equally frequent ones the one that occurred last; missing when there are none.",
    .said = {.phrase = "most frequent {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kAny,
    .gives = Gives::kValue,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
