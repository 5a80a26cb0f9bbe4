// Oracle: the known-answer vectors published with Random123 (philox4x32-10).
#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace asof {
namespace {

using Block = std::array<std::uint32_t, 4>;

struct KnownAnswer {
  Block counter;
  std::array<std::uint32_t, 2> key;
  Block answer;
};

constexpr KnownAnswer kKnownAnswers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

TEST(Random, philox_gives_the_published_answers) {
  for (const auto& [counter, key, answer] : kKnownAnswers) EXPECT_EQ(philox(counter, key), answer);
}

TEST(Random, bits_are_the_blocks_of_the_stream_in_order) {
  Random random(0, 0);
  EXPECT_EQ(random.bits(), 0xe169c58d6627e8d5u);
  EXPECT_EQ(random.bits(), 0x9b00dbd8bc57ac4cu);
  const Block second = philox({1, 0, 0, 0}, {0, 0});
  EXPECT_EQ(random.bits(), static_cast<std::uint64_t>(second[1]) << 32 | second[0]);
}

TEST(Random, seed_and_stream_name_different_numbers) {
  const std::uint64_t first = Random(1, 2).bits();
  EXPECT_EQ(Random(1, 2).bits(), first);
  EXPECT_NE(Random(2, 1).bits(), first);
  EXPECT_NE(Random(1, 3).bits(), first);
  EXPECT_NE(Random(1 + (std::uint64_t{1} << 32), 2).bits(), first);
  EXPECT_NE(Random(1, 2 + (std::uint64_t{1} << 32)).bits(), first);
}

TEST(Random, uniform_numbers_fill_the_unit_interval) {
  Random random(3);
  double sum = 0.0;
  double sum_of_squares = 0.0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.uniform();
    ASSERT_TRUE(x >= 0.0 && x < 1.0);
    sum += x;
    sum_of_squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 1.0 / 2, 0.003);
  EXPECT_NEAR(sum_of_squares / kDraws, 1.0 / 3, 0.003);
}

TEST(Random, below_draws_every_value_equally_often) {
  Random random(5);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(random.below(counts.size()));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
  EXPECT_EQ(random.below(1), 0u);
  const std::uint64_t huge = (std::uint64_t{1} << 63) + 1;  // almost every second draw would be unfair
  for (int i = 0; i < 100; ++i) EXPECT_LT(random.below(huge), huge);
}

TEST(Random, shuffle_keeps_every_element) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  Random random(9);
  random.shuffle(std::span<int>(values));
  EXPECT_FALSE(std::is_sorted(values.begin(), values.end()));
  std::sort(values.begin(), values.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace asof
