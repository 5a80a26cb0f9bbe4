// What the functions of the calendar say, by the clocks of the zone.
#include "features/function.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "asof/table.h"

namespace asof {
namespace {

double of_time(const char* name, const char* time, const TimeZone& zone) {
  const std::array at = {static_cast<double>(parse_timestamp(time, TimeZone()).microseconds)};
  return find_function(name)->evaluate(at, {.cutoff = Timestamp{0}, .zone = &zone});
}

/// The place on the circle that the two functions named tell, as a share of the way around, 0 <= share < 1.
double way_around(const std::string& what, const char* time, const TimeZone& zone) {
  const double angle =
      std::atan2(of_time((what + "_sin").c_str(), time, zone), of_time((what + "_cos").c_str(), time, zone));
  return angle < 0.0 ? angle / (2.0 * std::numbers::pi) + 1.0 : angle / (2.0 * std::numbers::pi);
}

constexpr double kNear = 1e-12;

TEST(Calendar, goes_around_with_the_clocks_of_the_zone) {
  const TimeZone utc = TimeZone::named("UTC");
  const TimeZone nairobi = TimeZone::named("Africa/Nairobi");  // three hours ahead
  const char* leap_day = "2024-02-29T22:30:36Z";               // a Thursday; in Nairobi Friday, 1 March, 01:30:36
  EXPECT_NEAR(way_around("hour", leap_day, utc), 22.51 / 24.0, kNear);
  EXPECT_NEAR(way_around("hour", leap_day, nairobi), 1.51 / 24.0, kNear);
  EXPECT_NEAR(way_around("weekday", leap_day, utc), 3.0 / 7.0, kNear);
  EXPECT_NEAR(way_around("weekday", leap_day, nairobi), 4.0 / 7.0, kNear);
  EXPECT_NEAR(way_around("month_day", leap_day, utc), 28.0 / 29.0, kNear);
  EXPECT_NEAR(way_around("month_day", leap_day, nairobi), 0.0, kNear);
}

TEST(Calendar, goes_back_before_1970) {
  const TimeZone utc = TimeZone::named("UTC");
  EXPECT_NEAR(way_around("hour", "1969-12-31T18:00:00Z", utc), 0.75, kNear);
  EXPECT_NEAR(way_around("weekday", "1969-12-31T18:00:00Z", utc), 2.0 / 7.0, kNear);
  EXPECT_NEAR(way_around("month_day", "1969-12-31T18:00:00Z", utc), 30.0 / 31.0, kNear);
}

TEST(Calendar, of_a_missing_time_is_missing) {
  const std::array missing = {kMissing};
  for (const char* name :
       {"hour", "weekday", "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "month_day_sin", "month_day_cos"})
    EXPECT_TRUE(is_missing(find_function(name)->evaluate(missing, {}))) << name;
}

}  // namespace
}  // namespace asof
