// How long visits usually are.
#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const std::span<const std::int64_t> lengths = window.facts->session_lengths(window);
  if (lengths.empty()) return kMissing;
  std::int64_t total = 0;
  for (const std::int64_t length : lengths) total += length;
  return static_cast<double>(total) / static_cast<double>(kMinute.microseconds) / static_cast<double>(lengths.size());
}

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 60}, {"", kMissing}};

}  // namespace

extern const Aggregation session_mean_minutes;
constinit const Aggregation session_mean_minutes = {
    .name = "session_mean_minutes",
    .summary = "Mean minutes from the first row of a session to its last; missing when there are none.",
    .said = {.phrase = "mean length of sessions of {rows}", .unit = "minutes", .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
