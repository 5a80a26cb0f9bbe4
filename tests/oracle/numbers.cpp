// Aggregations that calculate with the values of a column.
#include <algorithm>
#include <cmath>
#include <map>

#include "tests/oracle/oracle.h"

namespace oracle {
namespace {

// What rounding may cost, as a share of the largest number that takes part.
constexpr long double kNoise = 1e-12L;
constexpr long double kDay = 24.0L * 3600e6L;

long double count_of(const Window& window) { return static_cast<long double>(window.size()); }

long double total(const Window& window) {
  long double total = 0;
  for (const Row& row : window.rows) total += number(row);
  return total;
}

long double total_of_sizes(const Window& window) {
  long double total = 0;
  for (const Row& row : window.rows) total += std::fabs(number(row));
  return total;
}

long double mean_of(const Window& window) { return total(window) / count_of(window); }

/// Mean of the k-th powers of the distances from the mean.
long double central_moment(const Window& window, int k) {
  const long double mean = mean_of(window);
  long double total = 0;
  for (const Row& row : window.rows) total += std::pow(number(row) - mean, static_cast<long double>(k));
  return total / count_of(window);
}

long double variance_of(const Window& window) {
  return central_moment(window, 2) * count_of(window) / (count_of(window) - 1);
}

long double largest_size(const Window& window) {
  long double largest = 0;
  for (const Row& row : window.rows) largest = std::max(largest, std::fabs(number(row)));
  return largest;
}

std::vector<double> sorted(const Window& window) {
  std::vector<double> values;
  for (const Row& row : window.rows) values.push_back(static_cast<double>(number(row)));
  std::sort(values.begin(), values.end());
  return values;
}

Answer sum(const Window& window) { return rounded(total(window), kNoise * total_of_sizes(window)); }

Answer mean(const Window& window) {
  if (window.size() == 0) return missing();
  return rounded(mean_of(window), kNoise * total_of_sizes(window) / count_of(window));
}

Answer variance(const Window& window) {
  if (window.size() < 2) return missing();
  return rounded(variance_of(window), kNoise * kNoise * largest_size(window) * largest_size(window));
}

Answer stddev(const Window& window) {
  if (window.size() < 2) return missing();
  return rounded(std::sqrt(variance_of(window)), kNoise * largest_size(window));
}

Answer cv(const Window& window) {
  if (window.size() < 2 || mean_of(window) == 0) return missing();
  const long double mean = std::fabs(mean_of(window));
  const long double value = std::sqrt(variance_of(window)) / mean;
  return rounded(value, kNoise * largest_size(window) / mean * std::max(1.0L, value));
}

Answer min(const Window& window) {
  if (window.size() == 0) return missing();
  return {.cell = sorted(window).front(), .exact = true};
}

Answer max(const Window& window) {
  if (window.size() == 0) return missing();
  return {.cell = sorted(window).back(), .exact = true};
}

Answer range(const Window& window) {
  if (window.size() == 0) return missing();
  return rounded(static_cast<long double>(sorted(window).back()) - sorted(window).front());
}

/// The value at place (n - 1) * share of the sorted values, counted from 0; between two of them on the line.
Answer at_share(const Window& window, double share) {
  if (window.size() == 0) return missing();
  const std::vector<double> values = sorted(window);
  const double place = static_cast<double>(values.size() - 1) * share;
  const auto below = static_cast<std::size_t>(std::floor(place));
  const double beyond = place - std::floor(place);
  if (beyond == 0.0) return rounded(values[below]);
  const long double low = values[below];
  const long double high = values[below + 1];
  return rounded(low + (high - low) * beyond, kNoise * std::max(std::fabs(low), std::fabs(high)));
}

Answer median(const Window& window) { return at_share(window, 0.5); }

Answer quantile(const Window& window) { return at_share(window, window.question.settings.at(0)); }

Answer skewness(const Window& window) {
  const long double n = count_of(window);
  if (window.size() < 3 || sorted(window).front() == sorted(window).back()) return missing();
  const long double ratio = central_moment(window, 3) / std::pow(central_moment(window, 2), 1.5L);
  return rounded(std::sqrt(n * (n - 1)) / (n - 2) * ratio, 1e-9L);
}

Answer change(const Window& window) {
  if (window.size() < 2) return missing();
  return rounded(number(window.rows[window.size() - 1]) - number(window.rows[window.size() - 2]));
}

/// Least squares with times in days.
Answer trend(const Window& window) {
  if (window.size() == 0 || window.rows.front().time == window.rows.back().time) return missing();
  long double mean_time = 0;
  const auto days = [&](const Row& row) { return static_cast<long double>(row.time - window.rows[0].time) / kDay; };
  for (const Row& row : window.rows) mean_time += days(row) / count_of(window);
  const long double mean_value = mean_of(window);
  long double above = 0;
  long double below = 0;
  long double sizes = 0;
  for (const Row& row : window.rows) {
    const long double from_mean = days(row) - mean_time;
    above += from_mean * (number(row) - mean_value);
    below += from_mean * from_mean;
    sizes += std::fabs(from_mean) * (std::fabs(number(row)) + std::fabs(mean_value));
  }
  return rounded(above / below, kNoise * sizes / below);
}

/// Half as much for every half-life of its age.
long double weight(const Window& window, const Row& row) {
  const auto age = static_cast<double>(window.question.cutoff - row.time);
  return std::exp2(-age / window.question.settings.at(0));
}

Answer decayed_count(const Window& window) {
  long double total = 0;
  for (const Row& row : window.rows) total += weight(window, row);
  return rounded(total);
}

Answer decayed_sum(const Window& window) {
  long double total = 0;
  long double sizes = 0;
  for (const Row& row : window.rows) {
    total += weight(window, row) * number(row);
    sizes += weight(window, row) * std::fabs(number(row));
  }
  return rounded(total, kNoise * sizes);
}

Answer decayed_mean(const Window& window) {
  long double total = 0;
  long double sizes = 0;
  long double weights = 0;
  for (const Row& row : window.rows) {
    total += weight(window, row) * number(row);
    sizes += weight(window, row) * std::fabs(number(row));
    weights += weight(window, row);
  }
  if (weights == 0) return missing();
  return rounded(total / weights, kNoise * sizes / weights);
}

}  // namespace

Function number_function_named(std::string_view name) {
  static const std::map<std::string_view, Function> all = {
      {"sum", sum},
      {"mean", mean},
      {"variance", variance},
      {"stddev", stddev},
      {"cv", cv},
      {"min", min},
      {"max", max},
      {"range", range},
      {"median", median},
      {"quantile", quantile},
      {"skewness", skewness},
      {"change", change},
      {"trend", trend},
      {"decayed_count", decayed_count},
      {"decayed_sum", decayed_sum},
      {"decayed_mean", decayed_mean},
  };
  const auto place = all.find(name);
  return place == all.end() ? nullptr : place->second;
}

}  // namespace oracle
