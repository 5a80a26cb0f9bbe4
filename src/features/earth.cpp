#include "features/earth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/elementary.h"

namespace asof {
namespace {

// WGS84 (NIMA TR8350.2): equatorial radius and flattening.
constexpr double kEquatorialRadiusKm = 6378.137;
constexpr double kFlattening = 1.0 / 298.257223563;
constexpr double kEccentricitySquared = kFlattening * (2.0 - kFlattening);
constexpr double kMeanRadiusKm = 6371.0088;
constexpr double kMetresPerKm = 1000.0;

EarthPoint point_of(double latitude_degrees, double longitude_degrees) {
  constexpr double kRadians = std::numbers::pi / 180.0;
  const double latitude = latitude_degrees * kRadians;
  const double longitude = std::remainder(longitude_degrees, 360.0) * kRadians;
  const double sine = portable_sin(latitude);
  const double cosine = portable_cos(latitude);
  const double to_axis = kEquatorialRadiusKm / std::sqrt(1.0 - kEccentricitySquared * sine * sine);
  return {to_axis * cosine * portable_cos(longitude), to_axis * cosine * portable_sin(longitude),
          to_axis * (1.0 - kEccentricitySquared) * sine};
}

/// asin x for 0 <= x <= 1: the angle is halved three times, asin x = 2 asin(x / sqrt(2 (1 + sqrt(1 - x^2)))), then the
/// Taylor series ends below the last bit.
double arc_sine(double x) {
  constexpr int kHalvings = 3;
  for (int i = 0; i < kHalvings; ++i) x /= std::sqrt(2.0 * (1.0 + std::sqrt(std::max(0.0, 1.0 - x * x))));
  constexpr int kTerms = 10;
  double term = x;
  double sum = x;
  for (int k = 1; k <= kTerms; ++k) {
    const double odd = 2.0 * k - 1.0;
    term *= x * x * odd / (2.0 * k);
    sum += term / (2.0 * k + 1.0);
  }
  return sum * (1 << kHalvings);
}

double squared_chord(const EarthPoint& a, const EarthPoint& b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z);
}

/// The square of the chord under an arc: comparing with it spares a root and an arc sine for every pair. An arc of half
/// the circumference or more reaches everywhere.
double squared_chord_under(double arc_km) {
  const double half_angle = arc_km / (2.0 * kMeanRadiusKm);
  if (half_angle >= std::numbers::pi / 2.0) return std::numeric_limits<double>::infinity();
  const double chord = 2.0 * kMeanRadiusKm * portable_sin(half_angle);
  return chord * chord;
}

}  // namespace

bool is_place(double latitude, double longitude) {
  constexpr double kPole = 90.0;
  return std::abs(latitude) <= kPole && std::isfinite(longitude);
}

void points_of(std::span<const double> latitudes, std::span<const double> longitudes, std::vector<EarthPoint>& points) {
  points.resize(latitudes.size());
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = point_of(latitudes[i], longitudes[i]);
}

void moves_of(std::span<const EarthPoint> points, std::vector<double>& moves) {
  moves.assign(points.size(), 0.0);
  for (std::size_t i = 1; i < points.size(); ++i) moves[i] = distance_km(points[i - 1], points[i]);
}

double chord_km(const EarthPoint& a, const EarthPoint& b) { return std::sqrt(squared_chord(a, b)); }

double distance_km(const EarthPoint& a, const EarthPoint& b) {
  return 2.0 * kMeanRadiusKm * arc_sine(std::min(1.0, chord_km(a, b) / (2.0 * kMeanRadiusKm)));
}

Places places_of(std::span<const EarthPoint> points, double radius_metres) {
  const double reach = squared_chord_under(radius_metres / kMetresPerKm);
  Places places;
  for (std::uint32_t i = 0; i < points.size(); ++i) {
    std::size_t place = 0;
    while (place < places.founders.size() && !(squared_chord(points[places.founders[place]], points[i]) <= reach))
      ++place;
    if (place == places.founders.size()) {
      places.founders.push_back(i);
      places.visits.push_back(0);
    }
    ++places.visits[place];
  }
  return places;
}

}  // namespace asof
