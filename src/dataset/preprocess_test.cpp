#include "dataset/preprocess.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

struct TestColumn {
  std::string name;
  std::vector<double> values;
  std::vector<std::string> categories = {};
};

Dataset dataset(const std::vector<TestColumn>& columns) {
  Dataset data;
  data.features = Matrix(columns.front().values.size(), columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    data.columns.push_back({.name = columns[j].name, .categories = columns[j].categories});
    for (std::size_t i = 0; i < data.rows(); ++i) data.features.row(i)[j] = columns[j].values[i];
  }
  return data;
}

std::vector<std::uint32_t> first_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  for (std::size_t i = 0; i < count; ++i) rows[i] = static_cast<std::uint32_t>(i);
  return rows;
}

Preprocess fit_all(const Dataset& data, const PreprocessOptions& options = {}) {
  return Preprocess::fit(data, first_rows(data.rows()), options);
}

std::vector<double> applied(const Preprocess& preprocess, const std::vector<double>& row) {
  std::vector<double> out(preprocess.outputs());
  preprocess.apply(row, out);
  return out;
}

std::vector<std::uint64_t> bits(std::span<const double> values) {
  std::vector<std::uint64_t> result;
  for (const double value : values) result.push_back(std::bit_cast<std::uint64_t>(value));
  return result;
}

using Names = std::vector<std::string>;
using Values = std::vector<double>;

TEST(PreprocessTest, MissingBecomesTheMedianAndAnIndicator) {
  const Preprocess preprocess = fit_all(dataset({{"speed", {1, 9, kMissing, 2}}, {"count", {4, 3, 2, 1}}}));
  EXPECT_EQ(preprocess.names(), (Names{"speed", "speed is missing", "count"}));
  EXPECT_EQ(preprocess.origins(), (std::vector<std::uint32_t>{0, 0, 1}));
  EXPECT_EQ(applied(preprocess, {kMissing, 7}), (Values{2, 1, 7}));
  EXPECT_EQ(applied(preprocess, {5, kMissing}), (Values{5, 0, 2.5}))
      << "complete in training: the median, no indicator";
}

TEST(PreprocessTest, MissingIsKeptWhereTrainingHadSome) {
  const Preprocess preprocess =
      fit_all(dataset({{"speed", {1, 9, kMissing, 2}}, {"count", {4, 3, 2, 1}}}), {.missing = MissingValues::kKept});
  EXPECT_EQ(preprocess.names(), (Names{"speed", "count"}));
  const Values out = applied(preprocess, {kMissing, kMissing});
  EXPECT_TRUE(is_missing(out[0]));
  EXPECT_EQ(out[1], 2.5);
}

TEST(PreprocessTest, InfinityIsMissing) {
  const Preprocess preprocess = fit_all(dataset({{"ratio", {1, kInfinite, 3, -kInfinite}}}));
  EXPECT_EQ(preprocess.names(), (Names{"ratio", "ratio is missing"}));
  EXPECT_EQ(applied(preprocess, {kInfinite}), (Values{2, 1}));
}

TEST(PreprocessTest, ConstantAndDuplicateColumnsAreDroppedWithASentence) {
  const Dataset data = dataset({{"a", {1, 2, kMissing, 3}},
                                {"constant", {7, 7, 7, 7}},
                                {"empty", {kMissing, kMissing, kMissing, kMissing}},
                                {"copy", {1, 2, kMissing, 3}},
                                {"zeros", {0.0, -0.0, 0.0, 0.0}},
                                {"once", {5, kMissing, 5, 5}},
                                {"b", {2, 4, kMissing, 1}}});
  const Preprocess preprocess = fit_all(data);
  EXPECT_EQ(preprocess.names(), (Names{"a", "a is missing", "once is missing", "b"}));
  EXPECT_EQ(preprocess.dropped(), (Names{"`constant` is dropped: every training row has the value 7",
                                         "`empty` is dropped: no training row has a value",
                                         "`copy` is dropped: equal to `a` in every training row",
                                         "`zeros` is dropped: every training row has the value 0",
                                         "`once` is used only as present or missing: its one value is 5",
                                         "`b is missing` is dropped: equal to `a is missing` in every training row"}));
  const Preprocess kept = fit_all(data, {.missing = MissingValues::kKept});
  EXPECT_EQ(kept.names(), (Names{"a", "once", "b"}));
}

