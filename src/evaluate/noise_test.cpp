// Where there is nothing to find, nothing is found: 500 columns of noise, every fitted transform switched on.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/elementary.h"
#include "base/random.h"
#include "dataset/split.h"
#include "evaluate/choose_calibration.h"
#include "evaluate/fitted.h"
#include "evaluate/metric.h"

namespace asof {
namespace {

constexpr std::size_t kRows = 600;
constexpr std::size_t kNumbers = 490;
constexpr std::size_t kTexts = 10;
constexpr std::size_t kCategories = 60;

/// Two applications per person, missing values, heavy tails and texts; outcomes are thrown like a coin per person.
Dataset noise(std::uint64_t seed) {
  Random random(seed);
  Dataset data;
  for (std::size_t j = 0; j < kNumbers; ++j) data.columns.push_back({.name = "number " + std::to_string(j)});
  for (std::size_t j = 0; j < kTexts; ++j) {
    data.columns.push_back({.name = "text " + std::to_string(j)});
    for (std::size_t k = 0; k < kCategories; ++k) data.columns.back().categories.push_back(std::to_string(k));
  }
  data.features = Matrix(kRows, data.columns.size());
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto row = data.features.row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      const bool text = j >= kNumbers;
      const double value = text ? static_cast<double>(random.below(kCategories))
                                : portable_exp(normal_quantile(0.001 + 0.998 * random.uniform()));
      row[j] = j % 7 == 0 && random.uniform() < 0.3 ? kMissing : value;
    }
    if (i % 2 == 1) {  // the person's second application looks like the first, and ends like it
      std::ranges::copy(data.features.row(i - 1).first(40), row.begin());
    }
    data.good.push_back(i % 2 == 1 ? data.good.back() : (random.uniform() < 0.4 ? 1.0 : 0.0));
    data.weights.push_back(1.0);
    data.groups.push_back(static_cast<std::uint32_t>(i / 2));
    data.times.push_back({static_cast<std::int64_t>(i) * kDay.microseconds});
    data.known_at.push_back(kNoTime);
  }
  return data;
}

class Noise : public testing::TestWithParam<const ModelKind*> {};

TEST_P(Noise, is_worth_nothing_whatever_is_fitted_to_it) {
  const ModelKind& kind = *GetParam();
  std::vector<std::uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0U);
  const Dataset data = noise(3);
  Setting setting = kind.settings(kRows, data.columns.size()).front();
  setting.preprocess.texts = TextEncoding::kTarget;
  setting.preprocess.clip = 0.01;
  std::vector<double> tested, good;
  std::vector<std::uint32_t> groups;
  for (const Split& fold : stratified_folds(data, rows, {.folds = 2})) {
    const std::vector<double> predicted = margins(fit(data, fold.train, kind, setting, 42, 2), data, fold.test, 2);
    tested.insert(tested.end(), predicted.begin(), predicted.end());
    for (const std::uint32_t row : fold.test) good.push_back(data.good[row]), groups.push_back(data.groups[row]);
  }
  // Four standard deviations of the ROC-AUC of chance over 300 persons, 40 % of them repaid.
  const double band = 4.0 * std::sqrt((1.0 / 120.0 + 1.0 / 180.0) / 12.0);
  EXPECT_NEAR(metric("roc_auc").evaluate({tested, good, {}}), 0.5, band);
  const ChosenCalibration chosen = choose_calibration({tested, good, {}}, groups, 42);
  for (double& margin : tested) margin = chosen.calibration.apply(margin);
  EXPECT_NEAR(metric("roc_auc").evaluate({tested, good, {}}), 0.5, band) << "calibrated: " << chosen.reason;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Noise, testing::ValuesIn(model_kinds().begin(), model_kinds().end()),
                         [](const auto& test) { return std::string(test.param->name); });

}  // namespace
}  // namespace asof
