// How far from home now.
#include <algorithm>
#include <vector>

#include "features/aggregation.h"
#include "features/earth.h"
#include "features/local_calendar.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  std::vector<EarthPoint> nights;
  for (std::size_t i = 0; i < window.size; ++i) {
    if (hour_of(local_microseconds(window.times[i], window.zone)) < kNightEndsHour) nights.push_back(window.points[i]);
  }
  if (nights.empty()) return kMissing;
  const Places places = places_of(nights, window.settings[0]);
  const auto home = std::ranges::max_element(places.visits) - places.visits.begin();
  return distance_km(nights[places.founders[static_cast<std::size_t>(home)]], window.points.back());
}

constexpr Example kExamples[] = {{"0,0@-20 5,5@-10 0,0@-1", 0}, {"5,5@-10", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation home_distance_km;
constinit const Aggregation home_distance_km = {
    .name = "home_distance_km",
    .summary =
        "Distance in km of the latest fix from home, the place with the most fixes between 0:00 and 5:59; missing "
        "without a fix at night.",
    .said = {.phrase = "distance from home of the latest {row}", .unit = "km"},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kPlaceRadius,
};

}  // namespace asof::aggregations
