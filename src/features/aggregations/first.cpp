// Where it began.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return window.size == 0 ? kMissing : window.values.front(); }

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 10}, {"", kMissing}};

}  // namespace

extern const Aggregation first;
constinit const Aggregation first = {
    .name = "first",
    .summary = "The oldest value; missing when there is none.",
    .said = {.phrase = "first {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kAny,
    .gives = Gives::kValue,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "arg_min({value}, {place})",
};

}  // namespace asof::aggregations
