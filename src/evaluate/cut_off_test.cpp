#include "evaluate/cut_off.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

struct Rows {
  std::vector<double> repayment, good, weights;

  Predictions predictions() const { return {repayment, good, weights}; }
};

// Ten applications: of the best three all repaid; then two with one score, one of whom did; then one that did not, two
// that did, two that did not.
const Rows kTen{{0.95, 0.90, 0.85, 0.80, 0.80, 0.70, 0.60, 0.50, 0.40, 0.30}, {1, 1, 1, 1, 0, 0, 1, 1, 0, 0}, {}};

CutOff chosen(const DecisionRule& rule, const Rows& rows = kTen) {
  return choose_cut_off(rule, rows.predictions(), rows.predictions());
}

DecisionRule by_cost(double loss_given_default, double margin) {
  return {.by = DecideBy::kCost, .costs = LoanCosts{loss_given_default, margin}};
}

TEST(CutOff, by_f1_is_the_best_f1_of_the_repaid) {
  // Approving from 0.50 on: 6 of 8 repaid, none missed: F1 = 2 * 6 / (8 + 6).
  const CutOff cut_off = chosen({});
  EXPECT_EQ(cut_off.threshold, 0.50);
  EXPECT_EQ(cut_off.threshold, best_f1_threshold(kTen.predictions()));
  EXPECT_EQ(cut_off.out_of_fold.rows, 8U);
  EXPECT_EQ(cut_off.out_of_fold.share, 0.8);
  EXPECT_EQ(cut_off.out_of_fold.default_rate, 0.25);
}

TEST(CutOff, by_cost_is_the_highest_profit) {
  // In tenths of the amount, repaid +3 and defaulted -6: 3, 6, 9, (12 - 6), 0, 3, 6, 0, -6 over ten.
  const CutOff dear = chosen(by_cost(0.6, 0.3));
  EXPECT_EQ(dear.threshold, 0.85);
  EXPECT_NEAR(profit(dear.out_of_fold, {0.6, 0.3}), 0.09, 1e-15);
  // Repaid +3, defaulted -1: 3, 6, 9, 11, 10, 13, 16, 15, 14.
  const CutOff cheap = chosen(by_cost(0.1, 0.3));
  EXPECT_EQ(cheap.threshold, 0.50);
  EXPECT_NEAR(profit(cheap.out_of_fold, {0.1, 0.3}), 0.16, 1e-15);
  EXPECT_EQ(profit({}, {0.1, 0.3}), 0.0) << "who approves nobody earns nothing";
}

TEST(CutOff, of_equal_profits_the_strictest_is_taken_although_decimals_are_no_binary_fractions) {
  // In tenths, repaid +1 and defaulted -3: 1, -2, -1, 0, 1. In binary the last is not the first.
  const Rows tied{{0.9, 0.8, 0.7, 0.6, 0.5}, {1, 0, 1, 1, 1}, {}};
  EXPECT_NE(0.1 * 3.0 - 0.3, 0.0);
  EXPECT_EQ(chosen(by_cost(0.3, 0.1), tied).threshold, 0.9);
  EXPECT_EQ(chosen(by_cost(0.29, 0.1), tied).threshold, 0.5);
}

TEST(CutOff, by_cost_there_is_none_where_every_approval_loses) {
  const Rows poor{{0.6, 0.5, 0.4}, {0, 1, 0}, {}};
  const CutOff cut_off = chosen(by_cost(0.6, 0.2), poor);
  EXPECT_TRUE(std::isnan(cut_off.threshold));
  EXPECT_EQ(cut_off.absent,
            "no threshold earns anything out of fold: it takes more than 75.0 % repaid among the approved");
  EXPECT_EQ(cut_off.out_of_fold.rows, 0U);
  EXPECT_EQ(cut_off.out_of_fold.share, 0.0);
}

TEST(CutOff, by_approval_rate_never_cuts_a_tie) {
  const auto approved = [](double share) {
    return chosen({.by = DecideBy::kApprovalRate, .approve = share}).out_of_fold.rows;
  };
  EXPECT_EQ(approved(0.3), 3U);
  EXPECT_EQ(approved(0.31), 5U) << "the fourth and the fifth have one score";
  EXPECT_EQ(approved(0.5), 5U);
  EXPECT_EQ(approved(0.7), 7U);
  EXPECT_EQ(approved(0.95), 10U);
  Rows hundred;
  for (int i = 0; i < 100; ++i) hundred.repayment.push_back((i + 0.5) / 100.0), hundred.good.push_back(i % 2);
  for (int share = 1; share < 100; ++share) {
    const DecisionRule rule{.by = DecideBy::kApprovalRate,
                            .approve = std::stod("0." + std::to_string(100 + share).substr(1))};
    EXPECT_EQ(chosen(rule, hundred).out_of_fold.rows, static_cast<std::size_t>(share)) << "0.07 * 100 is above 7";
  }
}

