// How long visits usually are.
#include "features/aggregation.h"
#include "features/sessions.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const Sessions sessions = sessions_of(window);
  if (sessions.lengths.empty()) return kMissing;
  std::int64_t total = 0;
  for (const std::int64_t length : sessions.lengths) total += length;
  return static_cast<double>(total) / static_cast<double>(kMinute.microseconds) /
         static_cast<double>(sessions.lengths.size());
}

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 60}, {"", kMissing}};

}  // namespace

extern const Aggregation session_mean_minutes;
constinit const Aggregation session_mean_minutes = {
    .name = "session_mean_minutes",
    .summary = "Mean minutes from the first row of a session to its last; missing when there are none.",
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
