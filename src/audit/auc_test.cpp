#include "audit/auc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "audit/single_feature.h"
#include "base/elementary.h"
#include "base/random.h"

namespace asof::audit {
namespace {

Dataset rows_with(std::vector<double> good) {
  Dataset data;
  data.good = std::move(good);
  data.weights.assign(data.good.size(), 1.0);
  data.groups.resize(data.good.size());
  std::iota(data.groups.begin(), data.groups.end(), 0U);
  return data;
}

std::vector<std::uint32_t> all_rows(const Dataset& data) {
  std::vector<std::uint32_t> rows(data.good.size());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

// By hand: V of the repaid is 1, 1/2, 1, of the defaulted 1, 2/3; the influences are 1/18, -1/9, 1/18, 1/12, -1/12, and
// the error is the root of their squares' sum times 5/4.
TEST(Auc, and_its_error_are_those_computed_by_hand) {
  const Dataset data = rows_with({1, 1, 1, 0, 0});
  const std::vector<double> scores = {0.8, 0.4, 0.9, 0.3, 0.5};
  const Estimate found = auc(data, all_rows(data), scores);
  EXPECT_DOUBLE_EQ(found.value, 5.0 / 6.0);
  EXPECT_NEAR(found.error, 0.20126913, 1e-8);
}

TEST(Auc, ties_count_half) {
  const Dataset data = rows_with({1, 0, 1, 0});
  EXPECT_DOUBLE_EQ(auc(data, all_rows(data), std::vector<double>(4, 0.5)).value, 0.5);
}

TEST(Auc, is_missing_when_all_have_one_outcome) {
  const Dataset data = rows_with({1, 1});
  EXPECT_TRUE(is_missing(auc(data, all_rows(data), std::vector<double>{0.1, 0.2}).value));
}

TEST(Auc, the_difference_to_itself_is_nothing_without_error) {
  const Dataset data = rows_with({1, 0, 1, 0, 1});
  const std::vector<double> scores = {0.8, 0.4, 0.9, 0.3, 0.5};
  const Estimate none = auc_difference(data, all_rows(data), scores, scores);
  EXPECT_EQ(none.value, 0.0);
  EXPECT_EQ(none.error, 0.0);
}

/// Scores that say something, of so many persons.
std::pair<Dataset, std::vector<double>> drawn(std::uint64_t seed, std::size_t persons) {
  Random random(seed);
  std::vector<double> good, scores;
  for (std::size_t i = 0; i < persons; ++i) {
    good.push_back(random.uniform() < 0.4 ? 1.0 : 0.0);
    scores.push_back(random.uniform() + 0.4 * good.back());
  }
  return {rows_with(good), scores};
}

TEST(Auc, the_error_is_the_spread_of_repeated_draws) {
  constexpr std::size_t kDraws = 400;
  double sum = 0.0, squares = 0.0, errors = 0.0;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const auto [data, scores] = drawn(i, 150);
    const Estimate found = auc(data, all_rows(data), scores);
    sum += found.value;
    squares += found.value * found.value;
    errors += found.error;
  }
  const double spread = std::sqrt(squares / kDraws - (sum / kDraws) * (sum / kDraws));
  EXPECT_NEAR(errors / kDraws / spread, 1.0, 0.1);
}

TEST(Auc, a_row_that_is_there_twice_as_one_person_adds_no_certainty) {
  auto [data, scores] = drawn(1, 150);
  const Estimate once = auc(data, all_rows(data), scores);
  Dataset twice = rows_with(data.good);
  twice.good.insert(twice.good.end(), data.good.begin(), data.good.end());
  twice.weights.assign(twice.good.size(), 1.0);
  twice.groups.insert(twice.groups.end(), data.groups.begin(), data.groups.end());
  std::vector<double> twice_scores = scores;
  twice_scores.insert(twice_scores.end(), scores.begin(), scores.end());
  const Estimate found = auc(twice, all_rows(twice), twice_scores);
  EXPECT_NEAR(found.value, once.value, 1e-12);
  EXPECT_NEAR(found.error, once.error, 1e-12);
}

/// One column and halves as folds.
Estimate alone(const Dataset& rows, const std::vector<double>& values) {
  Dataset data = rows;
  data.columns = {{.name = "x", .family = "", .categories = {}}};
  data.features = Matrix(values.size(), 1);
  data.features.values = values;
  Split a, b;
  for (std::uint32_t i = 0; i < values.size(); ++i) (i % 2 == 0 ? a.train : a.test).push_back(i);
  b.train = a.test;
  b.test = a.train;
  const Split folds[] = {a, b};
  return single_feature_auc(data, 0, folds);
}

TEST(SingleFeature, is_judged_on_rows_that_its_direction_was_not_learnt_from) {
  auto [data, values] = drawn(3, 1000);
  const double upwards = alone(data, values).value;
  for (double& value : values) value = -value;
  EXPECT_GT(upwards, 0.7);
  EXPECT_NEAR(alone(data, values).value, upwards, 0.02);
  Random random(4);
  for (double& value : values) value = random.uniform();
  EXPECT_NEAR(alone(data, values).value, 0.5, 0.06);
}

TEST(SingleFeature, finds_a_column_that_knows_the_outcome_by_its_middle_or_by_being_empty) {
  auto [data, values] = drawn(5, 1000);
  Random random(6);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = data.good[i] == 1.0 ? 0.4 + 0.2 * random.uniform()
                                    : (random.uniform() < 0.5 ? 0.0 : 0.7) + 0.3 * random.uniform();
  EXPECT_GT(alone(data, values).value, 0.95);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = data.good[i] == 1.0 ? random.uniform() : kMissing;
  EXPECT_DOUBLE_EQ(alone(data, values).value, 1.0);
}

}  // namespace
}  // namespace asof::audit
