// The spread beside the size.
#include <cmath>

#include "features/aggregation.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  const double mean = mean_of(window.values);
  return mean == 0.0 ? kMissing : std::sqrt(variance_of(window.values)) / std::abs(mean);
}

constexpr Example kExamples[] = {
    {"10@-3 20@-2 30@-1", 0.5}, {"-1@-2 1@-1", kMissing}, {"10@-1", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation cv;
constinit const Aggregation cv = {
    .name = "cv",
    .summary =
        "Coefficient of variation: standard deviation over the absolute mean; missing when there are fewer than two "
        "values or their mean is 0.",
    .said = {.phrase = "relative spread of {value} of {rows}"},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "stddev_samp({value}) / nullif(abs(avg({value})), 0)",
};

}  // namespace asof::aggregations
