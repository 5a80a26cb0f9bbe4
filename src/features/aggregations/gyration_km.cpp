// How far around somebody moves.
#include <cmath>

#include "base/summation.h"
#include "features/aggregation.h"
#include "features/earth.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  const auto count = static_cast<double>(window.size);
  CompensatedSum x;
  CompensatedSum y;
  CompensatedSum z;
  for (const EarthPoint& point : window.points) x.add(point.x), y.add(point.y), z.add(point.z);
  const EarthPoint centre{x.value() / count, y.value() / count, z.value() / count};
  CompensatedSum squares;
  for (const EarthPoint& point : window.points) squares.add(chord_km(point, centre) * chord_km(point, centre));
  return std::sqrt(squares.value() / count);
}

constexpr Example kExamples[] = {{"10,20@-2 10,20@-1", 0}, {"", kMissing}};

}  // namespace

extern const Aggregation gyration_km;
constinit const Aggregation gyration_km = {
    .name = "gyration_km",
    .summary =
        "Radius of gyration in km: root mean square distance of the fixes from their centre; missing when there are "
        "none.",
    .said = {.phrase = "radius around the centre of {rows}", .unit = "km", .rows_needed = 1},
    .takes = Takes::kPlaces,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
