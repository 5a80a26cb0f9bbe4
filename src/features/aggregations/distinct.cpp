// Variety.
#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(window.facts->counts(window).entries().size()); }

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 2}, {"", 0}};

}  // namespace

extern const Aggregation distinct;
constinit const Aggregation distinct = {
    .name = "distinct",
    .summary = "How many different values; 0 when there are none.",
    .said = {.phrase = "different {values} among {rows}", .degree = Degree::kFew, .rows_needed = 1},
    .takes = Takes::kAny,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "count(distinct {value})",
};

}  // namespace asof::aggregations
