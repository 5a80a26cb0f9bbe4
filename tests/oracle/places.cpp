// Aggregations of places: WGS84 degrees, distances along the earth.
#include <algorithm>
#include <cmath>
#include <map>

#include "tests/oracle/oracle.h"

namespace oracle {
namespace {

constexpr long double kPi = 3.141592653589793238462643383279502884L;
constexpr long double kEquatorMetres = 6378137.0L;
constexpr long double kFlattening = 1.0L / 298.257223563L;
constexpr long double kMeanRadiusMetres = 6371008.8L;
constexpr long double kMetresOfKm = 1000.0L;
constexpr long double kHour = 3600e6L;
constexpr long double kNoiseKm = 1e-9L;  // a micrometre: what a double knows of a place

struct Point {
  long double x = 0;
  long double y = 0;
  long double z = 0;
};

Point point(const Row& row) {
  const long double latitude = static_cast<long double>(*row.latitude) * kPi / 180;
  const long double longitude = static_cast<long double>(*row.longitude) * kPi / 180;
  const long double eccentricity_squared = kFlattening * (2 - kFlattening);
  const long double sine = std::sin(latitude);
  const long double to_axis = kEquatorMetres / std::sqrt(1 - eccentricity_squared * sine * sine);
  return {to_axis * std::cos(latitude) * std::cos(longitude), to_axis * std::cos(latitude) * std::sin(longitude),
          to_axis * (1 - eccentricity_squared) * sine};
}

long double squared_chord(const Point& a, const Point& b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z);
}

long double km_between(const Row& a, const Row& b) {
  const long double chord = std::sqrt(squared_chord(point(a), point(b)));
  const long double ratio = std::min(1.0L, chord / (2 * kMeanRadiusMetres));
  return 2 * kMeanRadiusMetres * std::asin(ratio) / kMetresOfKm;
}

long double hours_between(const Row& a, const Row& b) { return static_cast<long double>(b.time - a.time) / kHour; }

Answer gyration_km(const Window& window) {
  if (window.size() == 0) return missing();
  const auto n = static_cast<long double>(window.size());
  Point centre;
  for (const Row& row : window.rows) {
    centre.x += point(row).x / n;
    centre.y += point(row).y / n;
    centre.z += point(row).z / n;
  }
  long double squares = 0;
  for (const Row& row : window.rows) squares += squared_chord(point(row), centre) / n;
  return rounded(std::sqrt(squares) / kMetresOfKm, kNoiseKm);
}

Answer distance_km(const Window& window) {
  if (window.size() == 0) return missing();
  long double distance = 0;
  for (std::size_t i = 1; i < window.size(); ++i) distance += km_between(window.rows[i - 1], window.rows[i]);
  return rounded(distance, kNoiseKm * static_cast<long double>(window.size()));
}

using Place = std::vector<Row>;  // its fixes; the first founded it

std::vector<Place> places_of(const Window& window, const std::vector<Row>& fixes) {
  std::vector<Place> places;
  for (const Row& fix : fixes) {
    bool found = false;
    for (Place& place : places) {
      if (found || km_between(place.front(), fix) * kMetresOfKm > window.question.settings.at(0)) continue;
      place.push_back(fix);
      found = true;
    }
    if (!found) places.push_back({fix});
  }
  return places;
}

Answer places(const Window& window) { return counted(places_of(window, window.rows).size()); }

Answer top_place_share(const Window& window) {
  if (window.size() == 0) return missing();
  std::size_t most = 0;
  for (const Place& place : places_of(window, window.rows)) most = std::max(most, place.size());
  return rounded(static_cast<long double>(most) / static_cast<long double>(window.size()));
}

Answer place_entropy(const Window& window) {
  if (window.size() == 0) return missing();
  long double entropy = 0;
  for (const Place& place : places_of(window, window.rows)) {
    const long double share = static_cast<long double>(place.size()) / static_cast<long double>(window.size());
    entropy -= share * std::log(share);
  }
  return rounded(entropy);
}

/// Home is found among the fixes at night alone.
Answer home_distance_km(const Window& window) {
  std::vector<Row> at_night;
  for (const Row& row : window.rows) {
    if (local_hour(window, row.time) < 6) at_night.push_back(row);
  }
  if (at_night.empty()) return missing();
  const std::vector<Place> places = places_of(window, at_night);
  const Place* home = &places.front();
  for (const Place& place : places) {
    if (place.size() > home->size()) home = &place;
  }
  return rounded(km_between(home->front(), window.rows.back()), kNoiseKm);
}

Answer max_speed_kmh(const Window& window) {
  bool any = false;
  long double fastest = 0;
  long double noise = 0;
  for (std::size_t i = 1; i < window.size(); ++i) {
    const long double hours = hours_between(window.rows[i - 1], window.rows[i]);
    if (hours == 0) continue;
    any = true;
    fastest = std::max(fastest, km_between(window.rows[i - 1], window.rows[i]) / hours);
    noise = std::max(noise, kNoiseKm / hours);
  }
  return any ? rounded(fastest, noise) : missing();
}

Answer impossible_jumps(const Window& window) {
  std::size_t jumps = 0;
  for (std::size_t i = 1; i < window.size(); ++i) {
    const long double possible = window.question.settings.at(0) * hours_between(window.rows[i - 1], window.rows[i]);
    jumps += km_between(window.rows[i - 1], window.rows[i]) > possible ? 1U : 0U;
  }
  return counted(jumps);
}

}  // namespace

Function place_function_named(std::string_view name) {
  static const std::map<std::string_view, Function> all = {
      {"gyration_km", gyration_km},
      {"distance_km", distance_km},
      {"places", places},
      {"top_place_share", top_place_share},
      {"place_entropy", place_entropy},
      {"home_distance_km", home_distance_km},
      {"max_speed_kmh", max_speed_kmh},
      {"impossible_jumps", impossible_jumps},
  };
  const auto place = all.find(name);
  return place == all.end() ? nullptr : place->second;
}

}  // namespace oracle
