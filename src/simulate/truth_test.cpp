#include "simulate/truth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "asof/error.h"
#include "asof/table.h"
#include "base/elementary.h"
#include "simulate/applicant.h"
#include "simulate/draws.h"

namespace asof::simulation {
namespace {

TEST(Truth, every_profile_weighs_components_that_exist) {
  const Figures figures;
  const Attributes attributes{};
  for (const Profile& profile : profiles())
    EXPECT_NO_THROW(score_by_family(profile, {figures, attributes, first_application_day()})) << profile.name;
}

TEST(Truth, an_unknown_profile_is_answered_with_the_nearest) {
  try {
    profile_of("smoth");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kUsage);
    EXPECT_STREQ(error.what(), "unknown profile `smoth`; did you mean `smooth`?");
  }
}

TEST(Truth, knows_what_to_do_with_people_without_any_row) {
  Figures nothing;
  nothing.event_recency_hours = nothing.gps_recency_hours = nothing.share_of_last_week = kMissing;
  nothing.share_at_night = nothing.max_speed = kMissing;
  Attributes attributes;
  attributes.fill(kMissing);
  attributes[5] = 0.0;  // known of everybody
  for (const Component& component : components()) {
    const double value = component.value({nothing, attributes, first_application_day()});
    EXPECT_TRUE(std::abs(value) < 4.0) << component.name << ' ' << value;
  }
}

TEST(Truth, components_are_about_standard_normal) {
  constexpr std::uint64_t kPeople = 3000;
  const Population population{9, &profile_of("published"), 0.0};
  std::vector<double> sums(components().size()), squares(components().size());
  Rows rows;
  for (std::uint64_t number = 1; number <= kPeople; ++number) {
    const Applicant applicant = draw_applicant(population, number, rows);
    const Knowable knowable{applicant.figures, applicant.person.attributes, applicant.person.application_at};
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const double value = components()[i].value(knowable);
      sums[i] += value;
      squares[i] += value * value;
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double mean = sums[i] / kPeople;
    EXPECT_NEAR(mean, 0.0, .25) << components()[i].name;
    EXPECT_NEAR(std::sqrt(squares[i] / kPeople - mean * mean), 1.0, .5) << components()[i].name;
  }
}

// Oracle: the share of pairs counted one by one.
TEST(Truth, the_ceiling_is_the_auc_of_the_probabilities_against_their_own_outcomes) {
  const std::vector<double> scores = {-1.0, -.2, 0.0, .1, .7, 2.0};
  const Calibration calibration{.9, -.3};
  double ordered = 0.0, pairs = 0.0;
  for (const double positive : scores) {
    for (const double negative : scores) {
      const double weight = sigmoid(calibration.intercept + calibration.slope * positive) *
                            (1.0 - sigmoid(calibration.intercept + calibration.slope * negative));
      pairs += weight;
      ordered += weight * (positive > negative ? 1.0 : positive == negative ? .5 : 0.0);
    }
  }
  EXPECT_NEAR(ceiling_of(scores, calibration).auc, ordered / pairs, 1e-12);
}

TEST(Truth, calibration_reaches_the_share_and_the_auc_that_are_wanted) {
  Draws draws(3, 1, Purpose::kPerson);
  std::vector<double> scores(50'000);
  for (double& score : scores) score = draws.normal();
  const Calibration calibration = calibrate(scores, .34, .64);
  const Ceiling found = ceiling_of(scores, calibration);
  EXPECT_NEAR(found.share_repaid, .34, 1e-5);
  EXPECT_NEAR(found.auc, .64, 1e-5);
}

TEST(Truth, what_is_hidden_spreads_the_probabilities_and_keeps_their_mean) {
  const Population open{9, &profile_of("published"), 0.0};
  const Population hidden{9, &profile_of("published"), 1.0};
  Rows rows;
  double knowable = 0.0, actual = 0.0;
  constexpr std::uint64_t kPeople = 4000;
  for (std::uint64_t number = 1; number <= kPeople; ++number) {
    const Applicant plain = draw_applicant(open, number, rows);
    EXPECT_EQ(plain.knowable_probability, plain.true_probability);
    const Applicant applicant = draw_applicant(hidden, number, rows);
    knowable += applicant.knowable_probability / kPeople;
    actual += applicant.true_probability / kPeople;
  }
  EXPECT_NEAR(knowable, actual, .01);
}

}  // namespace
}  // namespace asof::simulation
