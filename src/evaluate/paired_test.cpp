#include "evaluate/paired.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

struct Rows {
  std::vector<double> truth, good;
  std::vector<std::uint32_t> groups;

  explicit Rows(std::size_t count) {
    Random random(1);
    for (std::size_t i = 0; i < count; ++i) {
      truth.push_back(0.1 + 0.8 * random.uniform());
      good.push_back(random.uniform() < truth.back() ? 1.0 : 0.0);
      groups.push_back(static_cast<std::uint32_t>(i));
    }
  }

  std::vector<double> blurred(std::uint64_t seed, double noise) const {
    Random random(seed);
    std::vector<double> result;
    for (const double value : truth) result.push_back(sigmoid(logit(value) + noise * (random.uniform() - 0.5)));
    return result;
  }

  std::vector<PairedDifference> differences(std::span<const double> a, std::span<const double> b,
                                            int threads = 1) const {
    return paired_differences(a, b, {.repayment = {}, .good = good, .weights = {}}, groups, Outcome::kDefaulted,
                              {.resamples = 400, .threads = threads});
  }
};

const PairedDifference& of(const std::vector<PairedDifference>& all, std::string_view metric) {
  return *std::ranges::find(all, metric, &PairedDifference::metric);
}

TEST(PairedDifferences, a_score_does_not_differ_from_itself) {
  const Rows rows(500);
  for (const PairedDifference& one : rows.differences(rows.truth, rows.truth)) {
    EXPECT_EQ(one.difference(), 0.0) << one.metric;
    EXPECT_FALSE(one.is_shown()) << one.metric;
  }
}

TEST(PairedDifferences, the_figures_are_those_of_the_metrics) {
  const Rows rows(300);
  const auto blurred = rows.blurred(2, 6.0);
  for (const PairedDifference& one : rows.differences(rows.truth, blurred)) {
    const Outcome positive = one.positive.value_or(Outcome::kRepaid);
    EXPECT_EQ(one.first, metric(one.metric).evaluate({rows.truth, rows.good, {}, positive})) << one.metric;
    EXPECT_EQ(one.second, metric(one.metric).evaluate({blurred, rows.good, {}, positive})) << one.metric;
  }
}

TEST(PairedDifferences, the_truth_is_shown_to_be_ahead_of_a_blurred_score_and_turning_round_turns_the_sign) {
  const Rows rows(2000);
  const auto blurred = rows.blurred(3, 6.0);
  const auto ahead = rows.differences(rows.truth, blurred), behind = rows.differences(blurred, rows.truth, 2);
  EXPECT_TRUE(of(ahead, "roc_auc").is_shown());
  EXPECT_GT(of(ahead, "roc_auc").difference(), 0.0);
  EXPECT_LT(of(ahead, "log_loss").difference(), 0.0);
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    EXPECT_EQ(ahead[i].difference(), -behind[i].difference());
    EXPECT_NEAR(ahead[i].interval.low, -behind[i].interval.high, 1e-12);
  }
}

TEST(PairedDifferences, pairing_makes_intervals_far_narrower_than_those_of_either_score) {
  const Rows rows(2000);
  const auto blurred = rows.blurred(4, 0.4);
  const Interval paired = of(rows.differences(rows.truth, blurred), "roc_auc").interval;
  const Evaluation alone =
      evaluate({rows.truth, rows.good, {}}, rows.groups, Outcome::kDefaulted, 0.5, {}, {.resamples = 400});
  const Interval single = alone.figure("roc_auc").interval;
  EXPECT_LT(paired.high - paired.low, 0.5 * (single.high - single.low));
}

}  // namespace
}  // namespace asof
