// The value that a share of the values does not exceed.
#include <algorithm>
#include <vector>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

constexpr AggregationSetting kSettings[] = {{.name = "share", .least = 0.0, .greatest = 1.0}};

double evaluate(const Window& window) {
  if (window.size == 0) return kMissing;
  // Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996, definition 7.
  const double place = window.settings[0] * static_cast<double>(window.size - 1);
  const auto below = static_cast<std::size_t>(place);
  std::vector<double> values(window.values.begin(), window.values.end());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::ranges::nth_element(values, middle);
  const double rest = place - static_cast<double>(below);
  if (rest == 0.0) return *middle;
  const double above = *std::min_element(middle + 1, values.end());
  return *middle + rest * (above - *middle);
}

constexpr double kNineTenths[] = {0.9};

constexpr Example kExamples[] = {
    {"10@-4 40@-3 20@-2 30@-1", 37, kNineTenths}, {"7@-1", 7, kNineTenths}, {"", kMissing, kNineTenths}};

}  // namespace

extern const Aggregation quantile;
constinit const Aggregation quantile = {
    .name = "quantile",
    .summary =
        "The value below which the given share of the values lies, interpolated between the two nearest; missing when "
        "there are none.",
    .said = {.phrase = "{setting} quantile of {value} of {rows}", .unit = "{value}", .rows_needed = 1},
    .takes = Takes::kNumber,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSettings,
    .sql = "quantile_cont({value}, {setting})",
};

}  // namespace asof::aggregations