TEST(PreprocessTest, OnlyTheNamedRowsAreLookedAt) {
  const Dataset data = dataset({{"x", {1, 2, 3, 1000, kMissing}}, {"y", {0, 0, 0, 1, 2}}});
  const Preprocess preprocess = Preprocess::fit(data, first_rows(3), {});
  EXPECT_EQ(preprocess.names(), (Names{"x"}));
  EXPECT_EQ(applied(preprocess, {kMissing, 5}), (Values{2}));
}

TEST(PreprocessTest, CategoriesHaveAColumnEachAndTheRestShareOne) {
  // a: three times, b: twice, c and d: once; the order of the codes means nothing.
  const Dataset data = dataset({{"city", {2, 2, 2, 0, 0, 1, 3, kMissing}, {"b", "c", "a", "d", "never"}}});
  const Preprocess preprocess = fit_all(data, {.categories = 2});
  EXPECT_EQ(preprocess.names(), (Names{"city = a", "city = b", "city = other", "city is missing"}));
  EXPECT_EQ(applied(preprocess, {2}), (Values{1, 0, 0, 0}));
  EXPECT_EQ(applied(preprocess, {0}), (Values{0, 1, 0, 0}));
  EXPECT_EQ(applied(preprocess, {3}), (Values{0, 0, 1, 0}));
  EXPECT_EQ(applied(preprocess, {4}), (Values{0, 0, 1, 0})) << "known, but not in training";
  EXPECT_EQ(applied(preprocess, {kUnknownCategory}), (Values{0, 0, 1, 0}));
  EXPECT_EQ(applied(preprocess, {kMissing}), (Values{0, 0, 0, 1}));
}

TEST(PreprocessTest, ACategoryNeverSeenIsNoneOfThoseSeen) {
  const Preprocess preprocess = fit_all(dataset({{"city", {0, 1, 0}, {"a", "b"}}}));
  EXPECT_EQ(preprocess.names(), (Names{"city = a", "city = b"}));
  EXPECT_EQ(applied(preprocess, {kUnknownCategory}), (Values{0, 0}));
  EXPECT_EQ(applied(preprocess, {kMissing}), (Values{0, 0}));
}

TEST(PreprocessTest, ATextThatIsAlwaysTheSameIsDropped) {
  const Preprocess preprocess = fit_all(dataset({{"city", {1, 1}, {"a", "b"}}, {"x", {1, 2}}}));
  EXPECT_EQ(preprocess.dropped(), (Names{"`city` is dropped: every training row has the value `b`"}));
}

TEST(PreprocessTest, StandardisesWithTheTrainingMeanAndDeviation) {
  const Preprocess preprocess = fit_all(dataset({{"x", {2, 4, 4, 4, 5, 5, 7, 9}}}), {.scale = Scale::kStandard});
  EXPECT_DOUBLE_EQ(applied(preprocess, {5})[0], 0.0);  // mean 5, standard deviation 2
  EXPECT_DOUBLE_EQ(applied(preprocess, {9})[0], 2.0);
  const Preprocess huge = fit_all(dataset({{"x", {1e308, -1e308, 1.5e308}}}), {.scale = Scale::kStandard});
  EXPECT_TRUE(std::isfinite(applied(huge, {1e308})[0]));
}

TEST(PreprocessTest, NormalScoresAreTheQuantilesOfTheMeanRanks) {
  const Preprocess preprocess = fit_all(dataset({{"x", {10, 10, 10, 1000}}}), {.scale = Scale::kNormalScores});
  EXPECT_EQ(applied(preprocess, {10})[0], normal_quantile(1.5 / 4));
  EXPECT_EQ(applied(preprocess, {1000})[0], normal_quantile(3.5 / 4));
  EXPECT_EQ(applied(preprocess, {-5})[0], normal_quantile(1.5 / 4)) << "flat below the smallest";
  EXPECT_EQ(applied(preprocess, {1e9})[0], normal_quantile(3.5 / 4)) << "flat above the largest";
  EXPECT_DOUBLE_EQ(applied(preprocess, {505})[0], (normal_quantile(1.5 / 4) + normal_quantile(3.5 / 4)) / 2);
}

/// `city` is a for rows 0-3, b for 4-7; missing for 8 and 9. Every row is a person of its own.
Dataset two_cities() {
  Dataset data = dataset({{"city", {0, 0, 0, 0, 1, 1, 1, 1, kMissing, kMissing}, {"a", "b"}}});
  data.good = {1, 1, 1, 0, 0, 0, 0, 1, 1, 0};
  data.weights.assign(10, 1.0);
  data.groups = first_rows(10);
  return data;
}

