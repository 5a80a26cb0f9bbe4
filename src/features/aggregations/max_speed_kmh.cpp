// The fastest move.
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  double fastest = kMissing;
  for (std::size_t i = 1; i < window.size; ++i) {
    const double hours = in_hours(Duration{window.times[i] - window.times[i - 1]});
    if (hours == 0.0) continue;
    const double speed = window.moves[i] / hours;
    if (is_missing(fastest) || speed > fastest) fastest = speed;
  }
  return fastest;
}

constexpr Example kExamples[] = {{"10,20@-2 10,20@-1", 0}, {"10,20@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation max_speed_kmh;
constinit const Aggregation max_speed_kmh = {
    .name = "max_speed_kmh",
    .summary = "Greatest speed in km/h between one fix and the next; missing without two fixes at different times.",
    .said = {.phrase = "maximum speed between consecutive {rows}", .unit = "km/h"},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .measures_moves = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
