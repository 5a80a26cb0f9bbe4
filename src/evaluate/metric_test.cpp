#include "evaluate/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "asof/error.h"
#include "base/random.h"
#include "evaluate/metrics/example.h"
#include "evaluate/ranking.h"

namespace asof {
namespace {

using metrics_by_name::kExampleGood;
using metrics_by_name::kExampleRepayment;
using metrics_by_name::kExampleThresholdAccuracy;
using metrics_by_name::kExampleThresholdDefaulted;
using metrics_by_name::kExampleThresholdRepaid;
using metrics_by_name::kExampleWeights;

Predictions example(const Metric& metric, Outcome positive, bool weighted) {
  Predictions predictions{kExampleRepayment, kExampleGood, {}, positive, kExampleThresholdAccuracy};
  if (weighted) predictions.weights = kExampleWeights;
  if (metric.of_one_class) {
    predictions.threshold = positive == Outcome::kRepaid ? kExampleThresholdRepaid : kExampleThresholdDefaulted;
  }
  return predictions;
}

/// Probabilities of two decimals, so that there are many ties.
struct Portfolio {
  std::vector<double> repayment, good, weights;

  explicit Portfolio(std::uint64_t seed, std::size_t rows = 300) {
    Random random(seed);
    for (std::size_t i = 0; i < rows; ++i) {
      repayment.push_back(std::round(random.uniform() * 100.0) / 100.0);
      good.push_back(random.uniform() < 0.2 + 0.5 * repayment.back() ? 1.0 : 0.0);
      weights.push_back(static_cast<double>(1 + random.below(3)));
    }
  }

