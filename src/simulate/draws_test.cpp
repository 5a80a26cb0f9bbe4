#include "simulate/draws.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace asof::simulation {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean;
  double variance;
};

template <class Draw>
Moments moments_of(Draw draw) {
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const auto value = static_cast<double>(draw());
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST(Draws, have_the_moments_of_their_distributions) {
  Draws draws(1, 1, Purpose::kPerson);
  const Moments normal = moments_of([&] { return draws.normal(); });
  EXPECT_NEAR(normal.mean, 0.0, .01);
  EXPECT_NEAR(normal.variance, 1.0, .02);
  const Moments exponential = moments_of([&] { return draws.exponential(3.0); });
  EXPECT_NEAR(exponential.mean, 3.0, .04);
  EXPECT_NEAR(exponential.variance, 9.0, .3);
  for (const double mean : {.3, 5.0, 60.0}) {
    const Moments poisson = moments_of([&] { return draws.poisson(mean); });
    EXPECT_NEAR(poisson.mean, mean, .02 * std::max(1.0, mean)) << mean;
    EXPECT_NEAR(poisson.variance, mean, .03 * std::max(1.0, mean)) << mean;
  }
  EXPECT_NEAR(moments_of([&] { return draws.chance(.04) ? 1 : 0; }).mean, .04, .003);
}

TEST(Draws, of_another_purpose_or_user_or_seed_are_others) {
  const double first = Draws(1, 1, Purpose::kPerson).unit();
  EXPECT_EQ(Draws(1, 1, Purpose::kPerson).unit(), first);
  EXPECT_NE(Draws(1, 1, Purpose::kEvents).unit(), first);
  EXPECT_NE(Draws(1, 2, Purpose::kPerson).unit(), first);
  EXPECT_NE(Draws(2, 1, Purpose::kPerson).unit(), first);
}

TEST(Choice, draws_every_index_by_its_weight) {
  constexpr std::array<double, 5> kWeights = {5.0, 0.0, 1.0, .5, 3.5};
  Draws draws(1, 1, Purpose::kEvents);
  const Choice choice(kWeights);
  std::array<int, 5> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts.at(choice.draw(draws));
  for (std::size_t i = 0; i < kWeights.size(); ++i)
    EXPECT_NEAR(counts.at(i), kDraws * kWeights.at(i) / 10.0, 1000) << i;
  EXPECT_EQ(counts[1], 0);
}

TEST(Choice, of_one_is_that_one) {
  constexpr std::array<double, 1> kWeights = {.1};
  Draws draws(1, 1, Purpose::kEvents);
  EXPECT_EQ(Choice(kWeights).draw(draws), 0u);
}

TEST(DrawDistinct, gives_different_names_the_popular_ones_more_often) {
  const std::vector<double> weights = zipf_weights(150, 1.1);
  Draws draws(1, 1, Purpose::kEvents);
  int first = 0;
  int last = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto chosen = draw_distinct(weights, 20, draws);
    const std::set<std::uint16_t> different(chosen.begin(), chosen.end());
    ASSERT_EQ(different.size(), 20u);
    first += static_cast<int>(different.count(0));
    last += static_cast<int>(different.count(149));
  }
  EXPECT_GT(first, 900);
  EXPECT_LT(last, 150);
  EXPECT_EQ(draw_distinct(weights, 150, draws).size(), 150u);
}

}  // namespace
}  // namespace asof::simulation
