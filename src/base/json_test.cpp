#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "asof/error.h"
#include "base/random.h"

namespace asof {
namespace {

std::string message_of(const std::string& text) {
  try {
    parse_json(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    return error.what();
  }
  return "no error";
}

struct Example {
  const char* text;
  const char* written;  // on one line
};

constexpr Example kExamples[] = {
    {"null", "null"},
    {" true ", "true"},
    {"0", "0"},
    {"-0", "0"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775807", "9223372036854775807"},
    {"3.5E-1", "0.35"},
    {"3.0", "3.0"},
    {"-0.0", "-0.0"},
    {"100000.0", "100000.0"},
    {"1e-5", "0.00001"},
    {"1e-7", "1e-07"},
    {"1e23", "1e+23"},
    {"123456789.123", "123456789.123"},
    {"1e-999", "0.0"},
    {"-0.0000e-999", "-0.0"},
    {"[]", "[]"},
    {"{}", "{}"},
    {"[1, 2.5, \"x\", [], {\"a\": null}]", R"([1,2.5,"x",[],{"a":null}])"},
    {R"({"z": 1, "a": 2})", R"({"z":1,"a":2})"},
    {R"("\u00e9 \ud83d\ude00 \/ \n \u0001")", "\"é 😀 / \\n \\u0001\""},
};

TEST(Json, what_is_read_is_written) {
  for (const auto& [text, written] : kExamples) {
    EXPECT_EQ(to_json(parse_json(text)), written) << text;
    EXPECT_EQ(parse_json(written), parse_json(text)) << text;
  }
}

TEST(Json, pretty_text_is_indented_by_two) {
  const Json value = parse_json(R"({"a":[1,{"b":2}],"c":{},"d":[]})");
  EXPECT_EQ(to_pretty_json(value), R"({
  "a": [
    1,
    {
      "b": 2
    }
  ],
  "c": {},
  "d": []
}
)");
  EXPECT_EQ(parse_json(to_pretty_json(value)), value);
}

TEST(Json, every_double_keeps_its_bits) {
  Random random(17);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<double>(random.bits());
    if (!std::isfinite(value)) continue;
    const Json back = parse_json(to_json(Json(value)));
    ASSERT_FALSE(back.is_integer());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back.as_number()), std::bit_cast<std::uint64_t>(value)) << to_json(value);
  }
}

TEST(Json, not_a_number_is_written_as_null_and_read_back_as_missing) {
  EXPECT_EQ(to_json(Json(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(to_json(Json(std::numeric_limits<double>::infinity())), "null");
  EXPECT_TRUE(std::isnan(Json().as_number()));
}

TEST(Json, bytes_that_are_no_text_do_not_spoil_the_output) {
  EXPECT_EQ(to_json(Json("a\xFFz\xC3")), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"");
  EXPECT_EQ(to_json(Json("\xED\xA0\x80")), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

struct Refusal {
  const char* text;
  const char* message;
};

constexpr Refusal kRefusals[] = {
    {"", "invalid JSON at byte 0: it ends too early"},
    {"  ", "invalid JSON at byte 2: it ends too early"},
    {"[1, 2", "invalid JSON at byte 5: it ends too early"},
    {"12 13", "invalid JSON at byte 3: something follows the value"},
    {"[1,]", "invalid JSON at byte 3: syntax error"},
    {"01", "invalid JSON at byte 1: something follows the value"},
    {"[NaN]", "invalid JSON at byte 1: syntax error"},
    {"// no\n1", "invalid JSON at byte 0: syntax error"},
    {R"({"a": 1, "b": 2, "a": 3})", "invalid JSON: the key \"a\" is given twice"},
    {"[1e400]", "invalid JSON at byte 1: the number 1e400 is out of range (at most 1.8e308)"},
    {" 18446744073709551615",
     "invalid JSON at byte 1: the integer 18446744073709551615 does not fit 64 bits (write it as a string or "
     "with a "
     "decimal point)"},
};

TEST(Json, what_is_not_json_is_refused_with_its_place) {
  for (const auto& [text, message] : kRefusals) EXPECT_EQ(message_of(text), message) << text;
}

TEST(Json, depth_is_limited) {
  EXPECT_NO_THROW(parse_json(std::string(64, '[') + std::string(64, ']')));
  EXPECT_EQ(message_of(std::string(100'000, '[')), "invalid JSON at byte 64: nested more than 64 deep");
}

TEST(Json, invalid_utf8_is_refused) {
  EXPECT_NE(message_of("\"\xFF\""), "no error");
  EXPECT_NE(message_of("\"\\ud800\""), "no error");
}

TEST(Json, members_are_found_and_keep_their_order) {
  Json value;
  value["b"] = 1;
  value["a"] = "x";
  value["b"] = 2;
  value["list"].push_back(true);
  EXPECT_EQ(to_json(value), R"({"b":2,"a":"x","list":[true]})");
  EXPECT_EQ(value.at("b").as_integer(), 2);
  EXPECT_EQ(value.find("c"), nullptr);
  EXPECT_THROW(value.at("c"), Error);
}

TEST(Json, the_wrong_kind_is_said) {
  try {
    Json("7").as_integer();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "expected JSON integer, found string");
  }
  EXPECT_EQ(Json(7).as_number(), 7.0);
  EXPECT_THROW(Json(7.0).as_integer(), Error);
}

}  // namespace
}  // namespace asof
