// Moves that nobody makes.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

constexpr AggregationSetting kSettings[] = {{.name = "km/h", .least = 1.0, .greatest = 1e9, .otherwise = 900.0}};

double evaluate(const Window& window) {
  std::size_t jumps = 0;
  for (std::size_t i = 1; i < window.size; ++i) {
    const double hours = in_hours(Duration{window.times[i] - window.times[i - 1]});
    jumps += window.moves[i] > window.settings[0] * hours ? 1 : 0;
  }
  return static_cast<double>(jumps);
}

constexpr Example kExamples[] = {{"0,0@-3 0,90@-2 0,91@-1", 1}, {"", 0}};

}  // namespace

extern const Aggregation impossible_jumps;
constinit const Aggregation impossible_jumps = {
    .name = "impossible_jumps",
    .summary =
        "How often one fix is farther from the one before than the km/h given (default 900) allow; 0 when never.",
    .said = {.phrase = "moves faster than {setting} km/h between consecutive {rows}", .degree = Degree::kFew},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .measures_moves = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSettings,
};

}  // namespace asof::aggregations
