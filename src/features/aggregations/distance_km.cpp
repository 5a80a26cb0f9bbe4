// How far somebody travelled.
#include "base/summation.h"
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  CompensatedSum sum;
  for (std::size_t i = 1; i < window.size; ++i) sum.add(window.moves[i]);
  return sum.value();
}

constexpr Example kExamples[] = {{"10,20@-1", 0}, {"", kMissing}};

}  // namespace

extern const Aggregation distance_km;
constinit const Aggregation distance_km = {
    .name = "distance_km",
    .summary =
        "Sum of the distances in km between one fix and the next, 0 for a single one; missing when there are none.",
    .said = {.phrase = "distance travelled between {rows}", .unit = "km", .rows_needed = 1},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .measures_moves = true,
    .evaluate = evaluate,
    .examples = kExamples,
};

}  // namespace asof::aggregations
