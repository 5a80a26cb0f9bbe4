// How many rows.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(window.size); }

constexpr Example kExamples[] = {{"1@-3 1@-2", 2}, {"", 0}};

}  // namespace

extern const Aggregation count;
constinit const Aggregation count = {
    .name = "count",
    .summary = "How many rows; 0 when there are none.",
    .said = {.phrase = "{rows}", .degree = Degree::kFew},
    .takes = Takes::kRows,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "count({value})",
};

}  // namespace asof::aggregations