TEST(CutOff, by_bad_rate_approves_the_most_that_default_seldom_enough) {
  // Default rates: 0, 0, 0, 1/5, 2/6, 2/7, 2/8, 3/9, 4/10.
  const auto approved = [](double at_most) {
    return chosen({.by = DecideBy::kBadRate, .at_most = at_most}).out_of_fold.rows;
  };
  EXPECT_EQ(approved(0.1), 3U);
  EXPECT_EQ(approved(0.2), 5U);
  EXPECT_EQ(approved(0.25), 8U) << "although it was worse in between";
  EXPECT_EQ(approved(0.3), 8U);
  EXPECT_EQ(approved(0.4), 10U);
}

TEST(CutOff, by_bad_rate_says_the_lowest_rate_when_none_is_low_enough) {
  const Rows poor{{0.9, 0.8, 0.7, 0.6}, {0, 1, 1, 0}, {}};
  const CutOff cut_off = chosen({.by = DecideBy::kBadRate, .at_most = 0.05}, poor);
  EXPECT_TRUE(std::isnan(cut_off.threshold));
  EXPECT_EQ(cut_off.absent,
            "no threshold keeps the default rate of the approved at 5.0 % or below out of fold: the lowest is 33.3 %, "
            "with 75.0 % approved");
}

TEST(CutOff, the_held_out_rows_choose_nothing_and_are_judged_at_its_threshold) {
  const Rows held_out{{0.99, 0.85, 0.84, 0.2}, {0, 1, 1, 1}, {}};
  const DecisionRule rule{.by = DecideBy::kApprovalRate, .approve = 0.3};
  const CutOff cut_off = choose_cut_off(rule, kTen.predictions(), held_out.predictions());
  EXPECT_EQ(cut_off.threshold, 0.85);
  EXPECT_EQ(cut_off.held_out.rows, 2U);
  EXPECT_EQ(cut_off.held_out.share, 0.5);
  EXPECT_EQ(cut_off.held_out.default_rate, 0.5);
  const Rows lower{{0.1, 0.2}, {0, 1}, {}};
  EXPECT_EQ(choose_cut_off(rule, kTen.predictions(), lower.predictions()).held_out.rows, 0U);
}

TEST(CutOff, as_json_says_the_rule_its_settings_and_what_came_of_it) {
  EXPECT_EQ(
      to_json(to_json_value(chosen({.by = DecideBy::kApprovalRate, .costs = LoanCosts{0.5, 0.25}, .approve = 0.5}))),
      R"({"by":"approval_rate","loss_given_default":0.5,"margin":0.25,"approve":0.5,"threshold":0.8,)"
      R"("out_of_fold":{"approved":0.5,"rows":5,"default_rate":0.2,"profit":0.05},)"
      R"("held_out":{"approved":0.5,"rows":5,"default_rate":0.2,"profit":0.05}})");
  const Rows poor{{0.9}, {0}, {}};
  EXPECT_EQ(to_json_value(chosen({.by = DecideBy::kBadRate, .at_most = 0.05}, poor)).find("threshold"), nullptr);
}

/// Scores with ties, and weights.
Rows random_rows(Random& random) {
  Rows rows;
  const std::size_t count = 1 + random.below(60);
  for (std::size_t i = 0; i < count; ++i) {
    rows.repayment.push_back(static_cast<double>(random.below(15)) / 15.0);
    rows.good.push_back(random.uniform() < rows.repayment.back() ? 1.0 : 0.0);
    rows.weights.push_back(1.0 + static_cast<double>(random.below(3)));
  }
  return rows;
}

/// Counted row by row; NaN approves nobody.
struct Counted {
  double share = 0.0, bad = 0.0, good = 0.0;  // of all weight
};

Counted counted_from(const Rows& rows, double threshold) {
  Counted result;
  double all = 0.0;
  for (std::size_t i = 0; i < rows.good.size(); ++i) all += rows.weights[i];
  for (std::size_t i = 0; i < rows.good.size(); ++i) {
    if (!(rows.repayment[i] >= threshold)) continue;
    result.share += rows.weights[i] / all;
    (rows.good[i] == 1.0 ? result.good : result.bad) += rows.weights[i] / all;
  }
  return result;
}

