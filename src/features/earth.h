// Places and distances on the WGS84 ellipsoid. Only distances come out, never a coordinate, so turning all longitudes
// by the same angle changes no feature.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "features/aggregation.h"

namespace asof {

/// A fix in Earth-centred, Earth-fixed coordinates, at height 0. Kilometres.
struct EarthPoint {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;
};

/// Fixes with possible coordinates: |latitude| <= 90 and both finite; others are left out.
struct Fixes {
  std::vector<EarthPoint> points;
  std::vector<std::int64_t> times;
};

Fixes fixes_of(const Window& window);

/// Through the Earth.
double chord_km(const EarthPoint& a, const EarthPoint& b);

/// Along the surface: the arc over the chord on a sphere of the mean radius, 6371.0088 km (IUGG). Within 0.5 % of the
/// geodesic, within 1e-4 below 100 km.
double distance_km(const EarthPoint& a, const EarthPoint& b);

/// Where somebody was, how often. A fix belongs to the first place, in order of founding, whose first fix is within the
/// given distance, else it founds one.
struct Places {
  std::vector<std::uint32_t> visits;    ///< per place
  std::vector<std::uint32_t> founders;  ///< per place, the fix that founded it
};

/// `radius_metres`: settings[0] of the aggregations over places.
Places places_of(std::span<const EarthPoint> points, double radius_metres);

inline constexpr AggregationSetting kPlaceRadius[] = {
    {.name = "metres", .kind = AggregationSetting::kNumber, .least = 1.0, .greatest = 1e7, .otherwise = 500.0}};

}  // namespace asof
