#include "evaluate/curves.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "evaluate/charts.h"
#include "evaluate/metrics/example.h"
#include "evaluate/sample_report.h"

namespace asof {
namespace {

using metrics_by_name::kExampleGood;
using metrics_by_name::kExampleRepayment;

const Predictions kExample{kExampleRepayment, kExampleGood, {}};

double area_below(const std::vector<Point>& points) {
  double area = 0.0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    area += (points[i].x - points[i - 1].x) * (points[i].y + points[i - 1].y) / 2.0;
  }
  return area;
}

TEST(RocCurve, goes_from_corner_to_corner_and_its_area_is_the_roc_auc) {
  const std::vector<Point> points = roc_curve(kExample);
  EXPECT_EQ(points.front().x, 0.0);
  EXPECT_EQ(points.back().y, 1.0);
  EXPECT_NEAR(area_below(points), metric("roc_auc").evaluate(kExample), 1e-12);
}

TEST(RocCurve, thinned_for_a_picture_keeps_its_area_and_its_last_point) {
  const HoldoutPredictions held = sample_predictions(5000);
  const std::vector<Point> points = roc_curve({held.repayment, held.good, {}});
  const std::vector<Point> few = thinned(points, 0.003);
  EXPECT_LT(few.size(), 1000U);
  EXPECT_NEAR(area_below(few), area_below(points), 0.002);
  EXPECT_EQ(few.back().x, 1.0);
  EXPECT_EQ(few.back().y, 1.0);
}

TEST(PrecisionRecallCurve, its_steps_sum_to_the_average_precision_and_it_ends_at_the_base_rate) {
  const std::vector<Point> points = precision_recall_curve(kExample);
  double sum = 0.0, recall = 0.0;
  for (const Point& point : points) sum += (point.x - recall) * point.y, recall = point.x;
  EXPECT_NEAR(sum, metric("pr_auc").evaluate(kExample), 1e-12);
  EXPECT_NEAR(points.back().y, 9.0 / 40.0, 1e-12);
}

TEST(ScoreBins, hold_every_row_once_from_the_lowest_on_and_do_not_cut_ties) {
  const std::vector<ScoreBin> bins = score_bins(kExample, 10);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    rows += bins[i].rows;
    EXPECT_LE(bins[i].lowest, bins[i].highest);
    EXPECT_GT(bins[i].lowest, i == 0 ? -1.0 : bins[i - 1].highest);
    EXPECT_LE(bins[i].interval.low, bins[i].repaid);
    EXPECT_GE(bins[i].interval.high, bins[i].repaid);
  }
  EXPECT_EQ(rows, kExampleGood.size());
}

TEST(ScoreBins, of_a_constant_score_are_one) {
  const std::vector<double> constant(7, 0.3), good = {1, 0, 0, 0, 1, 0, 0};
  const auto bins = score_bins({constant, good, {}}, 10);
  ASSERT_EQ(bins.size(), 1U);
  EXPECT_NEAR(bins[0].repaid, 2.0 / 7.0, 1e-12);
}

