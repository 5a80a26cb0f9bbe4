// What every aggregation promises: its examples.
#include "features/aggregation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <string>

#include "features/earth.h"
#include "features/value_counts.h"
#include "features/window_facts.h"

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

void leave_out_impossible(Rows& places) {
  Rows kept;
  for (std::size_t i = 0; i < places.times.size(); ++i) {
    if (!is_place(places.values[i], places.others[i])) continue;
    kept.values.push_back(places.values[i]);
    kept.others.push_back(places.others[i]);
    kept.times.push_back(places.times[i]);
  }
  places = std::move(kept);
}

/// What the aggregation makes of rows whose window ends at the cutoff and has no beginning.
double value_of(const Aggregation& aggregation, Rows rows, std::vector<double> settings = {}) {
  if (settings.empty()) {
    for (const AggregationSetting& setting : aggregation.settings) settings.push_back(setting.otherwise);
  }
  std::vector<EarthPoint> points;
  std::vector<double> moves;
  if (aggregation.takes == Takes::kPlaces) {
    leave_out_impossible(rows);
    points_of(rows.values, rows.others, points);
    moves_of(points, moves);
  }
  WindowFacts facts;
  return aggregation.evaluate({.size = rows.values.size(),
                               .values = rows.values,
                               .times = rows.times,
                               .cutoff = Timestamp{0},
                               .points = points,
                               .moves = moves,
                               .facts = &facts,
                               .settings = settings,
                               .end = Timestamp{0}});
}

