#include "evaluate/drivers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "evaluate/mean_difference_kind.h"

namespace asof {
namespace {

using testing_kinds::kMeanDifference;
using testing_kinds::one_setting;

/// "up" and "down" are opposites of each other in one family, "alone" is missing now and then and has a family of its
/// own, "idle" is the same for both outcomes.
Dataset portfolio(std::size_t rows) {
  Random random(5);
  Dataset data;
  data.columns = {{.name = "up", .family = "activity"},
                  {.name = "down", .family = "activity"},
                  {.name = "alone", .family = "recency"},
                  {.name = "idle", .family = "network"}};
  data.features = Matrix(rows, 4);
  for (std::size_t i = 0; i < rows; ++i) {
    const double good = i % 2 == 0 ? 1.0 : 0.0;
    const double noise = random.uniform();
    auto row = data.features.row(i);
    row[0] = good + noise;
    row[1] = -good - noise + 0.001 * random.uniform();
    row[2] = random.uniform() < 0.2 ? kMissing : good + 3.0 * random.uniform();
    row[3] = static_cast<double>((i / 2) % 5);
    data.good.push_back(good);
    data.weights.push_back(1.0);
    data.groups.push_back(static_cast<std::uint32_t>(i));
  }
  return data;
}

std::vector<std::uint32_t> all_rows(const Dataset& data) {
  std::vector<std::uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

const Importance& named(const std::vector<Importance>& list, std::string_view name) {
  return *std::ranges::find(list, name, &Importance::name);
}

class DriversTest : public testing::Test {
 protected:
  DriversTest()
      : data_(portfolio(1000)), fitted_(fit(data_, all_rows(data_), kMeanDifference, one_setting(0, 0)[0], 1, 1)) {}

  Drivers found(int threads = 1) const { return drivers(fitted_, data_, all_rows(data_), 42, threads); }

  Dataset data_;
  Fitted fitted_;
};

TEST_F(DriversTest, a_feature_that_moves_nothing_has_no_importance) {
  const Drivers drivers = found();
  EXPECT_NEAR(named(drivers.features, "idle").permutation, 0.0, 1e-12);
  EXPECT_NEAR(named(drivers.features, "idle").mean_abs_shap, 0.0, 1e-12);
  EXPECT_GT(named(drivers.features, "up").permutation, 0.05);
  EXPECT_GT(named(drivers.features, "up").mean_abs_shap, 0.5);
}

TEST_F(DriversTest, are_sorted_by_mean_absolute_contribution) {
  const Drivers drivers = found();
  ASSERT_EQ(drivers.features.size(), 4U);
  ASSERT_EQ(drivers.families.size(), 3U);
  EXPECT_TRUE(std::ranges::is_sorted(drivers.features, std::ranges::greater{}, &Importance::mean_abs_shap));
  EXPECT_TRUE(std::ranges::is_sorted(drivers.families, std::ranges::greater{}, &Importance::mean_abs_shap));
}

TEST_F(DriversTest, contributions_are_summed_over_the_columns_of_a_feature_and_the_features_of_a_family) {
  const Drivers drivers = found();
  ASSERT_GT(fitted_.preprocess.outputs(), 4U) << "there is an indicator of missing values";
  double alone = 0.0, family = 0.0;
  for (std::size_t row = 0; row < data_.rows(); ++row) {
    std::vector<double> prepared(fitted_.preprocess.outputs()), parts(prepared.size());
    fitted_.preprocess.apply(data_.features.row(row), prepared);
    fitted_.model->contributions(prepared, parts);
    double sums[4] = {};
    for (std::size_t i = 0; i < parts.size(); ++i) sums[fitted_.preprocess.origins()[i]] += parts[i];
    alone += std::abs(sums[2]) / 1000.0;
    family += std::abs(sums[0] + sums[1]) / 1000.0;
  }
  EXPECT_NEAR(named(drivers.features, "alone").mean_abs_shap, alone, 1e-9);
  EXPECT_NEAR(named(drivers.families, "activity").mean_abs_shap, family, 1e-9);
}

TEST_F(DriversTest, a_family_of_one_feature_is_that_feature) {
  const Drivers drivers = found();
  EXPECT_EQ(named(drivers.families, "recency").permutation, named(drivers.features, "alone").permutation);
  EXPECT_EQ(named(drivers.families, "recency").mean_abs_shap, named(drivers.features, "alone").mean_abs_shap);
}

TEST_F(DriversTest, twins_do_not_stand_in_for_each_other_when_their_family_is_shuffled) {
  const Drivers drivers = found();
  EXPECT_GT(named(drivers.families, "activity").permutation, named(drivers.features, "up").permutation);
}

TEST_F(DriversTest, are_the_same_for_any_number_of_threads) {
  const Drivers one = found(1), three = found(3);
  for (std::size_t i = 0; i < one.features.size(); ++i) {
    EXPECT_EQ(one.features[i].name, three.features[i].name);
    EXPECT_EQ(one.features[i].permutation, three.features[i].permutation);
    EXPECT_EQ(one.features[i].mean_abs_shap, three.features[i].mean_abs_shap);
  }
}

TEST(DriversOfMany, are_found_on_a_sample_and_say_so) {
  const Dataset data = portfolio(5000);
  const Fitted fitted = fit(data, all_rows(data), kMeanDifference, one_setting(0, 0)[0], 1, 1);
  const Drivers found = drivers(fitted, data, all_rows(data), 42, 2);
  EXPECT_EQ(found.rows_explained, kExplainedRows);
  EXPECT_EQ(found.rows_permuted, kPermutedRows);
  EXPECT_EQ(found.repeats, kPermutations);
}

}  // namespace
}  // namespace asof