/// Counted row by row: approved is who scores at least the cut-off.
TEST(StrategyCurve, approves_the_fewest_that_are_at_least_the_share) {
  Random random(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> repayment, good, weights;
    const std::size_t rows = 1 + random.below(40);
    for (std::size_t i = 0; i < rows; ++i) {
      repayment.push_back(static_cast<double>(random.below(12)) / 12.0);  // ties
      good.push_back(random.below(3) == 0 ? 0.0 : 1.0);
      weights.push_back(1.0 + static_cast<double>(random.below(3)));
    }
    const double shares[] = {0.0, 0.1, 0.25, 0.5, 0.9, 1.0};
    const std::vector<Approval> steps = strategy_curve({repayment, good, weights}, shares);
    ASSERT_EQ(steps.size(), std::size(shares) - 1) << "nobody is no strategy";
    double all = 0.0, all_bad = 0.0;
    for (std::size_t i = 0; i < rows; ++i) all += weights[i], all_bad += weights[i] * (1.0 - good[i]);
    for (std::size_t step = 0; step < steps.size(); ++step) {
      double approved = 0.0, bad = 0.0, above = 0.0;
      std::size_t count = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        if (repayment[i] > steps[step].cutoff) above += weights[i];
        if (repayment[i] < steps[step].cutoff) continue;
        ++count;
        approved += weights[i];
        bad += weights[i] * (1.0 - good[i]);
      }
      EXPECT_EQ(steps[step].rows, count);
      EXPECT_NEAR(steps[step].share, approved / all, 1e-12);
      EXPECT_NEAR(steps[step].default_rate, bad / approved, 1e-12);
      EXPECT_GE(approved, shares[step + 1] * all) << "at least the share";
      EXPECT_LT(above, shares[step + 1] * all) << "and without the last ones less";
      const double refused = steps[step].defaults_refused;
      EXPECT_TRUE(all_bad > 0.0 ? std::abs(refused - (1.0 - bad / all_bad)) < 1e-12 : std::isnan(refused)) << refused;
    }
  }
}

TEST(ScoreDistribution, shares_of_each_outcome_sum_to_one_between_the_edges) {
  const std::vector<double> repayment = {0.0, 0.2, 0.21, 1.0}, good = {0, 1, 0, 1};
  const ScoreDistribution scores = score_distribution({repayment, good, {}});
  EXPECT_EQ(scores.edges.front(), 0.0);
  EXPECT_EQ(scores.edges.back(), 1.0);
  double repaid = 0.0, defaulted = 0.0;
  for (std::size_t i = 0; i < scores.repaid.size(); ++i) repaid += scores.repaid[i], defaulted += scores.defaulted[i];
  EXPECT_DOUBLE_EQ(repaid, 1.0);
  EXPECT_DOUBLE_EQ(defaulted, 1.0);
}

TEST(WilsonInterval, is_that_of_the_oracle) {
  // Oracle: statsmodels.stats.proportion.proportion_confint(8, 20, method="wilson") of 0.15.0.
  const Interval interval = wilson_interval(0.4, 20);
  EXPECT_NEAR(interval.low, 0.21880653237281705, 1e-13);
  EXPECT_NEAR(interval.high, 0.6134184992377469, 1e-13);
}

TEST(ByMonth, gathers_calendar_months_in_order) {
  const std::vector<double> repayment = {0.2, 0.8, 0.5, 0.6}, good = {0, 1, 1, 0};
  const std::vector<Timestamp> times = {
      parse_timestamp("2024-02-29T23:59:59Z", {}), parse_timestamp("2024-02-01T00:00:00Z", {}),
      parse_timestamp("2023-12-31T12:00:00Z", {}), parse_timestamp("2024-03-01T00:00:00Z", {})};
  const std::vector<Month> months = by_month({repayment, good, {}}, times);
  ASSERT_EQ(months.size(), 3U);
  EXPECT_EQ(months[0].name, "2023-12");
  EXPECT_EQ(months[1].name, "2024-02");
  EXPECT_EQ(months[2].name, "2024-03");
  EXPECT_EQ(months[1].rows, 2U);
  EXPECT_EQ(months[1].roc_auc, 1.0);
  EXPECT_EQ(months[1].predicted, 0.5);
  EXPECT_TRUE(std::isnan(months[0].roc_auc));
  EXPECT_EQ(date_of(parse_timestamp("1969-12-31T23:00:00Z", {})), "1969-12-31");
}

TEST(RoundMarks, are_few_round_and_inside) {
  const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-9);
  };
  same(round_marks(0.0, 1.0), {0.0, 0.2, 0.4, 0.6, 0.8, 1.0});
  same(round_marks(0.1, 0.7), {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7});
  same(round_marks(0.0, 0.103), {0.0, 0.02, 0.04, 0.06, 0.08, 0.1});
}

}  // namespace
}  // namespace asof
