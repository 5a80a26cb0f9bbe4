#include "evaluate/choose_calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

/// Loans of persons, `per_person` each, whose true log-odds are a function of a model's margin.
struct Portfolio {
  std::vector<double> margins, good;
  std::vector<std::uint32_t> groups;

  template <class Truth>
  Portfolio(std::uint64_t seed, std::size_t persons, std::size_t per_person, Truth truth) {
    Random random(seed);
    for (std::uint32_t person = 0; person < persons; ++person) {
      const double margin = 6.0 * random.uniform() - 3.0;
      const double repaid = random.uniform() < sigmoid(truth(margin)) ? 1.0 : 0.0;
      for (std::size_t loan = 0; loan < per_person; ++loan) {
        margins.push_back(margin);
        good.push_back(repaid);
        groups.push_back(person);
      }
    }
  }
  ChosenCalibration chosen() const { return choose_calibration({margins, good, {}}, groups, 7); }
};

double as_it_is(double margin) { return margin; }
double too_sure(double margin) { return 0.4 * margin; }

TEST(ChooseCalibration, a_true_margin_is_left_alone) {
  int left_alone = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    left_alone += Portfolio(seed, 2000, 1, as_it_is).chosen().calibration.kind() == CalibrationKind::kNone ? 1 : 0;
  }
  EXPECT_GE(left_alone, 15);
}

TEST(ChooseCalibration, a_margin_that_is_too_sure_of_itself_is_mended_by_the_simplest_that_can) {
  const ChosenCalibration chosen = Portfolio(1, 4000, 1, too_sure).chosen();
  EXPECT_EQ(chosen.calibration.kind(), CalibrationKind::kPlatt) << chosen.reason;
  EXPECT_NEAR(chosen.calibration.apply(2.0), 0.8, 0.15);
  EXPECT_GT(chosen.trials.at(1).gain, 3.0 * chosen.trials.at(1).error);
}

TEST(ChooseCalibration, repeated_loans_of_a_person_are_no_new_evidence) {
  // Ten copies of every loan: with copies on both sides of a fold, the isotonic curve would fit the noise and win.
  const ChosenCalibration once = Portfolio(2, 1500, 1, as_it_is).chosen();
  const ChosenCalibration copied = Portfolio(2, 1500, 10, as_it_is).chosen();
  ASSERT_EQ(once.trials.size(), copied.trials.size());
  for (std::size_t i = 0; i < once.trials.size(); ++i) {
    EXPECT_LE(copied.trials[i].gain, once.trials[i].gain + 1e-3);
    EXPECT_NEAR(copied.trials[i].error, once.trials[i].error, 5e-3);
  }
}

TEST(ChooseCalibration, few_persons_of_one_outcome_are_too_few) {
  const ChosenCalibration chosen = Portfolio(3, 60, 1, too_sure).chosen();
  EXPECT_EQ(chosen.calibration.kind(), CalibrationKind::kNone);
  EXPECT_NE(chosen.reason.find("too few"), std::string::npos);
  EXPECT_EQ(Portfolio(4, 300, 1, [](double) { return 900.0; }).chosen().calibration.kind(), CalibrationKind::kNone);
}

}  // namespace
}  // namespace asof
