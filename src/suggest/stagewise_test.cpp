// On made-up portfolios whose truth is known: noise is refused, what was planted is found, threads change nothing.
#include "suggest/stagewise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"
#include "base/random.h"
#include "suggest/score_statistic.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using ::testing::HasSubstr;
using testing::thrown_by;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kOwn = 3;

struct Portfolio {
  std::uint64_t seed = 1;
  std::size_t rows = 1'000;
  std::size_t noise = 100;
  std::vector<double> planted = {};  ///< log-odds per standard deviation of the columns after the own
  std::size_t rows_per_person = 1;
  double person = 0.0;  ///< what is a person's own in the log-odds, and as much, but other, in every noisy column
  double drift = 0.0;   ///< log-odds gained from first to last application; noisy columns drift as much
};

/// Columns: kOwn that count a little, the planted, the noise. Every third noisy column is missing now and then, every
/// fourth takes few values, and neighbours resemble each other.
Dataset dataset(const Portfolio& portfolio) {
  Random random(portfolio.seed, 7);
  const auto normal = [&] { return normal_quantile(random.uniform() + 0x1p-54); };
  const std::size_t columns = kOwn + portfolio.planted.size() + portfolio.noise;
  Dataset data;
  data.features = Matrix(portfolio.rows, columns);
  for (std::size_t j = 0; j < columns; ++j)
    data.columns.push_back({.name = format("x{}", j), .family = format("{}", j * j % 7)});
  double person = 0.0;
  std::vector<double> own(columns);
  for (std::size_t i = 0; i < portfolio.rows; ++i) {
    if (i % portfolio.rows_per_person == 0) {
      person = normal() * portfolio.person;
      for (double& value : own) value = normal() * portfolio.person;
    }
    const double late = static_cast<double>(i) / static_cast<double>(portfolio.rows) * portfolio.drift;
    double log_odds = 1.0 + person + late, before = 0.0;
    for (std::size_t j = 0; j < columns; ++j) {
      double& value = data.features.row(i)[j];
      value = normal();
      if (j < kOwn) {
        log_odds += 0.4 * value;
      } else if (j < kOwn + portfolio.planted.size()) {
        log_odds += portfolio.planted[j - kOwn] * value;
      } else {
        value = before = 0.6 * before + 0.8 * value;
        value += late + own[j];
        if (j % 4 == 0) value = std::floor(std::max(value, 0.0));
        if (j % 3 == 0 && random.uniform() < 0.2) value = kMissing;
      }
    }
    data.good.push_back(random.uniform() < sigmoid(log_odds) ? 1.0 : 0.0);
    data.weights.push_back(1.0);
    data.groups.push_back(static_cast<std::uint32_t>(i / portfolio.rows_per_person));
    data.times.push_back(Timestamp{} + Duration{static_cast<std::int64_t>(i) * kHour.microseconds});
    data.known_at.push_back(kNoTime);
  }
  return data;
}

std::vector<std::uint32_t> every_row(const Dataset& data) {
  std::vector<std::uint32_t> rows(data.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i);
  return rows;
}

Stagewise found_in(const Dataset& data, const StagewiseOptions& options = {}) {
  return stagewise(data, kOwn, every_row(data), options);
}

std::vector<std::size_t> columns_of(const Stagewise& found) {
  std::vector<std::size_t> columns;
  for (const Earned& earned : found.earned) columns.push_back(earned.column);
  return columns;
}

/// Of `seeds` portfolios without a planted column, in how many something is kept.
int fooled(Portfolio portfolio, int seeds, const StagewiseOptions& options = {}) {
  int count = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    portfolio.seed = static_cast<std::uint64_t>(seed);
    count += found_in(dataset(portfolio), options).earned.empty() ? 0 : 1;
  }
  return count;
}

TEST(Stagewise, of_a_hundred_noisy_columns_none_is_kept_in_nineteen_of_twenty_portfolios) {
  EXPECT_LE(fooled({}, 20), 1);
}

TEST(Stagewise, noise_that_drifts_a_little_as_the_outcomes_do_is_not_kept_either) {
  EXPECT_LE(fooled({.drift = 0.5}, 20), 1);
}

TEST(Stagewise, rows_of_a_person_do_not_count_as_so_many_persons) {
  EXPECT_LE(fooled({.rows_per_person = 4, .person = 1.0}, 20), 1);
}

TEST(Stagewise, folds_by_time_are_not_fooled_by_noise) { EXPECT_LE(fooled({}, 10, {.by = SplitBy::kTime}), 1); }

