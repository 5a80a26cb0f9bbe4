// Which side has the long tail.
#include <algorithm>
#include <cmath>

#include "base/summation.h"
#include "features/aggregation.h"
#include "features/moments.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size < 3) return kMissing;
  const auto count = static_cast<double>(window.size);
  // The mean once more, of the distances from it: a rounded mean of large values leans to one side.
  const double nearly = mean_of(window.values);
  CompensatedSum rest;
  for (const double value : window.values) rest.add(value - nearly);
  const double lean = rest.value() / count;
  CompensatedSum squares;
  CompensatedSum cubes;
  for (const double value : window.values) {
    const double distance = (value - nearly) - lean;
    squares.add(distance * distance);
    cubes.add(distance * distance * distance);
  }
  const double second = squares.value() / count;
  if (second == 0.0 || std::ranges::all_of(window.values, [&](double value) { return value == window.values[0]; }))
    return kMissing;
  // Joanes and Gill, "Comparing measures of sample skewness and kurtosis", The Statistician 47, 1998: G1.
  return std::sqrt(count * (count - 1.0)) / (count - 2.0) * (cubes.value() / count) / (second * std::sqrt(second));
}

constexpr Example kExamples[] = {{"1@-3 2@-2 6@-1", 1.4578629673213046},
                                 {"10@-3 20@-2 30@-1", 0},
                                 {"5@-3 5@-2 5@-1", kMissing},
                                 {"1@-2 2@-1", kMissing},
                                 {"", kMissing}};

}  // namespace

extern const Aggregation skewness;
constinit const Aggregation skewness = {
    .name = "skewness",
    .summary =
        "Skewness of the values, adjusted for their number; missing when there are fewer than three or all are equal.",
    .said = {.phrase = "skewness of {value} of {rows}"},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "case when min({value}) < max({value}) then skewness({value}) end",
};

}  // namespace asof::aggregations
