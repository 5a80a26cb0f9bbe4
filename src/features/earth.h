// Places and distances on the WGS84 ellipsoid. Only distances come out, never a coordinate, so turning all longitudes
// by the same angle changes no feature.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "features/aggregation.h"
#include "features/earth_point.h"

namespace asof {

/// Whether there can be such a place: |latitude| <= 90 and both finite. WGS84 degrees.
bool is_place(double latitude, double longitude);

/// Of possible places only; `latitudes` and `longitudes` are of one size. Replaces `points`.
void points_of(std::span<const double> latitudes, std::span<const double> longitudes, std::vector<EarthPoint>& points);

/// moves[i]: from point i - 1 to point i, in km; moves[0] is 0. Replaces `moves`.
void moves_of(std::span<const EarthPoint> points, std::vector<double>& moves);

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
