#include "asof/time.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "asof/error.h"

namespace asof {
namespace {

const TimeZone kNone;

std::string utc(std::string_view text, const TimeZone& zone = kNone) { return to_string(parse_timestamp(text, zone)); }

std::string refusal(std::string_view text, const TimeZone& zone = TimeZone::named("UTC")) {
  try {
    return "read as " + to_string(parse_timestamp(text, zone));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    return error.what();
  }
}

testing::AssertionResult says(const std::string& message, std::string_view part) {
  if (message.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "`" << message << "` does not say `" << part << "`";
}

TEST(Time, iso_8601_with_an_offset_is_a_moment) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z", kNone), Timestamp{0});
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00.000001Z", kNone), Timestamp{1});
  EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59.999999Z", kNone), Timestamp{-1});
  // Oracle: date -u -d 2024-02-29T12:34:56Z +%s
  EXPECT_EQ(parse_timestamp("2024-02-29T12:34:56Z", kNone), Timestamp{1709210096 * kSecond.microseconds});
  EXPECT_EQ(utc("2024-01-01T02:00:00+02:00"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(utc("2024-01-01T02:00:00+0200"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(utc("2024-01-01 02:00:00+02"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(utc("2023-12-31T18:30:00-05:30"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(utc("2024-01-01T00:00Z"), "2024-01-01T00:00:00Z");
}

TEST(Time, fractions_are_exact_to_the_microsecond) {
  EXPECT_EQ(utc("2024-01-01T00:00:00.5Z"), "2024-01-01T00:00:00.500000Z");
  EXPECT_EQ(utc("2024-01-01T00:00:00.123456Z"), "2024-01-01T00:00:00.123456Z");
  EXPECT_EQ(utc("2024-01-01T00:00:00.123456000Z"), "2024-01-01T00:00:00.123456Z");
  EXPECT_TRUE(says(refusal("2024-01-01T00:00:00.1234567Z"), "finer than a microsecond"));
}

TEST(Time, a_time_without_an_offset_is_read_in_the_declared_zone) {
  const TimeZone nairobi = TimeZone::named("Africa/Nairobi");
  EXPECT_EQ(utc("2024-01-01T03:00:00", nairobi), "2024-01-01T00:00:00Z");
  EXPECT_EQ(utc("2024-01-01", nairobi), "2023-12-31T21:00:00Z");
  EXPECT_EQ(utc("2024-01-01", TimeZone::named("UTC")), "2024-01-01T00:00:00Z");
  EXPECT_EQ(utc("2024-01-01T00:00:00Z", nairobi), "2024-01-01T00:00:00Z") << "an offset wins over the zone";
}

TEST(Time, without_a_zone_a_naive_time_is_refused_with_what_to_write) {
  EXPECT_TRUE(says(refusal("2024-01-01T03:00:00", kNone), "`2024-01-01T03:00:00` has no offset"));
  EXPECT_TRUE(says(refusal("2024-01-01T03:00:00", kNone), "write `time_zone:` in the project file"));
  EXPECT_THROW(kNone.to_local(Timestamp{0}), Error);
}

TEST(Time, local_times_that_clocks_show_twice_or_never_are_refused) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin");
  EXPECT_EQ(utc("2024-10-27T01:59:59.999999", berlin), "2024-10-26T23:59:59.999999Z");
  EXPECT_TRUE(says(refusal("2024-10-27T02:00:00", berlin), "`2024-10-27T02:00:00` exists twice in Europe/Berlin"));
  EXPECT_TRUE(says(refusal("2024-10-27T02:59:59.999999", berlin), "exists twice"));
  EXPECT_EQ(utc("2024-10-27T03:00:00", berlin), "2024-10-27T02:00:00Z");
  EXPECT_EQ(utc("2024-03-31T01:59:59", berlin), "2024-03-31T00:59:59Z");
  EXPECT_TRUE(says(refusal("2024-03-31T02:30:00", berlin), "does not exist in Europe/Berlin"));
  EXPECT_EQ(utc("2024-03-31T03:00:00", berlin), "2024-03-31T01:00:00Z");
  EXPECT_EQ(utc("2024-10-27T02:30:00+01:00", berlin), "2024-10-27T01:30:00Z") << "an offset settles it";
}

TEST(Time, an_hour_repeated_in_the_middle_of_a_run_of_times_is_still_refused) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin");
  int refused = 0;
  for (std::int64_t quarter = 0; quarter < 4 * 24 * 366; ++quarter) {
    const std::int64_t local =
        parse_timestamp("2024-01-01", TimeZone::named("UTC")).microseconds + quarter * 15 * kMinute.microseconds;
    try {
      const Timestamp time = berlin.to_utc(local);
      ASSERT_EQ(berlin.to_local(time), local);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_EQ(refused, 8) << "four quarters that are shown twice and four that are never shown";
}

TEST(Time, zones_do_not_mix_when_used_in_turn) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin");
  const TimeZone nairobi = TimeZone::named("Africa/Nairobi");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(utc("2024-06-01T12:00:00", berlin), "2024-06-01T10:00:00Z");
    EXPECT_EQ(utc("2024-06-01T12:00:00", nairobi), "2024-06-01T09:00:00Z");
  }
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(utc("2024-06-01T12:00:00", berlin), "2024-06-01T10:00:00Z"); });
  }
}

TEST(Time, a_zone_knows_nothing_of_the_years_after_2037) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin");
  EXPECT_EQ(utc("2037-12-31T23:59:59", berlin), "2037-12-31T22:59:59Z");
  EXPECT_EQ(utc("2037-07-01T12:00:00", berlin), "2037-07-01T10:00:00Z");
  EXPECT_TRUE(says(refusal("2038-01-01T00:00:00", berlin), "after 2037"));
  EXPECT_TRUE(says(refusal("2050-06-01T00:00:00", berlin), "after 2037"));
  EXPECT_THROW(berlin.to_local(parse_timestamp("2050-06-01T00:00:00Z", berlin)), Error);
  EXPECT_EQ(utc("2050-06-01T00:00:00", TimeZone::named("UTC")), "2050-06-01T00:00:00Z");
  EXPECT_EQ(utc("2050-06-01T00:00:00+01:00", berlin), "2050-05-31T23:00:00Z");
}

TEST(Time, an_unknown_zone_is_answered_with_the_nearest) {
  try {
    TimeZone::named("Africa/Nairoby");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_TRUE(says(error.what(), "unknown time zone: `Africa/Nairoby`; did you mean `Africa/Nairobi`"));
  }
}

TEST(Time, texts_that_are_no_times_are_refused_with_the_reason) {
  struct Example {
    const char* text;
    const char* reason;
  };
  constexpr Example kExamples[] = {
      {"", "does not begin with a date"},
      {"yesterday", "does not begin with a date"},
      {"2024-1-01", "does not begin with a date"},
      {"20240101", "does not begin with a date"},
      {"01/02/2024", "does not begin with a date"},
      {"2024-01-011", "does not begin with a date"},
      {"0000-01-01", "no year 0000"},
      {"2024-13-01", "month is not between"},
      {"2024-00-01", "month is not between"},
      {"2023-02-29", "that month does not have that day"},
      {"2024-04-31", "that month does not have that day"},
      {"2024-01-01X00:00:00", "not divided by `T` or a space"},
      {"2024-01-01Z", "not divided by `T` or a space"},
      {"2024-01-01T", "not of the form hh:mm"},
      {"2024-01-01T1:00", "not of the form hh:mm"},
      {"2024-01-01T24:00:00", "hour is not between"},
      {"2024-01-01T00:60:00", "minute is not between"},
      {"2024-01-01T23:59:60Z", "second is not between"},
      {"2024-01-01T00:00:00.Z", "digit is missing"},
      {"2024-01-01T00:00:00 PM", "neither `Z` nor an offset"},
      {"2024-01-01T00:00:00+3", "offset is not of the form"},
      {"2024-01-01T00:00:00+24:00", "offset is not between"},
      {"2024-01-01T00:00:00Zulu", "something after the time"},
      {"2024-01-01T00:00:00+03:00 ", "something after the time"},
  };
  for (const Example& example : kExamples) {
    EXPECT_TRUE(says(refusal(example.text), example.reason));
    EXPECT_TRUE(says(refusal(example.text), std::string("`") + example.text + "` is not a time"));
  }
}

TEST(Time, what_is_written_is_read_back) {
  for (const std::int64_t microseconds : {0L, 1L, -1L, 1709210096123456L, -62135596800000000L, 253402300799999999L}) {
    EXPECT_EQ(parse_timestamp(to_string(Timestamp{microseconds}), kNone), Timestamp{microseconds});
  }
  EXPECT_EQ(to_string(kNoTime), "no time");
  EXPECT_EQ(to_string(Timestamp{std::numeric_limits<std::int64_t>::max()}), "9223372036854775807 us");
}

TEST(Duration, is_a_whole_number_and_a_unit) {
  EXPECT_EQ(parse_duration("90d"), Duration{90 * kDay.microseconds});
  EXPECT_EQ(parse_duration("24h"), kDay);
  EXPECT_EQ(parse_duration("30m"), Duration{30 * kMinute.microseconds});
  EXPECT_EQ(parse_duration("15s"), Duration{15 * kSecond.microseconds});
  EXPECT_EQ(parse_duration("2w"), Duration{14 * kDay.microseconds});
  EXPECT_EQ(parse_duration("500ms"), Duration{500'000});
  EXPECT_EQ(parse_duration("10us"), Duration{10});
  EXPECT_EQ(parse_duration("0d"), Duration{0});
  for (const char* text : {"", "d", "90", "-1d", "+1d", "1.5d", "1 d", "1day", "1D", "0x1d", " 1d"}) {
    EXPECT_THROW(parse_duration(text), Error) << text;
  }
  EXPECT_THROW(parse_duration("99999999999999999999d"), Error);
  EXPECT_THROW(parse_duration("9223372036854775807w"), Error);
}

TEST(Duration, is_written_in_the_longest_unit_that_divides_it_but_never_in_weeks) {
  for (const char* text : {"90d", "7d", "1h", "25h", "90m", "61s", "1500ms", "1us", "0s"}) {
    EXPECT_EQ(to_string(parse_duration(text)), text);
  }
  EXPECT_EQ(to_string(parse_duration("1w")), "7d");
  EXPECT_EQ(to_string(parse_duration("24h")), "1d");
}

}  // namespace
}  // namespace asof
