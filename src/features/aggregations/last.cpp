// Where it is now.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return window.size == 0 ? kMissing : window.values.back(); }

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 30}, {"", kMissing}};

}  // namespace

extern const Aggregation last;
constinit const Aggregation last = {
    .name = "last",
    .summary = "The latest value; missing when there is none.",
    .said = {.phrase = "latest {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kAny,
    .gives = Gives::kValue,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "arg_max({value}, {place})",
};

}  // namespace asof::aggregations