TEST(CutOffLaw, no_other_threshold_is_better_by_the_rule) {
  Random random(23);
  for (int round = 0; round < 300; ++round) {
    const Rows rows = random_rows(random);
    const double share = 0.05 + 0.9 * random.uniform(), at_most = 0.02 + 0.5 * random.uniform();
    const LoanCosts costs{0.1 + 0.9 * random.uniform(), 0.05 + 0.5 * random.uniform()};
    const auto earned = [&](const Counted& all) {
      return costs.margin * all.good - costs.loss_given_default * all.bad;
    };
    const CutOff cost = chosen({.by = DecideBy::kCost, .costs = costs}, rows);
    const CutOff rate = chosen({.by = DecideBy::kApprovalRate, .approve = share}, rows);
    const CutOff bad = chosen({.by = DecideBy::kBadRate, .at_most = at_most}, rows);
    EXPECT_NEAR(profit(cost.out_of_fold, costs), earned(counted_from(rows, cost.threshold)), 1e-12);
    EXPECT_GE(counted_from(rows, rate.threshold).share, share - 1e-12);
    for (const double other : rows.repayment) {
      const Counted there = counted_from(rows, other);
      EXPECT_GE(earned(counted_from(rows, cost.threshold)), earned(there) - 1e-11);
      EXPECT_TRUE(other <= rate.threshold || there.share < share + 1e-12);
      EXPECT_TRUE(other >= bad.threshold || there.bad / there.share > at_most - 1e-12);
    }
    EXPECT_TRUE(std::isnan(bad.threshold) || bad.out_of_fold.default_rate <= at_most);
  }
}

TEST(CutOffLaw, a_larger_loss_never_approves_more_and_a_larger_margin_never_fewer) {
  Random random(29);
  for (int round = 0; round < 300; ++round) {
    const Rows rows = random_rows(random);
    double before = 1.0, with_margin = 0.0;
    for (int step = 1; step <= 20; ++step) {
      const double share = step / 20.0;
      const double now = chosen(by_cost(share, 0.2), rows).out_of_fold.share;
      EXPECT_LE(now, before);
      before = now;
      const double wider = chosen(by_cost(0.6, share), rows).out_of_fold.share;
      EXPECT_GE(wider, with_margin);
      with_margin = wider;
    }
  }
}

TEST(CutOffLaw, the_order_of_the_rows_and_costs_that_decide_nothing_change_nothing) {
  Random random(31);
  for (int round = 0; round < 100; ++round) {
    const Rows rows = random_rows(random);
    Rows reversed = rows;
    for (auto* values : {&reversed.repayment, &reversed.good, &reversed.weights})
      std::reverse(values->begin(), values->end());
    for (const DecideBy by : {DecideBy::kF1, DecideBy::kCost, DecideBy::kApprovalRate, DecideBy::kBadRate}) {
      DecisionRule rule{.by = by, .costs = LoanCosts{0.6, 0.2}, .approve = 0.4, .at_most = 0.3};
      const CutOff with = chosen(rule, rows);
      const CutOff turned = chosen(rule, reversed);
      EXPECT_TRUE(with.threshold == turned.threshold || std::isnan(with.threshold));
      if (by == DecideBy::kCost) continue;
      rule.costs.reset();
      const CutOff without = chosen(rule, rows);
      EXPECT_TRUE(with.threshold == without.threshold || std::isnan(with.threshold));
    }
  }
}

/// What docs/project-file.md says of a prior: scores keep their order, and the odds of default among the approved are
/// divided by what it multiplies the odds of repayment with.
TEST(CutOffLaw, with_a_prior_the_moved_threshold_approves_the_same_and_odds_of_default_move_alike) {
  constexpr double kPrior = 0.8;
  Random random(37);
  for (int round = 0; round < 100; ++round) {
    const Rows rows = random_rows(random);
    const CutOff as_trained = chosen({.by = DecideBy::kApprovalRate, .approve = 0.5}, rows);
    Rows moved = rows;
    for (std::size_t i = 0; i < moved.good.size(); ++i) {
      moved.repayment[i] = sigmoid(logit(rows.repayment[i]) + kPrior);
      if (moved.good[i] == 1.0) moved.weights[i] *= std::exp(kPrior);  // so many more repay
    }
    const Approval then = approval_from(moved.predictions(), sigmoid(logit(as_trained.threshold) + kPrior));
    EXPECT_EQ(then.rows, as_trained.out_of_fold.rows);
    const double bad = as_trained.out_of_fold.default_rate;
    if (bad < 1.0) {
      EXPECT_NEAR(then.default_rate / (1.0 - then.default_rate), bad / (1.0 - bad) / std::exp(kPrior), 1e-9);
    }
  }
}

}  // namespace
}  // namespace asof