TEST(PreprocessTest, ACategoryIsItsSmoothedMeanOutcomeLessThatOfAllRows) {
  const Preprocess preprocess = fit_all(two_cities(), {.texts = TextEncoding::kTarget, .smoothing = 4.0});
  EXPECT_EQ(preprocess.names(), (Names{"city (mean outcome)"}));
  EXPECT_EQ(preprocess.origins(), (std::vector<std::uint32_t>{0}));
  EXPECT_DOUBLE_EQ(applied(preprocess, {0})[0], (3 + 4 * 0.5) / (4 + 4) - 0.5);
  EXPECT_DOUBLE_EQ(applied(preprocess, {1})[0], (1 + 4 * 0.5) / (4 + 4) - 0.5);
  EXPECT_DOUBLE_EQ(applied(preprocess, {kMissing})[0], 0.0) << "missing is a category: one of two repaid";
  EXPECT_DOUBLE_EQ(applied(preprocess, {kUnknownCategory})[0], 0.0) << "nothing is known: as all rows";
}

TEST(PreprocessTest, MeanOutcomesAreOfWeightedRowsAndOnlyProportionsOfWeightsMatter) {
  Dataset data = two_cities();
  data.weights = {3, 1, 1, 1, 1, 1, 1, 1, 1, 1};  // mean 1.2, so 4 rows weigh 4.8
  const double mean = 7.0 / 12;
  const Preprocess preprocess = fit_all(data, {.texts = TextEncoding::kTarget, .smoothing = 4.0});
  EXPECT_DOUBLE_EQ(applied(preprocess, {0})[0], (5 + 4.8 * mean) / (6 + 4.8) - mean);
  for (double& weight : data.weights) weight *= 1000;
  EXPECT_DOUBLE_EQ(applied(fit_all(data, {.texts = TextEncoding::kTarget, .smoothing = 4.0}), {0})[0],
                   applied(preprocess, {0})[0]);
}

TEST(PreprocessTest, ACategoryIsItsShareOfTheTrainingRows) {
  const Preprocess preprocess =
      fit_all(dataset({{"city", {0, 0, 0, 1, kMissing}, {"a", "b", "c"}}}), {.texts = TextEncoding::kFrequency});
  EXPECT_EQ(preprocess.names(), (Names{"city (frequency)"}));
  EXPECT_EQ(applied(preprocess, {0}), (Values{0.6}));
  EXPECT_EQ(applied(preprocess, {1}), (Values{0.2}));
  EXPECT_EQ(applied(preprocess, {kMissing}), (Values{0.2}));
  EXPECT_EQ(applied(preprocess, {2}), (Values{0.0})) << "known, but not in training";
  EXPECT_EQ(applied(preprocess, {kUnknownCategory}), (Values{0.0}));
}

TEST(PreprocessTest, ACategoryIsItsPlaceByItsShareOfTheTrainingRows) {
  // a: 4 rows, b and missing: 2 each, c and d: 1 each
  const Preprocess preprocess =
      fit_all(dataset({{"city", {0, 0, 0, 0, 1, 1, 2, 3, kMissing, kMissing}, {"a", "b", "c", "d", "e"}}}),
              {.texts = TextEncoding::kRank});
  EXPECT_EQ(preprocess.names(), (Names{"city (rank)"}));
  EXPECT_EQ(applied(preprocess, {0}), (Values{5.0}));
  EXPECT_EQ(applied(preprocess, {1}), (Values{3.5}));
  EXPECT_EQ(applied(preprocess, {kMissing}), (Values{3.5})) << "missing is a category of its own";
  EXPECT_EQ(applied(preprocess, {2}), (Values{1.5}));
  EXPECT_EQ(applied(preprocess, {3}), (Values{1.5}));
  EXPECT_EQ(applied(preprocess, {4}), (Values{0.0})) << "known, but not in training";
  EXPECT_EQ(applied(preprocess, {kUnknownCategory}), (Values{0.0}));
}

