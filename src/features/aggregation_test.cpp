// What every aggregation promises: its examples.
#include "features/aggregation.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <string>

namespace asof {
namespace {

struct Rows {
  std::vector<double> values;
  std::vector<double> others;
  std::vector<std::int64_t> times;
};

/// "10@-3 20@-2": values at hours; "1,2@-3": pairs.
Rows rows_of(std::string_view text) {
  Rows rows;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view row = text.substr(0, end);
    const std::size_t at = row.find('@');
    const std::size_t comma = std::min(row.find(','), at);
    rows.values.push_back(std::stod(std::string(row.substr(0, comma))));
    if (comma != at) rows.others.push_back(std::stod(std::string(row.substr(comma + 1, at - comma - 1))));
    rows.times.push_back(static_cast<std::int64_t>(std::stod(std::string(row.substr(at + 1))) *
                                                   static_cast<double>(kHour.microseconds)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rows;
}

/// What the aggregation makes of rows whose window ends at the cutoff and has no beginning.
double value_of(const Aggregation& aggregation, const Rows& rows, std::vector<double> settings = {}) {
  if (settings.empty()) {
    for (const AggregationSetting& setting : aggregation.settings) settings.push_back(setting.otherwise);
  }
  return aggregation.evaluate({.size = rows.values.size(),
                               .values = rows.values,
                               .times = rows.times,
                               .cutoff = Timestamp{0},
                               .others = rows.others,
                               .settings = settings,
                               .end = Timestamp{0}});
}

TEST(Aggregations, every_example_holds) {
  for (const Aggregation* aggregation : all_aggregations()) {
    ASSERT_FALSE(aggregation->examples.empty()) << aggregation->name;
    for (const Example& example : aggregation->examples) {
      const Rows rows = rows_of(example.rows);
      const double result =
          value_of(*aggregation, rows, std::vector<double>(example.settings.begin(), example.settings.end()));
      if (is_missing(example.result)) {
        EXPECT_TRUE(is_missing(result)) << aggregation->name << " of " << example.rows;
      } else {
        EXPECT_DOUBLE_EQ(result, example.result) << aggregation->name << " of " << example.rows;
      }
    }
  }
}

TEST(Aggregations, a_small_spread_around_a_large_value_is_not_lost) {
  std::vector<double> values;
  for (int i = 0; i < 1'000'000; ++i) values.push_back(1e9 + (i % 2 == 0 ? 1e-3 : -1e-3));
  const double spread = find_aggregation("stddev")->evaluate({values.size(), values, {}, Timestamp{0}});
  // 1e9 is known to 1.2e-7, so the values themselves carry the spread to four digits.
  EXPECT_NEAR(spread, 1e-3, 1e-7);
}

Rows places(std::initializer_list<std::pair<double, double>> fixes) {
  Rows rows;
  for (const auto& [latitude, longitude] : fixes) {
    rows.values.push_back(latitude);
    rows.others.push_back(longitude);
    rows.times.push_back((static_cast<std::int64_t>(rows.times.size()) - 47) * kHour.microseconds);
  }
  return rows;
}

TEST(Places, distances_are_near_those_on_the_ellipsoid) {
  // Oracle: GeographicLib 2.1, Geodesic.WGS84.Inverse(...)["s12"] / 1000.
  const auto travelled = [](double a, double b, double c, double d) {
    return value_of(*find_aggregation("distance_km"), places({{a, b}, {c, d}}));
  };
  EXPECT_NEAR(travelled(0, 0, 0, 0.5) / 55.65974539663678, 1.0, 1e-4);
  EXPECT_NEAR(travelled(0, 0, 0, 1) / 111.31949079327356, 1.0, 1e-4);
  EXPECT_NEAR(travelled(0, 0, 1, 0) / 110.57438855779878, 1.0, 1e-4);
  EXPECT_NEAR(travelled(-1.2921, 36.8219, -4.0435, 39.6682) / 438.99941625247595, 1.0, 1e-4);  // Nairobi, Mombasa
  EXPECT_NEAR(travelled(52.52, 13.405, 40.7128, -74.006) / 6402.432651945027, 1.0, 5e-3);      // Berlin, New York
}

TEST(Places, turning_all_longitudes_changes_no_feature) {
  const Rows here = places({{-1.29, 36.82}, {-1.28, 36.82}, {-1.29, 36.82}, {-1.31, 36.99}, {-1.29, 36.821}, {2, 40}});
  Rows there = here;
  for (double& longitude : there.others) longitude += 211.7;
  for (const Aggregation* aggregation : all_aggregations()) {
    if (aggregation->takes != Takes::kPlaces) continue;
    const double expected = value_of(*aggregation, here);
    EXPECT_NEAR(value_of(*aggregation, there), expected, 1e-9 * std::abs(expected) + 1e-9) << aggregation->name;
  }
}

TEST(Places, coordinates_of_two_decimals_are_enough_for_the_number_of_places) {
  const Rows exact = places({{-1.2901, 36.8199}, {-1.2899, 36.8201}, {-1.3102, 36.9899}, {-1.2902, 36.82}});
  const Rows rounded = places({{-1.29, 36.82}, {-1.29, 36.82}, {-1.31, 36.99}, {-1.29, 36.82}});
  EXPECT_EQ(value_of(*find_aggregation("places"), exact), 2.0);
  EXPECT_EQ(value_of(*find_aggregation("places"), rounded), 2.0);
}

TEST(Values, which_code_a_text_has_changes_no_share_and_no_entropy) {
  Rows rows;
  Rows renamed;
  for (int i = 0; i < 500; ++i) {
    rows.values.push_back(i * i % 37);
    renamed.values.push_back(1000 - (i * i % 37) * 7);
    rows.times.push_back(-i);
  }
  renamed.times = rows.times;
  for (const char* name : {"entropy", "mode_share", "distinct", "changes"}) {
    EXPECT_EQ(value_of(*find_aggregation(name), rows), value_of(*find_aggregation(name), renamed)) << name;
  }
}

TEST(Sessions, begin_after_the_silence_itself) {
  Rows rows;
  const std::int64_t half_hour = kHour.microseconds / 2;
  rows.times = {-3 * half_hour, -2 * half_hour, -half_hour - 1, -1};  // gaps: 30m, 30m - 1us, 30m
  Window window{.size = 4, .times = rows.times, .end = Timestamp{0}};
  const double silence[] = {static_cast<double>(half_hour)};
  window.settings = silence;
  EXPECT_EQ(find_aggregation("sessions")->evaluate(window), 3.0);
  EXPECT_EQ(find_aggregation("events_per_session")->evaluate(window), 4.0 / 3.0);
}

}  // namespace
}  // namespace asof
