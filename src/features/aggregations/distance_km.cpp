// How far somebody travelled.
#include "base/summation.h"
#include "features/aggregation.h"
#include "features/earth.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const Fixes fixes = fixes_of(window);
  if (fixes.points.empty()) return kMissing;
  CompensatedSum sum;
  for (std::size_t i = 1; i < fixes.points.size(); ++i) sum.add(distance_km(fixes.points[i - 1], fixes.points[i]));
  return sum.value();
}

constexpr Example kExamples[] = {{"10,20@-1", 0}, {"", kMissing}};

}  // namespace

extern const Aggregation distance_km;
constinit const Aggregation distance_km = {
    .name = "distance_km",
    .summary =
        "Sum of the distances in km between one fix and the next, 0 for a single one; missing when there are none.",
    .takes = Takes::kPlaces,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
