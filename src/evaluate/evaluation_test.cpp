#include "evaluate/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "asof/error.h"
#include "base/random.h"

namespace asof {
namespace {

struct Scored {
  std::vector<double> repayment, good, weights;
  std::vector<std::uint32_t> persons;

  Predictions predictions() const { return {repayment, good, weights}; }
};

/// Applications with an AUC near 0.67; `per_person` of each person have the same probability and outcome.
Scored scored(std::size_t persons, std::size_t per_person = 1) {
  Random random(11);
  Scored result;
  for (std::uint32_t person = 0; person < persons; ++person) {
    const double repayment = random.uniform();
    const double good = random.uniform() < 0.1 + 0.5 * repayment ? 1.0 : 0.0;
    for (std::size_t i = 0; i < per_person; ++i) {
      result.repayment.push_back(repayment);
      result.good.push_back(good);
      result.persons.push_back(1000 - person);
    }
  }
  return result;
}

Evaluation evaluated(const Scored& rows, const EvaluateOptions& options = {.resamples = 200}) {
  return evaluate(rows.predictions(), rows.persons, minority(rows.good), 0.3,
                  {.repaid = 0.4, .defaulted = 0.5, .accuracy = 0.6}, options);
}

TEST(Evaluation, has_every_metric_and_both_outcomes_for_those_of_one_class_the_minority_first) {
  const Evaluation evaluation = evaluated(scored(300));
  std::size_t figure = 0;
  for (const Metric* metric : metrics()) {
    EXPECT_EQ(evaluation.figures.at(figure).metric, metric->name);
    EXPECT_EQ(evaluation.figures[figure].positive.has_value(), metric->of_one_class);
    if (metric->of_one_class) {
      EXPECT_EQ(evaluation.figures[figure].positive, evaluation.minority);
      EXPECT_EQ(evaluation.figures.at(++figure).metric, metric->name);
    }
    ++figure;
  }
  EXPECT_EQ(figure, evaluation.figures.size());
  EXPECT_EQ(evaluation.rows, evaluation.repaid + evaluation.defaulted);
}

TEST(Evaluation, a_figure_is_what_its_metric_says_and_lies_in_its_interval) {
  const Scored rows = scored(300);
  const Evaluation evaluation = evaluated(rows);
  Predictions predictions = rows.predictions();
  EXPECT_EQ(evaluation.figure("roc_auc").value, metric("roc_auc").evaluate(predictions));
  EXPECT_EQ(evaluation.figure("brier").value, metric("brier").evaluate(predictions));
  predictions.threshold = 0.6;
  EXPECT_EQ(evaluation.figure("accuracy").value, metric("accuracy").evaluate(predictions));
  predictions.positive = Outcome::kDefaulted;
  predictions.threshold = 0.5;
  EXPECT_EQ(evaluation.figure("f1", Outcome::kDefaulted).value, metric("f1").evaluate(predictions));
  for (const Figure& figure : evaluation.figures) {
    EXPECT_LT(figure.interval.low, figure.value) << figure.metric;
    EXPECT_GT(figure.interval.high, figure.value) << figure.metric;
  }
  EXPECT_THROW(evaluation.figure("f1"), Error);
}

TEST(Evaluation, stands_beside_constant_answers) {
  const Scored rows = scored(300);
  const Evaluation evaluation = evaluated(rows);
  const auto repaid = static_cast<double>(evaluation.repaid) / static_cast<double>(evaluation.rows);
  const auto baseline = [&](std::string_view name, std::optional<Outcome> positive, std::size_t i) {
    return evaluation.figure(name, positive).baselines.at(i);
  };
  using Baseline = std::pair<std::string, double>;
  EXPECT_EQ(baseline("roc_auc", {}, 0), Baseline("base rate", 0.5));
  EXPECT_NEAR(baseline("pr_auc", Outcome::kRepaid, 0).second, repaid, 1e-12);
  EXPECT_NEAR(baseline("pr_auc", Outcome::kDefaulted, 0).second, 1.0 - repaid, 1e-12);
  EXPECT_NEAR(baseline("log_loss", {}, 0).second, -repaid * std::log(0.3) - (1 - repaid) * std::log(0.7), 1e-12);
  EXPECT_NEAR(baseline("brier", {}, 0).second, repaid * 0.49 + (1 - repaid) * 0.09, 1e-12);
  EXPECT_EQ(baseline("accuracy", {}, 0).first, "all repaid");
  EXPECT_NEAR(baseline("accuracy", {}, 0).second, repaid, 1e-12);
  EXPECT_EQ(baseline("accuracy", {}, 1).first, "all defaulted");
  EXPECT_NEAR(baseline("accuracy", {}, 1).second, 1.0 - repaid, 1e-12);
  EXPECT_NEAR(baseline("f1", Outcome::kRepaid, 0).second, 2 * repaid / (1 + repaid), 1e-12);
  EXPECT_EQ(baseline("f1", Outcome::kRepaid, 1).second, 0.0);
  EXPECT_NEAR(baseline("f1", Outcome::kDefaulted, 1).second, 2 * (1 - repaid) / (2 - repaid), 1e-12);
}

TEST(Evaluation, is_the_same_for_any_number_of_threads_and_another_for_another_seed) {
  const Scored rows = scored(200);
  const std::string one = to_json(to_json_value(evaluated(rows, {.resamples = 100, .threads = 1})));
  EXPECT_EQ(one, to_json(to_json_value(evaluated(rows, {.resamples = 100, .threads = 3}))));
  EXPECT_NE(one, to_json(to_json_value(evaluated(rows, {.resamples = 100, .seed = 7, .threads = 1}))));
}

TEST(Evaluation, draws_persons_and_not_rows) {
  // Four equal rows of each person are four times the rows and not a bit more evidence.
  const Interval single = evaluated(scored(400, 1)).figure("roc_auc").interval;
  const Interval fourfold = evaluated(scored(400, 4)).figure("roc_auc").interval;
  EXPECT_NEAR(single.low, fourfold.low, 1e-12);
  EXPECT_NEAR(single.high, fourfold.high, 1e-12);
}

TEST(Evaluation, interval_of_a_mean_has_the_width_that_theory_says) {
  const Evaluation evaluation = evaluated(scored(2000), {.resamples = 1000});
  const Figure& accuracy = evaluation.figure("accuracy");
  const double error = std::sqrt(accuracy.value * (1.0 - accuracy.value) / 2000.0);
  EXPECT_NEAR((accuracy.interval.high - accuracy.interval.low) / (2 * 1.96 * error), 1.0, 0.1);
}

TEST(Evaluation, with_one_outcome_has_nan_where_undefined_and_reads_back) {
  Scored rows = scored(50);
  rows.good.assign(rows.good.size(), 1.0);
  const Evaluation evaluation = evaluated(rows);
  EXPECT_TRUE(std::isnan(evaluation.figure("roc_auc").value));
  EXPECT_TRUE(std::isnan(evaluation.figure("roc_auc").interval.low));
  const Json json = to_json_value(evaluation);
  EXPECT_EQ(to_json(to_json_value(evaluation_from_json(parse_json(to_json(json))))), to_json(json));
}

TEST(Evaluation, comes_back_from_json_to_the_bit) {
  const Evaluation evaluation = evaluated(scored(300));
  const std::string json = to_pretty_json(to_json_value(evaluation));
  const Evaluation read = evaluation_from_json(parse_json(json));
  EXPECT_EQ(to_pretty_json(to_json_value(read)), json);
  EXPECT_EQ(read.figure("roc_auc").interval.low, evaluation.figure("roc_auc").interval.low);
  EXPECT_EQ(read.thresholds.accuracy, evaluation.thresholds.accuracy);
}

TEST(Evaluation, refuses_nothing_to_evaluate) {
  EXPECT_THROW(evaluated(Scored{}), Error);
  Scored rows = scored(5);
  rows.persons.pop_back();
  EXPECT_THROW(evaluated(rows), Error);
}

TEST(PercentileInterval, is_that_of_type_seven_quantiles) {
  std::vector<double> values;
  for (int i = 100; i >= 0; --i) values.push_back(i);
  const Interval interval = percentile_interval(values);
  EXPECT_DOUBLE_EQ(interval.low, 2.5);
  EXPECT_DOUBLE_EQ(interval.high, 97.5);
  EXPECT_TRUE(std::isnan(percentile_interval({}).low));
  EXPECT_TRUE(std::isnan(percentile_interval({1.0, NAN, NAN}).high));
}

TEST(GroupBootstrap, brings_all_rows_of_a_person_equally_often_and_as_many_persons_as_there_are) {
  const std::vector<std::uint32_t> persons = {7, 7, 3, 900, 3, 7};
  const GroupBootstrap bootstrap(persons, 5);
  for (std::size_t resample = 0; resample < 50; ++resample) {
    std::vector<double> times(persons.size());
    bootstrap.draw(resample, times);
    EXPECT_EQ(times[0], times[1]);
    EXPECT_EQ(times[0], times[5]);
    EXPECT_EQ(times[2], times[4]);
    EXPECT_EQ(times[0] + times[2] + times[3], 3.0);
  }
}

}  // namespace
}  // namespace asof
