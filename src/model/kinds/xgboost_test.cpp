// Oracle: XGBoost itself, on the JSON that a model saves: margins bit for bit, contributions to the precision of float.
#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include <cmath>

#include "model/handle.h"
#include "model/random_data_test.h"

namespace asof {
namespace {

using testing_data::margins;
using testing_data::sample;
using testing_data::Sample;
using Data = std::unique_ptr<void, FreeWith<&XGDMatrixFree>>;
using Booster = std::unique_ptr<void, FreeWith<&XGBoosterFree>>;

constexpr const char* kMargin =
    R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})";
constexpr const char* kContributions =
    R"({"type": 2, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})";

std::vector<double> predict(const std::string& json, const Matrix& rows, const char* what) {
  Booster booster;
  EXPECT_EQ(XGBoosterCreate(nullptr, 0, out(booster)), 0);
  EXPECT_EQ(XGBoosterLoadModelFromBuffer(booster.get(), json.data(), json.size()), 0) << XGBGetLastError();
  EXPECT_EQ(XGBoosterSetParam(booster.get(), "nthread", "1"), 0);
  const std::vector<float> values(rows.values.begin(), rows.values.end());
  Data data;
  EXPECT_EQ(XGDMatrixCreateFromMat(values.data(), rows.rows, rows.columns, NAN, out(data)), 0);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* result = nullptr;
  EXPECT_EQ(XGBoosterPredictFromDMatrix(booster.get(), data.get(), what, &shape, &dimensions, &result), 0);
  std::size_t size = 1;
  for (bst_ulong i = 0; i < dimensions; ++i) size *= shape[i];
  return {result, result + size};
}

struct Case {
  const char* parameters;
  double missing;
  double log_odds;
};

constexpr Case kCases[] = {
    {R"({})", 0.2, 0.0},
    {R"({"trees": 50, "depth": 7, "learning_rate": 0.3, "leaf_weight_min": 0.1})", 0.5, -2.0},
    {R"({"trees": 40, "depth": 2, "row_share": 0.5})", 0.0, 3.0},
};

/// The test's own rows, and on top the values next to every threshold: where float and double could disagree.
Matrix rows_with_edges(const std::string& json, std::uint64_t seed) {
  Matrix rows = sample({.rows = 400, .missing = 0.3, .seed = seed}).features;
  for (std::size_t i = 0; i < rows.rows; i += 7) rows.row(i)[1] = kMissing;
  std::size_t next = 0;
  const Json saved = parse_json(json);
  for (const Json& tree : saved.at("learner").at("gradient_booster").at("model").at("trees").as_array()) {
    for (std::size_t n = 0; n < tree.at("left_children").as_array().size() && next + 6 < rows.rows; ++n) {
      if (tree.at("left_children").as_array()[n].as_integer() < 0) continue;
      const auto feature = static_cast<std::size_t>(tree.at("split_indices").as_array()[n].as_integer());
      const auto threshold = static_cast<float>(tree.at("split_conditions").as_array()[n].as_number());
      const double exact = static_cast<double>(threshold);
      const double halfway = (exact + static_cast<double>(std::nextafter(threshold, -1e30F))) / 2.0;
      for (const double value : {exact, std::nextafter(exact, -1e300), halfway, std::nextafter(halfway, -1e300),
                                 std::nextafter(halfway, 1e300)}) {
        rows.row(next++)[feature] = value;
      }
    }
  }
  return rows;
}

TEST(XgboostOracle, MarginsAreEqualBitForBit) {
  for (const Case& c : kCases) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Sample train = sample({.missing = c.missing, .log_odds = c.log_odds, .seed = seed});
      const auto model = model_kind("xgboost").fit(train.request(parse_json(c.parameters)));
      const Matrix rows = rows_with_edges(model->save(), seed + 100);
      EXPECT_EQ(testing_data::bits(margins(*model, rows)), testing_data::bits(predict(model->save(), rows, kMargin)))
          << c.parameters << " seed " << seed;
    }
  }
}

TEST(XgboostOracle, ContributionsAreEqualToTheirPrecision) {
  for (const Case& c : kCases) {
    const Sample train = sample({.missing = c.missing, .log_odds = c.log_odds, .seed = 4});
    const auto model = model_kind("xgboost").fit(train.request(parse_json(c.parameters)));
    const Matrix rows = sample({.rows = 50, .seed = 104}).features;
    const std::vector<double> theirs = predict(model->save(), rows, kContributions);
    const std::size_t width = rows.columns + 1;  // the base comes last
    for (std::size_t i = 0; i < rows.rows; ++i) {
      std::vector<double> out(rows.columns);
      EXPECT_NEAR(model->contributions(rows.row(i), out), theirs[i * width + rows.columns], 2e-5);
      for (std::size_t j = 0; j < rows.columns; ++j) EXPECT_NEAR(out[j], theirs[i * width + j], 2e-5);
    }
  }
}

TEST(XgboostTest, NamesOfAnyKindAreKept) {
  Sample train = sample({});
  train.names = {"a = \"x\"", "[b] < 2", "größe", "c\\d", "tab\there", "f"};
  const auto model = model_kind("xgboost").fit(train.request());
  std::vector<std::string> names;
  const Json saved = parse_json(model->save());
  for (const Json& name : saved.at("learner").at("feature_names").as_array()) names.push_back(name.as_string());
  EXPECT_EQ(names, train.names);
}

}  // namespace
}  // namespace asof
