// How many visits.
#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(window.facts->session_lengths(window).size()); }

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 2}, {"", 0}};

}  // namespace

extern const Aggregation sessions;
constinit const Aggregation sessions = {
    .name = "sessions",
    .summary =
        "Number of sessions: split where nothing happened for the silence given (default 30m), or, of a column, one "
        "per value; 0 when there are none.",
    .said = {.phrase = "sessions of {rows}", .degree = Degree::kFew, .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