  Predictions predictions(Outcome positive = Outcome::kRepaid) const {
    return {repayment, good, weights, positive, 0.5};
  }
};

TEST(Metrics, each_equals_its_oracle) {
  for (const Metric* metric : metrics()) {
    EXPECT_FALSE(metric->oracle.empty()) << metric->name;
    EXPECT_FALSE(metric->oracle_figures.empty()) << metric->name;
    for (const OracleFigure& figure : metric->oracle_figures) {
      const double value = metric->evaluate(example(*metric, figure.positive, figure.weighted));
      EXPECT_NEAR(value, figure.value, 1e-13)
          << metric->name << " of " << to_string(figure.positive) << (figure.weighted ? ", weighted" : "");
    }
  }
}

TEST(Metrics, each_of_one_class_has_oracle_figures_for_both_outcomes) {
  for (const Metric* metric : metrics()) {
    std::set<Outcome> seen;
    for (const OracleFigure& figure : metric->oracle_figures) seen.insert(figure.positive);
    EXPECT_EQ(seen.size(), metric->of_one_class ? 2U : seen.size()) << metric->name;
  }
}

TEST(Metrics, each_gives_one_way_to_compute_it_and_says_what_it_is) {
  for (const Metric* metric : metrics()) {
    EXPECT_NE(metric->of_ranking == nullptr, metric->terms == nullptr) << metric->name;
    EXPECT_FALSE(metric->title.empty()) << metric->name;
    EXPECT_TRUE(metric->summary.ends_with('.')) << metric->name;
  }
}

TEST(Metrics, order_of_rows_changes_nothing_even_among_ties) {
  Portfolio portfolio(1);
  for (const Metric* metric : metrics()) {
    const double before = metric->evaluate(portfolio.predictions());
    Portfolio shuffled = portfolio;
    std::vector<std::size_t> order(portfolio.good.size());
    std::iota(order.begin(), order.end(), 0U);
    Random(2).shuffle(std::span(order));
    for (std::size_t i = 0; i < order.size(); ++i) {
      shuffled.repayment[i] = portfolio.repayment[order[i]];
      shuffled.good[i] = portfolio.good[order[i]];
      shuffled.weights[i] = portfolio.weights[order[i]];
    }
    EXPECT_NEAR(metric->evaluate(shuffled.predictions()), before, 1e-13) << metric->name;
  }
}

TEST(Metrics, a_weight_of_three_is_the_row_three_times) {
  const Portfolio portfolio(3);
  Portfolio repeated(3, 0);
  for (std::size_t i = 0; i < portfolio.good.size(); ++i) {
    for (int k = 0; k < static_cast<int>(portfolio.weights[i]); ++k) {
      repeated.repayment.push_back(portfolio.repayment[i]);
      repeated.good.push_back(portfolio.good[i]);
    }
  }
  for (const Metric* metric : metrics()) {
    for (const Outcome positive : {Outcome::kDefaulted, Outcome::kRepaid}) {
      EXPECT_NEAR(metric->evaluate(portfolio.predictions(positive)), metric->evaluate(repeated.predictions(positive)),
                  1e-12)
          << metric->name;
    }
  }
}

TEST(Metrics, a_perfect_score_is_perfect_and_a_constant_one_says_nothing) {
  const std::vector<double> good = {1, 0, 1, 0, 0};
  const std::vector<double> constant(good.size(), 0.4);
  const auto perfect = [&](const char* name) { return metric(name).evaluate({good, good, {}}); };
  EXPECT_EQ(perfect("roc_auc"), 1.0);
  EXPECT_EQ(perfect("pr_auc"), 1.0);
  EXPECT_EQ(perfect("f1"), 1.0);
  EXPECT_EQ(perfect("accuracy"), 1.0);
  EXPECT_EQ(perfect("ks"), 1.0);
  EXPECT_EQ(perfect("gini"), 1.0);
  EXPECT_EQ(perfect("brier"), 0.0);
  EXPECT_NEAR(perfect("log_loss"), 0.0, 1e-15);
  const auto none = [&](const char* name) { return metric(name).evaluate({constant, good, {}}); };
  EXPECT_EQ(none("roc_auc"), 0.5);
  EXPECT_EQ(none("pr_auc"), 0.4);
  EXPECT_EQ(none("ks"), 0.0);
  EXPECT_EQ(none("gini"), 0.0);
}

TEST(Metrics, with_one_outcome_only_what_ranks_is_undefined) {
  const std::vector<double> repayment = {0.2, 0.7}, good = {1, 1};
  for (const char* name : {"roc_auc", "ks", "gini"}) {
    EXPECT_TRUE(std::isnan(metric(name).evaluate({repayment, good, {}}))) << name;
  }
  EXPECT_TRUE(std::isnan(metric("pr_auc").evaluate({repayment, good, {}, Outcome::kDefaulted})));
  EXPECT_EQ(metric("pr_auc").evaluate({repayment, good, {}, Outcome::kRepaid}), 1.0);
}

TEST(Metrics, a_certain_answer_that_is_wrong_is_finitely_bad) {
  const std::vector<double> repayment = {0.0}, good = {1};
  // Oracle: sklearn.metrics.log_loss([1], [0.0], labels=[0, 1]) of 1.9.1.
  EXPECT_NEAR(metric("log_loss").evaluate({repayment, good, {}}), 36.04365338911715, 1e-9);
}

TEST(Metrics, an_unknown_name_is_answered_with_the_nearest) {
  try {
    metric("roc_acu");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    EXPECT_NE(std::string(error.what()).find("roc_auc"), std::string::npos) << error.what();
  }
}

TEST(Metrics, arrays_of_different_length_and_unknown_outcomes_are_refused) {
  const std::vector<double> two = {0.2, 0.7}, one = {1}, unknown = {1, std::nan("")};
  EXPECT_THROW(metric("brier").evaluate({two, one, {}}), Error);
  EXPECT_THROW(metric("brier").evaluate({two, unknown, {}}), Error);
  EXPECT_THROW(metric("brier").evaluate({unknown, two, {}}), Error);
}

TEST(Minority, is_the_rarer_outcome_and_defaulted_when_equal) {
  EXPECT_EQ(minority(std::vector<double>{1, 0, 0}), Outcome::kRepaid);
  EXPECT_EQ(minority(std::vector<double>{1, 1, 0}), Outcome::kDefaulted);
  EXPECT_EQ(minority(std::vector<double>{1, 0}), Outcome::kDefaulted);
}

TEST(Thresholds, no_other_threshold_is_better_than_the_best) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Portfolio portfolio(seed, 60);
    for (const Outcome positive : {Outcome::kDefaulted, Outcome::kRepaid}) {
      Predictions predictions = portfolio.predictions(positive);
      const double f1 = best_f1_threshold(predictions), accuracy = best_accuracy_threshold(predictions);
      const auto at = [&](const char* name, double threshold) {
        predictions.threshold = threshold;
        return metric(name).evaluate(predictions);
      };
      for (int percent = 0; percent <= 101; ++percent) {
        EXPECT_GE(at("f1", f1) + 1e-12, at("f1", percent / 100.0));
        EXPECT_GE(at("accuracy", accuracy) + 1e-12, at("accuracy", percent / 100.0));
      }
    }
  }
}

TEST(Thresholds, of_accuracy_is_above_every_score_when_nobody_should_be_called) {
  const std::vector<double> repayment = {0.1, 0.9, 0.5}, good = {0, 0, 0};
  EXPECT_GT(best_accuracy_threshold({repayment, good, {}}), 0.9);
  EXPECT_TRUE(std::isnan(best_f1_threshold({repayment, good, {}})));
}

}  // namespace
}  // namespace asof
