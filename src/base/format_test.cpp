#include "base/format.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace asof {
namespace {

using Names = std::vector<std::string>;

TEST(Format, joins_texts_by_a_separator) {
  EXPECT_EQ(join(Names{}), "");
  EXPECT_EQ(join(Names{"a"}), "a");
  EXPECT_EQ(join(Names{"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(join(Names{"a", "a"}, "|"), "a|a");
}

TEST(Format, an_unknown_name_is_answered_with_the_nearest_known_ones) {
  const Names known = {"gps_count", "gps_counts", "events", "user_id"};
  EXPECT_EQ(did_you_mean("gps_cuont", known), "; did you mean `gps_count` or `gps_counts`?");
  EXPECT_EQ(did_you_mean("EVENTS", known), "; did you mean `events`?");
  EXPECT_EQ(did_you_mean("user", known), "; did you mean `user_id`?");
}

TEST(Format, a_name_unlike_any_other_is_answered_with_what_is_known) {
  EXPECT_EQ(did_you_mean("zzz", Names{"alpha", "beta"}), "; known: alpha, beta");
  EXPECT_EQ(did_you_mean("zzz", Names{}), "");
}

TEST(Format, a_long_list_of_known_names_is_cut) {
  Names known;
  for (int i = 0; i < 50; ++i) known.push_back(format("column{}", i));
  const std::string answer = did_you_mean("zzz", known);
  EXPECT_NE(answer.find("column19, ... (50 in all)"), std::string::npos) << answer;
}

TEST(Format, reals_are_short_and_read_back_as_the_same_double) {
  EXPECT_EQ(round_trippable(0.35), "0.35");
  EXPECT_EQ(round_trippable(100000.0), "100000");
  EXPECT_EQ(round_trippable(1e-7), "1e-07");
  EXPECT_EQ(round_trippable(-0.0), "-0");
  EXPECT_EQ(round_trippable(-std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(round_trippable(std::numeric_limits<double>::infinity()), "inf");
  for (const double value : {0.1 + 0.2, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, 123456789.123456789}) {
    EXPECT_EQ(std::strtod(round_trippable(value).c_str(), nullptr), value);
  }
}

}  // namespace
}  // namespace asof
