#include "model/calibration.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

constexpr std::array kKinds = {CalibrationKind::kNone, CalibrationKind::kPlatt, CalibrationKind::kBeta,
                               CalibrationKind::kIsotonic};

/// Loans whose true log-odds are a function of a model's margin.
struct Portfolio {
  std::vector<double> margins, good, weights;

  template <class Truth>
  Portfolio(std::uint64_t seed, std::size_t rows, Truth truth) {
    Random random(seed);
    for (std::size_t i = 0; i < rows; ++i) {
      margins.push_back(6.0 * random.uniform() - 3.0);
      good.push_back(random.uniform() < sigmoid(truth(margins.back())) ? 1.0 : 0.0);
      weights.push_back(static_cast<double>(1 + random.below(3)));
    }
  }
  HeldOut rows() const { return {margins, good, weights}; }
};

double platt_truth(double margin) { return 0.7 + 0.5 * margin; }

TEST(Calibration, none_is_the_margin_kept_off_certainty) {
  EXPECT_EQ(Calibration().apply(0.3), 0.3);
  EXPECT_EQ(Calibration().apply(800.0), kCalibratedLogOddsMax);
  EXPECT_NEAR(sigmoid(Calibration().apply(-800.0)), 1e-6, 1e-15);
}

TEST(Calibration, every_kind_finds_a_truth_that_it_can_express) {
  const Portfolio portfolio(1, 40'000, platt_truth);
  for (const CalibrationKind kind : {CalibrationKind::kPlatt, CalibrationKind::kBeta, CalibrationKind::kIsotonic}) {
    const auto fitted = Calibration::fit(kind, portfolio.rows());
    ASSERT_TRUE(fitted) << to_string(kind);
    for (const double margin : {-2.0, -0.5, 0.0, 1.0, 2.0})
      EXPECT_NEAR(sigmoid(fitted->apply(margin)), sigmoid(platt_truth(margin)), 0.04) << to_string(kind);
  }
}

TEST(Calibration, beta_bends_where_platt_cannot) {
  const auto truth = [](double margin) {
    return 0.2 * std::log(sigmoid(margin)) - 1.8 * std::log(sigmoid(-margin)) - 0.5;
  };
  const Portfolio portfolio(2, 40'000, truth);
  const auto platt = Calibration::fit(CalibrationKind::kPlatt, portfolio.rows());
  const auto beta = Calibration::fit(CalibrationKind::kBeta, portfolio.rows());
  ASSERT_TRUE(platt && beta);
  double platt_miss = 0.0, beta_miss = 0.0;
  for (double margin = -2.5; margin <= 2.5; margin += 0.1) {
    platt_miss += std::abs(sigmoid(platt->apply(margin)) - sigmoid(truth(margin)));
    beta_miss += std::abs(sigmoid(beta->apply(margin)) - sigmoid(truth(margin)));
  }
  EXPECT_LT(beta_miss, 0.5 * platt_miss);
}

TEST(Calibration, beta_gives_up_a_slope_that_would_fall) {
  const Portfolio portfolio(6, 40'000, [](double margin) { return margin > 0.0 ? 2.0 * margin : 0.0; });
  const auto beta = Calibration::fit(CalibrationKind::kBeta, portfolio.rows());
  ASSERT_TRUE(beta);
  EXPECT_GE(beta->apply(-2.0), beta->apply(-3.0));
  EXPECT_GT(beta->apply(2.0), beta->apply(1.0));
}

TEST(Calibration, every_kind_is_monotone_and_bounded_far_beyond_the_margins_it_saw) {
  const Portfolio portfolio(3, 500, platt_truth);
  for (const CalibrationKind kind : kKinds) {
    const auto fitted = Calibration::fit(kind, portfolio.rows());
    ASSERT_TRUE(fitted) << to_string(kind);
    double before = -kCalibratedLogOddsMax;
    for (double margin = -60.0; margin <= 60.0; margin += 0.01) {
      const double log_odds = fitted->apply(margin);
      ASSERT_GE(log_odds, before) << to_string(kind) << " at " << margin;
      ASSERT_LE(log_odds, kCalibratedLogOddsMax);
      before = log_odds;
    }
  }
}

TEST(Calibration, the_order_of_rows_matters_to_nothing_but_the_last_bits_and_a_weight_is_a_repetition) {
  const Portfolio portfolio(4, 400, platt_truth);
  Portfolio repeated(4, 0, platt_truth);
  for (std::size_t i = portfolio.margins.size(); i-- > 0;) {
    for (int k = 0; k < static_cast<int>(portfolio.weights[i]); ++k) {
      repeated.margins.push_back(portfolio.margins[i]);
      repeated.good.push_back(portfolio.good[i]);
    }
  }
  for (const CalibrationKind kind : kKinds) {
    const auto one = Calibration::fit(kind, portfolio.rows()), other = Calibration::fit(kind, repeated.rows());
    ASSERT_TRUE(one && other);
    for (const double margin : {-2.9, -1.0, 0.2, 1.7}) EXPECT_NEAR(one->apply(margin), other->apply(margin), 1e-8);
  }
}

TEST(Calibration, isotonic_equals_its_oracle_at_the_centres_of_the_blocks) {
  // sklearn.isotonic.isotonic_regression([0, 1, 0, 0, 1, 0, 1, 1]) of 1.9.1: 0, 1/3 (3 times), 1/2 (2 times), 1, 1.
  const std::vector<double> margins = {-3, -2, -1, 0, 1, 2, 3, 4}, good = {0, 1, 0, 0, 1, 0, 1, 1};
  const auto fitted = Calibration::fit(CalibrationKind::kIsotonic, {margins, good, {}});
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(sigmoid(fitted->apply(-1.0)), 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(sigmoid(fitted->apply(1.5)), 0.5, 1e-12);
  EXPECT_NEAR(sigmoid(fitted->apply(-3.0)), 0.5 / 8.0, 1e-12);  // kept off 0 by half a row
  EXPECT_NEAR(sigmoid(fitted->apply(9.0)), 1.0 - 0.5 / 8.0, 1e-12);
}

TEST(Calibration, platt_equals_its_oracle) {
  const std::vector<double> margins = {-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5},
                            good = {0, 0, 1, 0, 1, 0, 1, 0, 1, 1};
  const auto fitted = Calibration::fit(CalibrationKind::kPlatt, {margins, good, {}});
  ASSERT_TRUE(fitted);
  // sklearn.calibration._SigmoidCalibration().fit(margins, good).predict([-1, 0.3, 2]) of 1.9.1
  EXPECT_NEAR(sigmoid(fitted->apply(-1.0)), 0.3540123107473713, 1e-6);
  EXPECT_NEAR(sigmoid(fitted->apply(0.3)), 0.5060141961195799, 1e-6);
  EXPECT_NEAR(sigmoid(fitted->apply(2.0)), 0.698892216547217, 1e-6);
}

TEST(Calibration, reads_back_to_the_same_bits) {
  const Portfolio portfolio(5, 300, platt_truth);
  for (const CalibrationKind kind : kKinds) {
    const auto fitted = Calibration::fit(kind, portfolio.rows());
    ASSERT_TRUE(fitted);
    const Calibration loaded = Calibration::load(parse_json(to_pretty_json(fitted->save())));
    EXPECT_EQ(loaded.kind(), kind);
    for (double margin = -20.0; margin < 20.0; margin += 0.37) EXPECT_EQ(loaded.apply(margin), fitted->apply(margin));
  }
}

TEST(Calibration, is_not_had_where_there_is_nothing_to_learn) {
  const std::vector<double> margins = {-1, 0, 1, 2}, all_good = {1, 1, 1, 1}, backwards = {1, 1, 0, 0};
  for (const CalibrationKind kind : kKinds) EXPECT_FALSE(Calibration::fit(kind, {margins, all_good, {}}));
  for (const CalibrationKind kind : {CalibrationKind::kPlatt, CalibrationKind::kBeta, CalibrationKind::kIsotonic})
    EXPECT_FALSE(Calibration::fit(kind, {margins, backwards, {}})) << to_string(kind);
}

TEST(Calibration, margins_that_separate_the_outcomes_stay_finite) {
  const std::vector<double> margins = {-30, -20, 20, 30}, good = {0, 0, 1, 1};
  for (const CalibrationKind kind : {CalibrationKind::kPlatt, CalibrationKind::kIsotonic}) {
    const auto fitted = Calibration::fit(kind, {margins, good, {}});
    ASSERT_TRUE(fitted) << to_string(kind);
    EXPECT_LT(fitted->apply(25.0), kCalibratedLogOddsMax);
    EXPECT_GT(fitted->apply(25.0), 0.0);
  }
}

TEST(Calibration, a_damaged_one_is_refused) {
  for (const char* text :
       {R"({})", R"({"kind":"magic"})", R"({"kind":"platt","intercept":0})",
        R"({"kind":"platt","intercept":0,"low":-1,"high":1})", R"({"kind":"isotonic","margins":[0],"log_odds":[0]})",
        R"({"kind":"isotonic","margins":[1,0],"log_odds":[0,1]})",
        R"({"kind":"isotonic","margins":[0,1],"log_odds":[1,0]})"}) {
    try {
      Calibration::load(parse_json(text));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kIncompatible) << text;
    }
  }
}

}  // namespace
}  // namespace asof