TEST(PreprocessTest, ATextThatTellsNothingAsANumberIsDropped) {
  Dataset data = dataset({{"receipt", {0, 1, 2, 3}, {"a", "b", "c", "d"}}});
  data.good = {1, 0, 1, 0};
  data.weights.assign(4, 1.0);
  data.groups = first_rows(4);
  EXPECT_EQ(fit_all(data, {.texts = TextEncoding::kTarget}).dropped(),
            (Names{"`receipt` is dropped: no category of it is shared by enough persons to learn its outcome from"}));
  EXPECT_EQ(fit_all(data, {.texts = TextEncoding::kFrequency}).dropped(),
            (Names{"`receipt` is dropped: every category of it is equally frequent in the training rows"}));
}

TEST(PreprocessTest, NumbersAreClippedToTheValuesNextToTheShareAtEitherEnd) {
  const Dataset data =
      dataset({{"x", {-1000, 1, 2, 3, 4, 5, 6, 7, 8, 1000}}, {"flag", {0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}});
  const Preprocess preprocess = fit_all(data, {.clip = 0.1});
  EXPECT_EQ(applied(preprocess, {-5, 0}), (Values{1, 0}));
  EXPECT_EQ(applied(preprocess, {4.5, 1}), (Values{4.5, 1})) << "`flag` would be constant";
  EXPECT_EQ(applied(preprocess, {1e9, 0}), (Values{8, 0}));
  const Preprocess scaled = fit_all(data, {.scale = Scale::kStandard, .clip = 0.1});
  EXPECT_DOUBLE_EQ(applied(scaled, {4.5, 0})[0], 0.0) << "mean and deviation are of the clipped values";
}

/// Skewed, with a mass at zero, missing values and texts.
Dataset random_dataset(std::uint64_t seed, std::size_t rows) {
  Random random(seed);
  std::vector<TestColumn> columns = {{"skewed", {}}, {"zeros", {}}, {"sparse", {}}, {"city", {}, {"a", "b", "c", "d"}}};
  for (std::size_t i = 0; i < rows; ++i) {
    columns[0].values.push_back(portable_exp(3 * normal_quantile(random.uniform() * 0.999 + 0.0005)));
    columns[1].values.push_back(random.uniform() < 0.6 ? 0.0 : random.uniform());
    columns[2].values.push_back(random.uniform() < 0.5 ? kMissing : static_cast<double>(random.below(5)));
    columns[3].values.push_back(random.uniform() < 0.1 ? kMissing : static_cast<double>(random.below(4)));
  }
  Dataset data = dataset(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    data.good.push_back(random.uniform() < 0.3 ? 0.0 : 1.0);
    data.weights.push_back(0.1 + random.uniform());
    data.groups.push_back(static_cast<std::uint32_t>(i / 2));
  }
  return data;
}

constexpr TextEncoding kEncodings[] = {TextEncoding::kIndicators, TextEncoding::kTarget, TextEncoding::kFrequency,
                                       TextEncoding::kRank};

PreprocessOptions random_options(std::uint64_t seed) {
  return {.missing = seed % 2 == 0 ? MissingValues::kMedian : MissingValues::kKept,
          .scale = static_cast<Scale>(seed % 3),
          .texts = static_cast<TextEncoding>(seed / 2 % 4),
          .categories = static_cast<int>(1 + seed % 4),
          .clip = seed % 5 == 0 ? 0.02 : 0.0};
}

TEST(PreprocessLaw, NormalScoresAscendAndAreNearlyNormal) {
  const Dataset data = random_dataset(1, 5000);
  const Preprocess preprocess = fit_all(data, {.scale = Scale::kNormalScores});
  double last = -kInfinite, sum = 0.0, squares = 0.0;
  for (double x = 1e-6; x < 1e6; x *= 1.01) {
    const double score = applied(preprocess, {x, 0, 0, 0})[0];
    EXPECT_GE(score, last);
    last = score;
  }
  const Matrix prepared = preprocess.apply(data.features, first_rows(data.rows()));
  for (std::size_t i = 0; i < prepared.rows; ++i) {
    sum += prepared.row(i)[0];
    squares += prepared.row(i)[0] * prepared.row(i)[0];
  }
  EXPECT_NEAR(sum / 5000, 0.0, 0.01);
  EXPECT_NEAR(squares / 5000, 1.0, 0.02);
}

TEST(PreprocessLaw, SavedAndLoadedGivesTheSameBits) {
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const Dataset data = random_dataset(seed, 10 + 97 * seed);
    const Preprocess fitted = fit_all(data, random_options(seed));
    const std::string saved = to_json(fitted.save());
    const Preprocess loaded = Preprocess::load(parse_json(saved), data.columns);
    EXPECT_EQ(to_json(loaded.save()), saved);
    EXPECT_EQ(loaded.names(), fitted.names());
    EXPECT_EQ(loaded.origins(), fitted.origins());
    EXPECT_EQ(loaded.dropped(), fitted.dropped());
    const Dataset other = random_dataset(seed + 1000, 50);
    EXPECT_EQ(bits(loaded.apply(other.features, first_rows(50)).values),
              bits(fitted.apply(other.features, first_rows(50)).values));
    EXPECT_EQ(bits(loaded.training_matrix(data, first_rows(data.rows())).values),
              bits(fitted.training_matrix(data, first_rows(data.rows())).values));
  }
}

