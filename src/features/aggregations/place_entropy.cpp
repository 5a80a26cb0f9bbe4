// How evenly spread over places.
#include "features/aggregation.h"
#include "features/value_counts.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return entropy_of(window.facts->places(window).visits); }

constexpr Example kExamples[] = {{"0,0@-2 0,1@-1", 0.69314718055994529}, {"", kMissing}};

}  // namespace

extern const Aggregation place_entropy;
constinit const Aggregation place_entropy = {
    .name = "place_entropy",
    .summary = "Shannon entropy (natural logarithm) of the visits to places; missing when there are none.",
    .said = {.phrase = "variety of places of {rows}", .unit = "nats", .rows_needed = 1},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kPlaceRadius,
};

}  // namespace asof::aggregations
