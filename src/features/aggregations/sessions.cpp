// How many visits.
#include "features/sessions.h"
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(sessions_of(window).lengths.size()); }

constexpr Example kExamples[] = {{"", 0}, {"1@-3 2@-2 1@-1", 2}};

}  // namespace

extern const Aggregation sessions;
constinit const Aggregation sessions = {
    .name = "sessions",
    .summary =
        "Number of sessions: split where nothing happened for the silence given (default 30m), or, of a column, one "
        "per value; 0 when there are none.",
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