TEST(Stagewise, planted_columns_are_found_among_250_of_noise) {
  const Dataset data = dataset({.seed = 3, .rows = 3'000, .noise = 250, .planted = {0.5, -0.4, 0.35, 0.3}});
  const Stagewise found = found_in(data);
  ASSERT_THAT(columns_of(found), UnorderedElementsAre(3, 4, 5, 6)) << found.stopped;
  EXPECT_THAT(found.stopped, HasSubstr("the best that chance offers"));
  EXPECT_GT(found.earned.back().roc_auc, found.roc_auc_before + 0.03);
}

TEST(Stagewise, noise_beside_the_planted_columns_costs_no_roc_auc) {
  Dataset data = dataset({.seed = 5, .rows = 3'000, .noise = 250, .planted = {0.5, -0.4, 0.35}});
  const double among_noise = found_in(data).earned.back().roc_auc;
  Dataset only = data;
  only.columns.resize(kOwn + 3);
  only.features = Matrix(data.rows(), kOwn + 3);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t j = 0; j < kOwn + 3; ++j) only.features.row(row)[j] = data.features.row(row)[j];
  }
  const Stagewise alone = found_in(only);
  ASSERT_EQ(alone.earned.size(), 3U);
  EXPECT_GT(among_noise, alone.earned.back().roc_auc - 0.003);
}

TEST(Stagewise, a_column_that_repeats_a_simpler_one_is_left_out) {
  Dataset data = dataset({.seed = 2, .rows = 2'000, .noise = 1, .planted = {0.6, 0.6}});
  for (std::size_t row = 0; row < data.rows(); ++row) {
    data.features.row(row)[4] = 2.0 * data.features.row(row)[3] + 0.1 * data.features.row(row)[4];
  }
  const Stagewise found = found_in(data);
  EXPECT_THAT(columns_of(found), UnorderedElementsAre(3));
  EXPECT_EQ(found.alike, 1U);
}

TEST(Stagewise, rows_that_are_not_named_change_nothing) {
  Dataset data = dataset({.seed = 4, .rows = 1'500, .noise = 20, .planted = {0.6}});
  std::vector<std::uint32_t> rows = every_row(data);
  rows.resize(1'000);
  const Stagewise found = stagewise(data, kOwn, rows, {});
  for (std::size_t row = 1'000; row < data.rows(); ++row) {
    data.good[row] = 1.0 - data.good[row];
    for (double& value : data.features.row(row)) value = kMissing;
  }
  const Stagewise again = stagewise(data, kOwn, rows, {});
  ASSERT_FALSE(found.earned.empty());
  EXPECT_EQ(columns_of(found), columns_of(again));
  EXPECT_EQ(found.stopped, again.stopped);
  EXPECT_EQ(found.earned.back().log_loss_gain, again.earned.back().log_loss_gain);
}

TEST(Stagewise, threads_change_no_bit) {
  const Dataset data = dataset({.seed = 6, .noise = 60, .planted = {0.6, 0.4}});
  const Stagewise one = found_in(data, {.threads = 1}), two = found_in(data, {.threads = 2});
  ASSERT_FALSE(one.earned.empty());
  ASSERT_EQ(columns_of(one), columns_of(two));
  EXPECT_EQ(one.stopped, two.stopped);
  for (std::size_t i = 0; i < one.earned.size(); ++i) {
    EXPECT_EQ(one.earned[i].log_loss_gain, two.earned[i].log_loss_gain);
    EXPECT_EQ(one.earned[i].p_value, two.earned[i].p_value);
  }
}

TEST(Stagewise, columns_can_be_found_where_there_are_none_yet) {
  const Dataset data = dataset({.seed = 8, .rows = 2'000, .noise = 20});
  EXPECT_THAT(columns_of(stagewise(data, 0, every_row(data), {})), UnorderedElementsAre(0, 1, 2));
}

TEST(Stagewise, own_columns_that_never_vary_are_as_good_as_none) {
  Dataset data = dataset({.seed = 9, .rows = 1'000, .noise = 5, .planted = {0.6}});
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t j = 0; j < kOwn; ++j) data.features.row(row)[j] = 1.0;
  }
  EXPECT_THAT(columns_of(found_in(data)), UnorderedElementsAre(3));
}

TEST(Stagewise, too_few_permutations_are_refused) {
  const Dataset data = dataset({.rows = 200, .noise = 2});
  EXPECT_THAT(thrown_by([&] { found_in(data, {.permutations = 10}); }).message, HasSubstr("10 permutations cannot"));
}

TEST(Exchange, keeps_a_persons_rows_together_and_people_in_their_stretch_of_time) {
  std::vector<std::uint32_t> groups;
  std::vector<Timestamp> times;
  std::vector<double> values;
  for (std::uint32_t row = 0; row < 2'000; ++row) {
    groups.push_back(row / 2);
    times.push_back(Timestamp{} + Duration{static_cast<std::int64_t>(row)});
    values.push_back(row);
  }
  const std::vector<double> drawn = Exchange(groups, times).draw(values, 1, 0);
  std::size_t moved = 0;
  for (std::size_t row = 0; row < drawn.size(); row += 2) {
    EXPECT_EQ(drawn[row + 1], drawn[row] + 1.0);
    EXPECT_LT(std::abs(drawn[row] - values[row]), 200.0);
    moved += drawn[row] != values[row] ? 1U : 0U;
  }
  EXPECT_GT(moved, 900U);
}

// The score statistic of one column beside an intercept is n r^2, with r the
// correlation of column and outcome: a formula of its own.
TEST(ScoreTest, of_one_column_beside_an_intercept_is_rows_times_squared_correlation) {
  const std::vector<double> good = {1, 1, 0, 1, 0, 1, 1, 0};
  const ColumnBlock none{.rows = good.size(), .values = {}};
  const ColumnBlock candidates{.rows = good.size(), .values = {3, 1, 4, 1, 5, 9, 2, 6}};
  const std::vector<std::uint32_t> groups = {0, 1, 2, 3, 4, 5, 6, 7};
  const std::vector<Timestamp> times(good.size());
  const std::vector<double> repayment(good.size(), 5.0 / 8.0);
  const ScoreTest test = score_test(none, candidates, std::vector<std::size_t>{0}, repayment, good,
                                    Exchange(groups, times), {.permutations = 20});
  const double r = correlation(candidates.column(0), good);
  EXPECT_NEAR(test.statistics[0], 8.0 * r * r, 1e-12);
  EXPECT_EQ(test.null_maximum.size(), 20U);
  EXPECT_GE(test.p_value(1e9), 1.0 / 21.0);
}

}  // namespace
}  // namespace asof
