// What features of texts are worth to real models, whichever way they become numbers: nothing where there is nothing,
// and what there is where indicators of the most frequent few cannot show it.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/elementary.h"
#include "base/random.h"
#include "evaluate/select.h"

namespace asof {
namespace {

constexpr std::size_t kRows = 3000;
constexpr const char* kKinds[] = {"logistic", "gradient_boosting"};

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(std::to_string(i));
  return result;
}

/// One application per person. `shop` is one of 400 shops, `receipt` is another text in every row, `income` a number.
/// The log-odds of repayment are `worth_of_shop` times a number drawn for the shop plus `worth_of_income` times income.
Dataset portfolio(std::uint64_t seed, double worth_of_shop, double worth_of_income) {
  constexpr std::size_t kShops = 400;
  Random random(seed);
  std::vector<double> shops;
  for (std::size_t i = 0; i < kShops; ++i) shops.push_back(normal_quantile(0.001 + 0.998 * random.uniform()));
  Dataset data;
  data.columns = {{.name = "shop", .family = "text", .categories = names(kShops)},
                  {.name = "receipt", .family = "text", .categories = names(kRows)},
                  {.name = "income", .family = "number", .categories = {}}};
  data.features = Matrix(kRows, 3);
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::uint64_t shop = random.below(kShops);
    const double income = normal_quantile(0.001 + 0.998 * random.uniform());
    data.features.row(i)[0] = random.uniform() < 0.05 ? kMissing : static_cast<double>(shop);
    data.features.row(i)[1] = static_cast<double>(i);
    data.features.row(i)[2] = income;
    data.good.push_back(random.uniform() < sigmoid(worth_of_shop * shops[shop] + worth_of_income * income) ? 1.0 : 0.0);
    data.weights.push_back(1.0);
    data.groups.push_back(static_cast<std::uint32_t>(i));
    data.times.push_back({static_cast<std::int64_t>(i) * kDay.microseconds});
    data.known_at.push_back(kNoTime);
  }
  return data;
}

std::vector<std::uint32_t> all_rows() {
  std::vector<std::uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

/// Cross-validated ROC-AUC of the kind's best setting with that encoding.
double auc(const Dataset& data, std::string_view kind, TextEncoding encoding) {
  const ModelKind* const kinds[] = {&model_kind(kind)};
  return select(data, all_rows(), kinds, {.threads = 2, .texts = {encoding}}, {}).trials.front().roc_auc;
}

double auc_of(std::span<const double> values, const std::vector<double>& good) {
  return metric("roc_auc").evaluate({values, good, {}});
}

/// Four standard deviations of the ROC-AUC of chance, both outcomes being equally frequent.
const double kNoise = 4.0 * std::sqrt(1.0 / (3.0 * kRows));

TEST(TextEncodingLaw, chance_stays_chance_in_cross_validation) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Dataset data = portfolio(seed, 0.0, 0.0);
    for (const char* kind : kKinds) EXPECT_NEAR(auc(data, kind, TextEncoding::kTarget), 0.5, kNoise) << kind;
  }
}

TEST(TextEncodingLaw, a_model_learns_from_chance_what_chance_is_worth) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Dataset data = portfolio(seed, 0.0, 0.0);
    const Preprocess preprocess = Preprocess::fit(data, all_rows(), {.texts = TextEncoding::kTarget});
    ASSERT_EQ(preprocess.names(), (std::vector<std::string>{"shop (mean outcome)", "income"}));
    const Matrix seen = preprocess.training_matrix(data, all_rows());
    const Matrix scored = preprocess.apply(data.features, all_rows());
    std::vector<double> seen_shop, scored_shop;
    for (std::size_t i = 0; i < kRows; ++i) {
      seen_shop.push_back(seen.row(i)[0]);
      scored_shop.push_back(scored.row(i)[0]);
    }
    EXPECT_NEAR(auc_of(seen_shop, data.good), 0.5, kNoise);
    EXPECT_GT(auc_of(scored_shop, data.good), 0.6) << "with their own outcomes the rows would seem to be told apart";
  }
}

TEST(TextEncodingLaw, a_text_that_tells_nothing_takes_nothing_from_what_does) {
  const Dataset data = portfolio(4, 0.0, 1.0);
  Dataset income_only = data;
  for (std::size_t i = 0; i < kRows; ++i) income_only.features.row(i)[0] = income_only.features.row(i)[1] = kMissing;
  for (const char* kind : kKinds) {
    const double without = auc(income_only, kind, TextEncoding::kTarget);
    EXPECT_GT(without, 0.7);
    EXPECT_GT(auc(data, kind, TextEncoding::kTarget), without - 0.01) << kind;
  }
}

TEST(TextEncoding, what_hundreds_of_categories_tell_is_found) {
  const Dataset data = portfolio(5, 1.5, 0.0);
  for (const char* kind : kKinds) {
    const double indicators = auc(data, kind, TextEncoding::kIndicators);
    EXPECT_LT(indicators, 0.6) << kind << ": 32 of 400 shops have a column";
    EXPECT_GT(auc(data, kind, TextEncoding::kTarget), indicators + 0.1) << kind;
  }
}

TEST(TextEncoding, is_chosen_by_cross_validation_where_there_are_texts) {
  const Dataset data = portfolio(5, 1.5, 0.0);
  const ModelKind* const kinds[] = {&model_kind("logistic")};
  const Selection selection = select(data, all_rows(), kinds, {.threads = 2}, {});
  EXPECT_EQ(selection.trials.size(), 2 * model_kind("logistic").settings(kRows, 3).size());
  EXPECT_EQ(selection.trials.front().setting.preprocess.texts, TextEncoding::kTarget);
  EXPECT_TRUE(selection.trials.front().setting.name.ends_with(", target encoding"));

  Dataset numbers = data;
  for (FeatureColumn& column : numbers.columns) column.categories.clear();
  const std::vector<Trial> trials = select(numbers, all_rows(), kinds, {.threads = 2}, {}).trials;
  EXPECT_EQ(trials.size(), model_kind("logistic").settings(kRows, 3).size());
  for (const Trial& trial : trials) EXPECT_EQ(trial.setting.preprocess.texts, TextEncoding::kIndicators);
}

}  // namespace
}  // namespace asof