TEST(PreprocessLaw, TheOrderOfRowsChangesNothing) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Dataset data = random_dataset(seed, 300);
    std::vector<std::uint32_t> rows = first_rows(300);
    const Preprocess in_order = Preprocess::fit(data, rows, random_options(seed));
    const Matrix before = in_order.training_matrix(data, rows);
    Random(seed).shuffle(std::span(rows));
    const Preprocess shuffled = Preprocess::fit(data, rows, random_options(seed));
    EXPECT_EQ(to_json(shuffled.save()), to_json(in_order.save()));
    EXPECT_EQ(bits(shuffled.training_matrix(data, rows).values), bits(take(before, rows).values));
  }
}

TEST(PreprocessLaw, NoOutcomeOfAPersonReachesThePersonsTrainingRows) {
  const Dataset data = random_dataset(5, 300);
  const PreprocessOptions options{.texts = TextEncoding::kTarget};
  const Matrix before = fit_all(data, options).training_matrix(data, first_rows(300));
  for (std::uint32_t person = 0; person < 150; ++person) {
    Dataset other = data;
    for (const std::uint32_t row : {2 * person, 2 * person + 1}) other.good[row] = 1.0 - other.good[row];
    const Preprocess preprocess = fit_all(other, options);
    const Matrix after = preprocess.training_matrix(other, first_rows(300));
    for (const std::uint32_t row : {2 * person, 2 * person + 1}) EXPECT_EQ(bits(after.row(row)), bits(before.row(row)));
    EXPECT_NE(bits(after.values), bits(before.values)) << "others learn from it";
    EXPECT_NE(bits(preprocess.apply(data.features, first_rows(300)).values), bits(before.values));
  }
}

TEST(PreprocessLaw, WithoutMeanOutcomesTheTrainingMatrixIsWhatIsApplied) {
  for (const TextEncoding encoding : {TextEncoding::kIndicators, TextEncoding::kFrequency, TextEncoding::kRank}) {
    const Dataset data = random_dataset(6, 200);
    const Preprocess preprocess = fit_all(data, {.texts = encoding});
    EXPECT_EQ(bits(preprocess.training_matrix(data, first_rows(200)).values),
              bits(preprocess.apply(data.features, first_rows(200)).values));
  }
}

TEST(PreprocessLaw, OneRowIsPreparedAsInABatch) {
  const Dataset data = random_dataset(4, 200);
  for (const TextEncoding encoding : kEncodings) {
    const Preprocess preprocess = fit_all(data, {.scale = Scale::kNormalScores, .texts = encoding});
    const Matrix all = preprocess.apply(data.features, first_rows(200));
    for (std::size_t i = 0; i < 200; ++i) {
      const auto row = data.features.row(i);
      EXPECT_EQ(bits(applied(preprocess, {row.begin(), row.end()})), bits(all.row(i))) << to_string(encoding);
    }
  }
}

TEST(PreprocessLaw, WhatIsInTheRowsHeldOutChangesNothing) {
  const Dataset data = random_dataset(8, 300);
  Dataset other = data;
  for (std::size_t i = 200; i < 300; ++i) {
    for (double& value : other.features.row(i)) value = is_missing(value) ? 2.0 : 0.0;
    other.good[i] = 1.0 - other.good[i];
    other.weights[i] *= 3.0;
  }
  for (const TextEncoding encoding : kEncodings) {
    const PreprocessOptions options{.scale = Scale::kStandard, .texts = encoding, .clip = 0.02};
    EXPECT_EQ(to_json(Preprocess::fit(other, first_rows(200), options).save()),
              to_json(Preprocess::fit(data, first_rows(200), options).save()))
        << to_string(encoding);
    EXPECT_NE(to_json(fit_all(other, options).save()), to_json(fit_all(data, options).save()))
        << to_string(encoding) << ": the rows differ";
  }
}

