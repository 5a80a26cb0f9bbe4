// How much happens in a visit.
#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  return static_cast<double>(window.size) / static_cast<double>(window.facts->session_lengths(window).size());
}

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 1.5}, {"", kMissing}};

}  // namespace

extern const Aggregation events_per_session;
constinit const Aggregation events_per_session = {
    .name = "events_per_session",
    .summary = "Rows per session; missing when there are none.",
    .said = {.phrase = "mean number per session of {rows}", .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
