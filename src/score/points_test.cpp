#include "score/points.h"

#include <gtest/gtest.h>

#include <cmath>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

TEST(PointScale, six_hundred_at_fifty_to_one_with_twenty_to_double_is_the_textbook_scale) {
  // Factor 20 / ln 2 = 28.8539 and offset 600 - 28.8539 ln 50 = 487.1229 (Siddiqi, "Credit risk scorecards", 2006).
  const PointScale scale{.anchor = 600.0, .anchor_odds = 50.0, .to_double = 20.0};
  EXPECT_NEAR(scale.worth(1.0), 28.8539, 1e-4);
  EXPECT_NEAR(scale.of(0.0), 487.1229, 1e-4);
  EXPECT_NEAR(scale.of(std::log(50.0)), 600.0, 1e-9);
  EXPECT_NEAR(scale.of(std::log(100.0)), 620.0, 1e-9);
}

TEST(PointCard, bands_go_from_the_best_to_the_worst_and_hold_every_row_once) {
  Random random(1);
  std::vector<double> log_odds, good;
  for (int i = 0; i < 5000; ++i) {
    log_odds.push_back(4.0 * random.uniform() - 2.0);
    good.push_back(random.uniform() < sigmoid(log_odds.back()) ? 1.0 : 0.0);
  }
  const PointCard card = fit_point_card({}, log_odds, good);
  ASSERT_EQ(card.bands.size(), 5U);
  EXPECT_TRUE(card.is_monotone());
  EXPECT_EQ(card.bands.front().name, "A");
  std::vector<std::size_t> counted(5);
  for (const double value : log_odds)
    ++counted.at(static_cast<std::size_t>(card.band_of(card.scale.of(value))[0] - 'A'));
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(counted[i], card.bands[i].rows);
  EXPECT_EQ(card.band_of(-1e9), "E");
  EXPECT_EQ(card.band_of(1e9), "A");
}

TEST(PointCard, reads_back_to_the_same_bits_and_may_be_empty) {
  const std::vector<double> log_odds = {-1.0, 0.1, 0.3, 2.0}, good = {0, 1, 0, 1};
  const PointCard card = fit_point_card({.anchor_odds = 0.7}, log_odds, good);
  EXPECT_EQ(point_card_from_json(parse_json(to_json(to_json_value(card)))), card);
  EXPECT_EQ(fit_point_card({}, {}, {}).band_of(600.0), "");
  EXPECT_THROW(point_card_from_json(parse_json("{}")), Error);
}

}  // namespace
}  // namespace asof
