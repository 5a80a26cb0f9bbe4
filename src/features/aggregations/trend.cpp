// Where it goes.
#include "base/summation.h"
#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

double evaluate(const Window& window) {
  if (window.size < 2 || window.times.front() == window.times.back()) return kMissing;
  const auto count = static_cast<double>(window.size);
  // Days since the oldest row: counted from anywhere else, rows a few microseconds apart would lose their distance.
  const auto day = [&](std::size_t i) { return in_days(Timestamp{window.times[i]} - Timestamp{window.times[0]}); };
  CompensatedSum days;
  CompensatedSum values;
  for (std::size_t i = 0; i < window.size; ++i) {
    days.add(day(i));
    values.add(window.values[i]);
  }
  const double mean_day = days.value() / count;
  const double mean_value = values.value() / count;
  CompensatedSum together;
  CompensatedSum squares;
  for (std::size_t i = 0; i < window.size; ++i) {
    together.add((day(i) - mean_day) * (window.values[i] - mean_value));
    squares.add((day(i) - mean_day) * (day(i) - mean_day));
  }
  return together.value() / squares.value();
}

constexpr Example kExamples[] = {{"10@-72 20@-48 30@-24", 10}, {"10@-24 20@-24", kMissing}, {"", kMissing}};

}  // namespace

extern const Aggregation trend;
constinit const Aggregation trend = {
    .name = "trend",
    .summary = "Slope per day of the least-squares line through the values; missing without two different times.",
    .said = {.phrase = "trend per day of {value} of {rows}", .unit = "{value} per day"},
    .takes = Takes::kNumber,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .sql = "case when min({time}) < max({time}) then regr_slope({value}, ({time} - {cutoff}) / 86400e6) end",
};

}  // namespace asof::aggregations