TEST(PreprocessLaw, ImputedOutputsAreNeverMissing) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    PreprocessOptions options = random_options(seed);
    options.missing = MissingValues::kMedian;
    const Preprocess preprocess = fit_all(random_dataset(seed, 100), options);
    for (const double x : {kMissing, kInfinite, -kInfinite, 0.0, -1.0, 1e300}) {
      for (const double out : applied(preprocess, {x, x, x, x})) EXPECT_TRUE(std::isfinite(out));
    }
  }
}

std::string refusal(const std::string& saved, const std::vector<FeatureColumn>& columns) {
  try {
    Preprocess::load(parse_json(saved), columns);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kIncompatible);
    return error.what();
  }
  return "no error";
}

TEST(PreprocessLoadTest, RefusesOtherFeatures) {
  const Dataset data = random_dataset(1, 100);
  const std::string saved = to_json(fit_all(data).save());
  std::vector<FeatureColumn> columns = data.columns;
  columns[1].name = "other";
  EXPECT_EQ(refusal(saved, columns), "feature 2 is `other`, the model was trained with `zeros`");
  columns = data.columns;
  columns.pop_back();
  EXPECT_EQ(refusal(saved, columns), "feature 4 is no more, the model was trained with `city`");
  columns = data.columns;
  columns[3].categories = {"a", "b", "c"};
  EXPECT_EQ(refusal(saved, columns), "feature `city` has no category `d`, which the model was trained with");
  columns[3].categories = {};
  EXPECT_EQ(refusal(saved, columns), "feature `city` is a number, the model was trained with a text");
}

TEST(PreprocessLoadTest, ReadsCategoriesByTextNotByNumber) {
  const Preprocess fitted = fit_all(dataset({{"city", {0, 1, 0}, {"a", "b"}}}));
  const std::vector<FeatureColumn> reordered = {{.name = "city", .categories = {"b", "c", "a"}}};
  const Preprocess loaded = Preprocess::load(fitted.save(), reordered);
  EXPECT_EQ(applied(loaded, {2}), applied(fitted, {0}));
  EXPECT_EQ(applied(loaded, {0}), applied(fitted, {1}));
}

TEST(PreprocessLoadTest, RefusesDamagedEncodings) {
  const Dataset data = random_dataset(1, 50);
  const std::string saved =
      to_json(fit_all(data, {.scale = Scale::kStandard, .texts = TextEncoding::kTarget, .clip = 0.1}).save());
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"encoding\":\"target\"", "\"encoding\":\"goal\""},
                                                        {"\"encoding\":\"target\"", "\"encoding\":\"indicators\""},
                                                        {"\"smoothing\":", "\"smoothing\":-"},
                                                        {"\"values\":[", "\"values\":[0,"},
                                                        {"\"clip\":{\"low\":", "\"clip\":{\"low\":1e300,\"was\":"}}) {
    std::string damaged = saved;
    damaged.replace(damaged.find(from), from.size(), to);
    EXPECT_NE(refusal(damaged, data.columns), "no error") << from;
  }
}

TEST(PreprocessLoadTest, RefusesDamage) {
  const Dataset data = random_dataset(1, 50);
  const std::string saved = to_json(fit_all(data, {.scale = Scale::kNormalScores}).save());
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"median\"", "\"medium\""},
                                                        {"\"value\":true", "\"value\":1"},
                                                        {"\"feature\":\"zeros\"", "\"feature\":\"zebra\""},
                                                        {"\"values\":[", "\"values\":[null,"},
                                                        {"\"values\":[", "\"values\":[1e300,"}}) {
    std::string damaged = saved;
    damaged.replace(damaged.find(from), from.size(), to);
    EXPECT_NE(refusal(damaged, data.columns), "no error") << from;
  }
}

TEST(PreprocessTest, RefusesNothingToFitOn) {
  const Dataset data = dataset({{"x", {1, 2}}});
  EXPECT_THROW(Preprocess::fit(data, {}, {}), Error);
  EXPECT_THROW(fit_all(data, {.categories = 0}), Error);
  EXPECT_THROW(fit_all(data, {.smoothing = 0.0}), Error);
  EXPECT_THROW(fit_all(data, {.clip = 0.5}), Error);
}

}  // namespace
}  // namespace asof
