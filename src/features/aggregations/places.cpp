// In how many places.
#include "features/aggregation.h"
#include "features/window_facts.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) { return static_cast<double>(window.facts->places(window).visits.size()); }

constexpr Example kExamples[] = {{"0,0@-3 0,0.001@-2 0,1@-1", 2}, {"", 0}};

}  // namespace

extern const Aggregation places;
constinit const Aggregation places = {
    .name = "places",
    .summary =
        "Number of different places, those within the metres given (default 500) of an earlier one being the same; 0 "
        "when there are none.",
    .said = {.phrase = "different places, more than {setting} m apart, of {rows}",
             .degree = Degree::kFew,
             .rows_needed = 1},
    .takes = Takes::kPlaces,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kPlaceRadius,
};

}  // namespace asof::aggregations
