#include "sources/number_text.h"

#include <gtest/gtest.h>

namespace asof {
namespace {

std::string integer(std::string_view text, Decimals decimals = Decimals::kRefused) {
  std::int64_t value = 0;
  const std::string_view wrong = read_integer_text(text, decimals, value);
  return wrong.empty() ? std::to_string(value) : std::string(wrong);
}

TEST(NumberText, integers_have_one_form_only) {
  EXPECT_EQ(integer("0"), "0");
  EXPECT_EQ(integer("-12"), "-12");
  EXPECT_EQ(integer("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(integer("-9223372036854775807"), "-9223372036854775807");
  for (const char* text :
       {"", "-", "+7", " 7", "7 ", "1e3", "0x10", "1,000", "1_000", "seven", "-0", "1.5", "1.", "."}) {
    EXPECT_EQ(integer(text), "is not an integer") << text;
  }
  for (const char* text : {"007", "-01", "00"})
    EXPECT_NE(integer(text).find("leading zero"), std::string::npos) << text;
  for (const char* text : {"9223372036854775808", "-9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(integer(text), "is too large for an integer of 64 bits") << text;
  }
}

TEST(NumberText, a_declared_integer_may_have_decimals_that_are_zeros) {
  EXPECT_EQ(integer("12.0", Decimals::kZerosAllowed), "12");
  EXPECT_EQ(integer("-12.000", Decimals::kZerosAllowed), "-12");
  for (const char* text : {"1.5", "1.", "1.0e0", ".0", "1.0.0", "01.0"}) {
    EXPECT_NE(integer(text, Decimals::kZerosAllowed), "1") << text;
  }
  EXPECT_EQ(integer("12.0", Decimals::kRefused), "is not an integer");
}

std::string_view real(std::string_view text, double& value) { return read_real_text(text, value); }

TEST(NumberText, reals_are_the_nearest_doubles) {
  struct Example {
    const char* text;
    double value;
  };
  constexpr Example kExamples[] = {
      {"0.1", 0.1},       {"-1.5", -1.5},  {".5", 0.5},
      {"5.", 5.0},        {"1e-7", 1e-7},  {"1E+20", 1e20},
      {"7", 7.0},         {"-0", -0.0},    {"0.30000000000000004", 0.1 + 0.2},
      {"5e-324", 5e-324}, {"1e-400", 0.0}, {"123456789012345678901234567890", 123456789012345678901234567890.0}};
  for (const Example& example : kExamples) {
    double value = 1.0;
    EXPECT_EQ(real(example.text, value), "") << example.text;
    EXPECT_EQ(value, example.value) << example.text;
  }
  double value = 0.0;
  for (const char* text : {"", "-", "+1.5", "1.5 ", "1,5", "abc", "1.5abc", "0x1p3", "e5", ".", "-.", "--1", "nan"}) {
    EXPECT_EQ(real(text, value), "is not a number") << text;
  }
  EXPECT_NE(real("00.5", value).find("leading zero"), std::string_view::npos);
  EXPECT_EQ(real("1e400", value), "is too large for a number");
  for (const char* text : {"inf", "-Infinity", "INF"}) {
    EXPECT_NE(real(text, value).find("is infinite"), std::string_view::npos) << text;
  }
}

TEST(NumberText, booleans_are_words_and_where_declared_digits) {
  std::int64_t value = -1;
  for (const char* text : {"true", "TRUE", "True", "t", "T"}) {
    EXPECT_EQ(read_boolean_text(text, BooleanDigits::kRefused, value), "");
    EXPECT_EQ(value, 1) << text;
  }
  for (const char* text : {"false", "FALSE", "f", "F"}) {
    EXPECT_EQ(read_boolean_text(text, BooleanDigits::kRefused, value), "");
    EXPECT_EQ(value, 0) << text;
  }
  EXPECT_EQ(read_boolean_text("1", BooleanDigits::kAllowed, value), "");
  EXPECT_EQ(value, 1);
  EXPECT_NE(read_boolean_text("1", BooleanDigits::kRefused, value), "");
  for (const char* text : {"", "yes", "no", "2", "1.0", "tr", "truee"}) {
    EXPECT_NE(read_boolean_text(text, BooleanDigits::kAllowed, value), "") << text;
  }
}

std::string epoch(std::string_view text, EpochUnit unit) {
  std::int64_t value = 0;
  const std::string_view wrong = read_epoch_text(text, unit, value);
  return wrong.empty() ? to_string(Timestamp{value}) : std::string(wrong);
}

TEST(NumberText, counts_since_1970_are_exact_to_the_microsecond) {
  EXPECT_EQ(epoch("1709210096", EpochUnit::kSeconds), "2024-02-29T12:34:56Z");
  EXPECT_EQ(epoch("1709210096.123456", EpochUnit::kSeconds), "2024-02-29T12:34:56.123456Z");
  EXPECT_EQ(epoch("1709210096.5000000", EpochUnit::kSeconds), "2024-02-29T12:34:56.500000Z");
  EXPECT_EQ(epoch("1709210096123", EpochUnit::kMilliseconds), "2024-02-29T12:34:56.123000Z");
  EXPECT_EQ(epoch("1709210096123.456", EpochUnit::kMilliseconds), "2024-02-29T12:34:56.123456Z");
  EXPECT_EQ(epoch("1709210096123456", EpochUnit::kMicroseconds), "2024-02-29T12:34:56.123456Z");
  EXPECT_EQ(epoch("-0.5", EpochUnit::kSeconds), "1969-12-31T23:59:59.500000Z");
  EXPECT_EQ(epoch("-1.5", EpochUnit::kSeconds), "1969-12-31T23:59:58.500000Z");
  EXPECT_EQ(epoch("1709210096.1234567", EpochUnit::kSeconds), "is finer than a microsecond");
  EXPECT_EQ(epoch("1709210096123456.5", EpochUnit::kMicroseconds), "is finer than a microsecond");
  for (const char* text : {"", "soon", "1e9", "1.2.3", "2024-01-01", ".5", "-", "01"}) {
    EXPECT_NE(epoch(text, EpochUnit::kSeconds).find("is not a count"), std::string::npos) << text;
  }
}

TEST(NumberText, a_count_of_the_wrong_unit_lies_outside_of_the_calendar) {
  EXPECT_EQ(epoch("1709210096123456", EpochUnit::kSeconds), kNotATime);
  EXPECT_EQ(epoch("9223372036854775807", EpochUnit::kSeconds), kNotATime);
  EXPECT_EQ(epoch("253402300799.999999", EpochUnit::kSeconds), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(epoch("253402300800", EpochUnit::kSeconds), kNotATime);
  EXPECT_EQ(epoch("-62135596800", EpochUnit::kSeconds), "0001-01-01T00:00:00Z");
  EXPECT_EQ(epoch("-62135596801", EpochUnit::kSeconds), kNotATime);
}

}  // namespace
}  // namespace asof
