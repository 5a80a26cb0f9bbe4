// The spread, squared.
#include "features/aggregation.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return variance_of(window.values); }

constexpr Example kExamples[] = {{"10@-3 20@-2 30@-1", 100}, {"10@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation variance;
constinit const Aggregation variance = {
    .name = "variance",
    .summary = "Sample variance (n - 1) of the values; missing when there are fewer than two.",
    .said = {.phrase = "variance of {value} of {rows}", .rows_needed = 2},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "var_samp({value})",
};

}  // namespace asof::aggregations