TEST(Aggregations, are_missing_or_nought_below_the_number_of_rows_that_reasons_name_and_only_there) {
  for (const Aggregation* aggregation : all_aggregations()) {
    const std::size_t needed = aggregation->said.rows_needed;
    if (needed == 0) continue;
    std::vector<double> settings;
    for (const AggregationSetting& setting : aggregation->settings)
      settings.push_back(is_missing(setting.otherwise) ? setting.greatest : setting.otherwise);
    for (const double step : {0.0, 1.0}) {
      Rows rows;
      for (std::size_t count = 0; count < needed + 5; ++count) {
        const double value = value_of(*aggregation, rows, settings);
        const bool none = is_missing(value) || (aggregation->said.degree == Degree::kFew && value == 0.0);
        EXPECT_EQ(none, count < needed) << aggregation->name << " of " << count << " rows";
        rows.values.push_back(step * static_cast<double>(count));
        rows.others.push_back(step);
        rows.times.push_back(-kHour.microseconds * static_cast<std::int64_t>(needed + 5 - count));
      }
    }
  }
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

TEST(Aggregations, moving_values_by_a_large_number_changes_no_spread_and_no_skewness) {
  Rows near;
  Rows far;
  for (int i = 0; i < 1'000'000; ++i) {
    far.values.push_back(1e9 + (i % 3 == 0 ? 2e-3 : -1e-3));
    near.values.push_back(far.values.back() - 1e9);  // exact
  }
  for (const char* name : {"variance", "stddev", "skewness", "range"}) {
    const double expected = value_of(*find_aggregation(name), near);
    EXPECT_NEAR(value_of(*find_aggregation(name), far) / expected, 1.0, 1e-9) << name;
  }
  EXPECT_NEAR(value_of(*find_aggregation("cv"), far) / value_of(*find_aggregation("stddev"), near) * 1e9, 1.0, 1e-9);
}

TEST(Aggregations, each_has_an_example_without_rows) {
  for (const Aggregation* aggregation : all_aggregations()) {
    EXPECT_TRUE(std::ranges::any_of(aggregation->examples, [](const Example& example) { return example.rows.empty(); }))
        << aggregation->name;
  }
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

TEST(Places, the_arc_over_a_chord_is_that_of_the_arc_sine) {
  constexpr double kRadius = 6371.0088;
  constexpr double kEquator = 6378.137;
  for (double degrees = 1e-6; degrees < 170.0; degrees *= 1.3) {
    const double chord = 2.0 * kEquator * std::sin(degrees * std::numbers::pi / 360.0);
    const double expected = 2.0 * kRadius * std::asin(chord / (2.0 * kRadius));
    const double travelled = value_of(*find_aggregation("distance_km"), places({{0, 0}, {0, degrees}}));
    EXPECT_NEAR(travelled / expected, 1.0, 1e-13) << degrees;
  }
  // The chord through the poles' opposite side is longer than the sphere is wide.
  EXPECT_DOUBLE_EQ(value_of(*find_aggregation("distance_km"), places({{0, 0}, {0, 180}})), std::numbers::pi * kRadius);
}

TEST(Places, are_as_far_as_one_travels_to_them) {
  const Rows rows = places({{0, 0}, {0, 90}});
  const double arc_metres = 1000.0 * value_of(*find_aggregation("distance_km"), rows);  // its chord is 10 % shorter
  EXPECT_EQ(value_of(*find_aggregation("places"), rows, {arc_metres * (1.0 - 1e-9)}), 2.0);
  EXPECT_EQ(value_of(*find_aggregation("places"), rows, {arc_metres * (1.0 + 1e-9)}), 1.0);
}

TEST(Places, impossible_coordinates_are_left_out) {
  const Rows rows = places({{91, 0}, {0, 0}, {-90.5, 10}, {0, std::numeric_limits<double>::infinity()}, {0, 360}});
  EXPECT_EQ(value_of(*find_aggregation("places"), rows), 1.0);
  EXPECT_NEAR(value_of(*find_aggregation("distance_km"), rows), 0.0, 1e-9);
  EXPECT_TRUE(is_missing(value_of(*find_aggregation("gyration_km"), places({{91, 0}}))));
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

TEST(Values, are_counted_as_a_sorted_map_counts_them) {
  std::vector<double> values;
  std::map<double, std::pair<std::uint32_t, std::uint32_t>> expected;  // how often, and where last
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const double value = i % 3 == 0 ? i % 251 : i % 3 == 1 ? 0.1 * (i % 1009) : -1e12 * (i % 17);
    values.push_back(value);
    auto& [count, last] = expected[value];
    ++count;
    last = i;
  }
  const ValueCounts counts(values);
  ASSERT_EQ(counts.entries().size(), expected.size());
  for (const ValueCounts::Entry& entry : counts.entries())
    EXPECT_EQ(expected.at(entry.value), std::pair(entry.count, entry.last)) << entry.value;
}

/// Rows at these times, by the clocks of the zone; the window ends with them.
double at_times(const char* name, const std::vector<const char*>& times, const TimeZone& zone) {
  std::vector<std::int64_t> moments;
  for (const char* time : times) moments.push_back(parse_timestamp(time, TimeZone()).microseconds);
  const Timestamp end{moments.back() + 1};
  return find_aggregation(name)->evaluate(
      {.size = moments.size(), .times = moments, .cutoff = end, .end = end, .zone = &zone});
}

TEST(Days, are_those_of_the_clocks_of_the_zone) {
  const TimeZone utc = TimeZone::named("UTC");
  const TimeZone nairobi = TimeZone::named("Africa/Nairobi");                                 // three hours ahead
  const std::vector<const char*> evening = {"2024-01-05T20:30:00Z", "2024-01-05T21:30:00Z"};  // a Friday
  EXPECT_EQ(at_times("active_days", evening, utc), 1.0);
  EXPECT_EQ(at_times("active_days", evening, nairobi), 2.0);
  EXPECT_EQ(at_times("longest_streak", evening, nairobi), 2.0);
  EXPECT_EQ(at_times("current_streak", evening, nairobi), 2.0);
  EXPECT_EQ(at_times("night_share", evening, utc), 0.0);
  EXPECT_EQ(at_times("night_share", evening, nairobi), 0.5);
  EXPECT_EQ(at_times("weekend_share", evening, utc), 0.0);
  EXPECT_EQ(at_times("weekend_share", evening, nairobi), 0.5);
  const std::vector<const char*> working = {"2024-01-05T05:59:59.999999Z", "2024-01-05T06:00:00Z",
                                            "2024-01-05T14:59:59.999999Z", "2024-01-05T15:00:00Z"};
  EXPECT_EQ(at_times("business_hours_share", working, nairobi), 0.5);
}

TEST(Days, of_23_hours_are_days_too) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin");  // clocks were put forward on 2024-03-31
  EXPECT_EQ(
      at_times("longest_streak", {"2024-03-30T22:59:00Z", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"}, berlin),
      3.0);
}

TEST(Sessions, begin_after_the_silence_itself) {
  Rows rows;
  const std::int64_t half_hour = kHour.microseconds / 2;
  rows.times = {-3 * half_hour, -2 * half_hour, -half_hour - 1, -1};  // gaps: 30m, 30m - 1us, 30m
  WindowFacts facts;
  Window window{.size = 4, .times = rows.times, .facts = &facts, .end = Timestamp{0}};
  const double silence[] = {static_cast<double>(half_hour)};
  window.settings = silence;
  EXPECT_EQ(find_aggregation("sessions")->evaluate(window), 3.0);
  EXPECT_EQ(find_aggregation("events_per_session")->evaluate(window), 4.0 / 3.0);
}

}  // namespace
}  // namespace asof
