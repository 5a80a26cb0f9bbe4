// How long visits can be.
#include <algorithm>

#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const std::span<const std::int64_t> lengths = window.facts->session_lengths(window);
  if (lengths.empty()) return kMissing;
  return static_cast<double>(*std::ranges::max_element(lengths)) / static_cast<double>(kMinute.microseconds);
}

constexpr Example kExamples[] = {{"1@-3 2@-2 1@-1", 120}, {"", kMissing}};

}  // namespace

extern const Aggregation session_longest_minutes;
constinit const Aggregation session_longest_minutes = {
    .name = "session_longest_minutes",
    .summary = "Most minutes from the first row of a session to its last; missing when there are none.",
    .said = {.phrase = "maximum length of sessions of {rows}", .unit = "minutes", .rows_needed = 1},
    .takes = Takes::kRows,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSilence,
};

}  // namespace asof::aggregations
