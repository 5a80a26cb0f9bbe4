#include "evaluate/select.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/random.h"
#include "evaluate/mean_difference_kind.h"

namespace asof {
namespace {

using testing_kinds::kKeptOrImputed;
using testing_kinds::kMeanDifference;
using testing_kinds::kRawOrScaled;
using testing_kinds::kWrongWayRound;
using testing_kinds::one_setting;
using testing_kinds::seen_by_fit;

/// Column 0 tells something, column 1 nothing. Column 0 is missing in every third row and very skewed: the median of
/// any four fifths of its values is another one.
Dataset portfolio(std::size_t rows = 240) {
  Random random(3);
  Dataset data;
  data.columns = {{.name = "signal", .family = "activity"}, {.name = "noise", .family = "activity"}};
  data.features = Matrix(rows, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    const double signal = random.uniform();
    data.features.row(i)[0] = i % 3 == 0 ? kMissing : portable_exp(10.0 * signal - 10.0);
    data.features.row(i)[1] = random.uniform();
    data.good.push_back(random.uniform() < 0.2 + 0.6 * signal ? 1.0 : 0.0);
    data.weights.push_back(1.0);
    data.groups.push_back(static_cast<std::uint32_t>(i));
    data.times.push_back({static_cast<std::int64_t>(i) * kDay.microseconds});
    data.known_at.push_back(kNoTime);
  }
  return data;
}

std::vector<std::uint32_t> all_rows(const Dataset& data) {
  std::vector<std::uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

double median_of_signal(const Dataset& data, std::span<const std::uint32_t> rows) {
  std::vector<double> values;
  for (const std::uint32_t row : rows) {
    if (!is_missing(data.features.row(row)[0])) values.push_back(data.features.row(row)[0]);
  }
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

const ModelKind* const kOne[] = {&kMeanDifference};

TEST(Select, preprocessing_in_a_fold_is_fitted_on_its_training_rows_alone) {
  const Dataset data = portfolio();
  const auto rows = all_rows(data);
  for (const SplitBy by : {SplitBy::kStratified, SplitBy::kTime}) {
    const SelectOptions options{.by = by};
    const auto folds =
        by == SplitBy::kTime ? forward_folds(data, rows, options.folds) : stratified_folds(data, rows, options.folds);
    seen_by_fit().clear();
    select(data, rows, kOne, options, {});
    ASSERT_EQ(seen_by_fit().size(), folds.size());
    for (std::size_t k = 0; k < folds.size(); ++k) {
      const Matrix& seen = seen_by_fit()[k];
      const double median = median_of_signal(data, folds[k].train);
      ASSERT_NE(median, median_of_signal(data, rows)) << "the data would not show a leak";
      ASSERT_EQ(seen.rows, folds[k].train.size());
      for (std::size_t i = 0; i < seen.rows; ++i) {
        if (is_missing(data.features.row(folds[k].train[i])[0])) {
          EXPECT_EQ(seen.row(i)[0], median);
        }
      }
    }
  }
}

TEST(Select, a_fold_is_scored_as_if_fitted_by_hand_on_its_training_rows) {
  const Dataset data = portfolio();
  const auto rows = all_rows(data);
  const SelectOptions options;
  const Selection selection = select(data, rows, kOne, options, {});
  const auto folds = stratified_folds(data, rows, options.folds);
  double sum = 0.0;
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const Fitted fitted = fit(data, folds[k].train, kMeanDifference, selection.trials[0].setting, options.seed, 1);
    std::vector<double> repayment, good;
    for (const std::uint32_t row : folds[k].test) {
      repayment.push_back(fitted.repayment(data.features.row(row)));
      good.push_back(data.good[row]);
      EXPECT_EQ(selection.out_of_fold[row], repayment.back());
    }
    EXPECT_EQ(selection.trials[0].fold_roc_auc[k], metric("roc_auc").evaluate({repayment, good, {}}));
    sum += selection.trials[0].fold_roc_auc[k];
  }
  EXPECT_DOUBLE_EQ(selection.trials[0].roc_auc, sum / static_cast<double>(folds.size()));
}

TEST(Select, the_plainest_is_chosen_of_those_that_the_first_is_not_clearly_ahead_of) {
  const ModelKind* const kinds[] = {&kRawOrScaled};  // "raw" is listed first: the plainer one
  int plainer_chosen = 0, clearly_ahead = 0;
  for (std::size_t count = 60; count <= 900; count += 40) {
    const Dataset data = portfolio(count);
    const Selection selection = select(data, all_rows(data), kinds, {}, {});
    const Trial& first = selection.trials[0];
    const Trial& second = selection.trials[1];
    double mean = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < 5; ++k) mean += (first.fold_roc_auc[k] - second.fold_roc_auc[k]) / 5.0;
    for (std::size_t k = 0; k < 5; ++k) {
      const double deviation = first.fold_roc_auc[k] - second.fold_roc_auc[k] - mean;
      squares += deviation * deviation;
    }
    const bool equal = mean <= std::sqrt(squares / 4.0 / 5.0);
    const std::size_t expected = equal && first.setting.name == "scaled" ? 1 : 0;
    EXPECT_EQ(selection.best, expected) << count << " rows";
    EXPECT_EQ(selection.why_not_first.empty(), expected == 0) << selection.why_not_first;
    plainer_chosen += expected == 1 ? 1 : 0;
    clearly_ahead += !equal && first.setting.name == "scaled" ? 1 : 0;
  }
  EXPECT_GT(plainer_chosen, 0);
  EXPECT_GT(clearly_ahead, 0);
}

TEST(Select, a_clearly_higher_roc_auc_is_chosen_whatever_the_order_of_candidates) {
  const Dataset data = portfolio(1500);
  const auto rows = all_rows(data);
  for (const bool wrong_first : {true, false}) {
    const ModelKind* const kinds[] = {wrong_first ? &kWrongWayRound : &kMeanDifference,
                                      wrong_first ? &kMeanDifference : &kWrongWayRound};
    const Selection selection = select(data, rows, kinds, {}, {});
    EXPECT_EQ(selection.trials[selection.best].kind, "mean_difference");
    EXPECT_GT(selection.trials[0].roc_auc, 0.5);
    ASSERT_EQ(selection.leaderboard.size(), 2U);
    EXPECT_EQ(selection.leaderboard[1].kind, "wrong");
    EXPECT_LT(selection.leaderboard[1].roc_auc, 0.5);
  }
}

TEST(Select, thresholds_come_from_the_out_of_fold_predictions_of_the_best) {
  const Dataset data = portfolio();
  const auto rows = all_rows(data);
  const Selection selection = select(data, rows, kOne, {}, {});
  const Predictions out_of_fold{selection.out_of_fold, data.good, {}, Outcome::kRepaid};
  EXPECT_EQ(selection.thresholds.repaid, best_f1_threshold(out_of_fold));
  EXPECT_EQ(selection.thresholds.accuracy, best_accuracy_threshold(out_of_fold));
}

TEST(Select, by_time_rows_before_the_first_test_stretch_are_never_predicted) {
  const Dataset data = portfolio();
  const auto rows = all_rows(data);
  const Selection selection = select(data, rows, kOne, {.by = SplitBy::kTime}, {});
  EXPECT_TRUE(is_missing(selection.out_of_fold.front()));
  EXPECT_FALSE(is_missing(selection.out_of_fold.back()));
  EXPECT_FALSE(is_missing(selection.thresholds.repaid));
}

TEST(Select, only_the_rows_named_are_looked_at) {
  Dataset data = portfolio();
  const auto rows = all_rows(data);
  const std::vector<std::uint32_t> train(rows.begin(), rows.begin() + 180);
  const Selection before = select(data, train, kOne, {}, {});
  for (std::size_t row = 180; row < data.rows(); ++row) {
    data.features.row(row)[0] = 1e9;
    data.good[row] = 1.0 - data.good[row];
  }
  const Selection after = select(data, train, kOne, {}, {});
  EXPECT_EQ(before.trials[0].fold_roc_auc, after.trials[0].fold_roc_auc);
  EXPECT_EQ(before.out_of_fold, after.out_of_fold);
  EXPECT_EQ(after.out_of_fold.size(), train.size());
}

TEST(Select, repeats_are_averaged) {
  const Dataset data = portfolio();
  const auto rows = all_rows(data);
  const Selection selection = select(data, rows, kOne, {.folds = {.folds = 4, .repeats = 3}}, {});
  EXPECT_EQ(selection.folds, 12U);
  EXPECT_EQ(selection.trials[0].fold_roc_auc.size(), 12U);
  for (const double repayment : selection.out_of_fold) EXPECT_TRUE(repayment > 0.0 && repayment < 1.0);
}

TEST(Select, says_why_missing_values_are_kept_or_imputed_with_the_figures_of_both) {
  const Dataset data = portfolio();
  const ModelKind* const kinds[] = {&kKeptOrImputed, &kMeanDifference};
  const Selection selection = select(data, all_rows(data), kinds, {}, {});
  ASSERT_EQ(selection.trials.size(), 3U);
  const auto trial = std::ranges::find(selection.trials, "kept", [](const Trial& one) { return one.setting.name; });
  const std::string figure = std::to_string(trial->roc_auc).substr(0, 4);
  EXPECT_NE(selection.missing_values_reason.find("Kept or imputed: "), std::string::npos);
  EXPECT_NE(selection.missing_values_reason.find(figure), std::string::npos) << selection.missing_values_reason;
  EXPECT_EQ(selection.missing_values_reason.find("Mean difference"), std::string::npos);
}

TEST(Select, without_missing_values_the_two_ways_are_tried_once) {
  Dataset data = portfolio();
  for (std::size_t row = 0; row < data.rows(); row += 3) data.features.row(row)[0] = 5.0;
  const ModelKind* const kinds[] = {&kKeptOrImputed};
  const Selection selection = select(data, all_rows(data), kinds, {}, {});
  EXPECT_EQ(selection.trials.size(), 1U);
  EXPECT_NE(selection.missing_values_reason.find("No training row"), std::string::npos);
}

TEST(Select, progress_counts_every_fold_of_every_candidate) {
  const Dataset data = portfolio();
  const ModelKind* const kinds[] = {&kMeanDifference, &kWrongWayRound};
  std::vector<std::string> said;
  std::uint64_t last = 0;
  select(data, all_rows(data), kinds, {}, [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
    said.emplace_back(what);
    EXPECT_EQ(done, ++last);
    EXPECT_EQ(total, 10U);
  });
  ASSERT_EQ(said.size(), 10U);
  EXPECT_EQ(said[0], "Mean difference (plain), fold 1 of 5");
  EXPECT_EQ(said[9], "Wrong way round (plain), fold 5 of 5");
}

TEST(Select, unknown_candidates_and_features_that_do_not_vary_are_refused) {
  Dataset data = portfolio();
  EXPECT_THROW(select(data, all_rows(data), {.candidates = {"no_such_kind"}}, {}), Error);
  std::ranges::fill(data.features.values, 1.0);
  try {
    select(data, all_rows(data), kOne, {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    EXPECT_NE(std::string(error.what()).find("none of the 2 features varies"), std::string::npos) << error.what();
  }
}

TEST(Select, a_score_never_goes_against_a_direction_whatever_prepares_the_feature) {
  Dataset data = portfolio();
  const std::vector<std::uint32_t> rows = all_rows(data);
  data.columns[0].direction = Direction::kIncreasesRisk;  // the data say the contrary
  for (const ModelKind* kind : model_kinds()) {
    if (!kind->keeps_directions) {
      EXPECT_THROW(fit(data, rows, *kind, kind->settings(rows.size(), 2).front(), 1, 1), Error) << kind->name;
      continue;
    }
    for (const Setting& setting : kind->settings(rows.size(), 2)) {
      const Fitted fitted = fit(data, rows, *kind, setting, 1, 1);
      double last = 1.0;
      for (double signal = 0.0; signal <= 1.0; signal += 0.01) {
        const double features[] = {portable_exp(10.0 * signal - 10.0), 0.5};
        const double repayment = fitted.repayment(features);
        EXPECT_LE(repayment, last) << kind->name << ", " << setting.name;
        last = repayment;
      }
    }
  }
  EXPECT_EQ(select(data, rows, SelectOptions{.folds = {.folds = 2}}, {}).not_tried,
            "Not tried, since they cannot keep to `directions`: random_forest");
}

TEST(Select, kinds_that_cannot_weigh_rows_are_left_out_with_a_word_unless_they_were_asked_for) {
  Dataset data = portfolio();
  data.weights[3] = 2.0;
  std::vector<std::uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const Selection selection = select(data, rows, SelectOptions{.folds = {.folds = 2}}, {});
  EXPECT_EQ(selection.leaderboard.size(), model_kinds().size() - 2);
  EXPECT_EQ(selection.not_tried,
            "Not tried, since they cannot learn from rows of different weight: logistic, scorecard");
  EXPECT_THROW(select(data, rows, SelectOptions{.candidates = {"logistic"}, .folds = {.folds = 2}}, {}), Error);
}

TEST(Fitted, registered_kinds_rank_the_signal_and_do_not_depend_on_threads) {
  const Dataset data = portfolio(1500);
  const auto rows = all_rows(data);
  const Split fold = stratified_folds(data, rows, {.folds = 2}).front();
  std::vector<double> good;
  for (const std::uint32_t row : fold.test) good.push_back(data.good[row]);
  for (const ModelKind* kind : model_kinds()) {
    const Setting setting = kind->settings(rows.size(), data.columns.size()).front();
    const auto one = predict(fit(data, fold.train, *kind, setting, 42, 1), data, fold.test, 1);
    const auto two = predict(fit(data, fold.train, *kind, setting, 42, 2), data, fold.test, 2);
    EXPECT_EQ(one, two) << kind->name;
    EXPECT_GT(metric("roc_auc").evaluate({one, good, {}}), 0.56) << kind->name;
  }
}

TEST(Fitted, one_row_and_many_are_the_same_bits) {
  const Dataset data = portfolio();
  const auto rows = all_rows(data);
  const Fitted fitted = fit(data, rows, kMeanDifference, one_setting(0, 0)[0], 1, 1);
  const std::vector<double> many = predict(fitted, data, rows, 2);
  for (const std::uint32_t row : rows) EXPECT_EQ(many[row], fitted.repayment(data.features.row(row)));
}

}  // namespace
}  // namespace asof
