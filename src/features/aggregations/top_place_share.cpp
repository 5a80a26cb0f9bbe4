// How much of the time at one place.
#include <algorithm>

#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  const Places& places = window.facts->places(window);
  return static_cast<double>(*std::ranges::max_element(places.visits)) / static_cast<double>(window.size);
}

constexpr Example kExamples[] = {{"0,0@-4 0,0@-3 0,0.001@-2 0,1@-1", 0.75}, {"", kMissing}};

}  // namespace

extern const Aggregation top_place_share;
constinit const Aggregation top_place_share = {
    .name = "top_place_share",
    .summary = "Share of the fixes at the place with the most; missing when there are none.",
    .said = {.phrase = "share at the most frequent place of {rows}", .unit = "%", .rows_needed = 1},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kPlaceRadius,
};

}  // namespace asof::aggregations
