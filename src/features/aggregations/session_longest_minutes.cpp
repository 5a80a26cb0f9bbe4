// How long visits can be.
#include <algorithm>

#include "features/aggregation.h"
#include "features/sessions.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const Sessions sessions = sessions_of(window);
  if (sessions.lengths.empty()) return kMissing;
  return static_cast<double>(*std::ranges::max_element(sessions.lengths)) / static_cast<double>(kMinute.microseconds);
}

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 120}, {"", kMissing}};

}  // namespace

extern const Aggregation session_longest_minutes;
constinit const Aggregation session_longest_minutes = {
    .name = "session_longest_minutes",
    .summary = "Most minutes from the first row of a session to its last; missing when there are none.",
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
