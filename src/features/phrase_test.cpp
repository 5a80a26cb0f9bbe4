// Numbers as people read them; the phrases themselves are in tests/golden/reason_sentences.txt.
#include "features/phrase.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/random.h"
#include "features/vocabulary.h"

namespace asof {
namespace {

TEST(Readable, numbers_have_three_significant_digits_and_no_exponent) {
  EXPECT_EQ(readable(0.0), "0");
  EXPECT_EQ(readable(-0.0), "0");
  EXPECT_EQ(readable(2.0), "2");
  EXPECT_EQ(readable(-0.012345), "-0.0123");
  EXPECT_EQ(readable(9.999), "10");
  EXPECT_EQ(readable(279.78775), "280");
  EXPECT_EQ(readable(12345.6), "12346");
  EXPECT_EQ(readable(1e17), "100000000000000000");
  EXPECT_EQ(readable(1e-7), "almost 0");
}

TEST(Readable, values_have_the_unit_that_suits_them) {
  EXPECT_EQ(readable(0.0523, "%"), "5.23%");
  EXPECT_EQ(readable(-0.25, kPercentagePoints), "-25 percentage points");
  EXPECT_EQ(readable(1.0, "hours"), "1 hour");
  EXPECT_EQ(readable(0.0275, "hours"), "1.65 minutes");
  EXPECT_EQ(readable(22210.0, "hours"), "925 days");
  EXPECT_EQ(readable(0.0, "days"), "0 days");
  EXPECT_EQ(readable(1.5, "m/s"), "1.5 m/s");
  EXPECT_EQ(readable(1.0, kYesOrNo), "yes");
}

// The number read back is within half a unit of its third digit.
TEST(ReadableLaw, rounding_moves_a_number_by_no_more_than_half_a_percent) {
  Random random(7);
  for (int i = 0; i < 1000; ++i) {
    const double value = std::exp(24.0 * random.uniform() - 12.0);
    const std::string said = readable(value);
    EXPECT_EQ(said.find('e'), std::string::npos);
    EXPECT_NEAR(std::strtod(said.c_str(), nullptr), value, 0.00501 * value) << said;
  }
}

TEST(Vocabulary, words_of_a_pack_are_those_of_its_definitions_only_else_names_are_words) {
  const std::vector<Definition> own = {{.name = "x", .expression = "1", .origin = "asof.yaml"}};
  const std::vector<Definition> packs = {{.name = "x", .expression = "1", .origin = "mobile-lender/full"}};
  EXPECT_EQ(Vocabulary(own).of("gps", "land_speed").words, "land speed");
  EXPECT_EQ(Vocabulary(own).of({.name = "gps"}).many, "gps rows");
  EXPECT_EQ(Vocabulary(own).of({.name = "card_entries"}).one, "card entry");
  EXPECT_EQ(Vocabulary(packs).of("gps", "land_speed").unit, "m/s");
  EXPECT_EQ(plural_of("category"), "categories");
  EXPECT_EQ(plural_of("day"), "days");
}

}  // namespace
}  // namespace asof
