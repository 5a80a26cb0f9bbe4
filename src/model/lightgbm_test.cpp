// Oracle: LightGBM itself, on the text that a model saves: margins bit for bit, contributions to rounding.
#include "model/lightgbm.h"

#include <LightGBM/c_api.h>
#include <gtest/gtest.h>

#include <cmath>

#include "asof/error.h"
#include "model/handle.h"
#include "model/random_data_test.h"

namespace asof {
namespace {

using testing_data::margins;
using testing_data::sample;
using testing_data::Sample;
using Booster = std::unique_ptr<void, FreeWith<&LGBM_BoosterFree>>;

std::vector<double> predict(const std::string& text, const Matrix& rows, int what, std::size_t width) {
  Booster booster;
  int iterations = 0;
  EXPECT_EQ(LGBM_BoosterLoadModelFromString(text.c_str(), &iterations, out(booster)), 0);
  std::vector<double> result(rows.rows * width);
  std::int64_t size = 0;
  EXPECT_EQ(LGBM_BoosterPredictForMat(booster.get(), rows.values.data(), C_API_DTYPE_FLOAT64,
                                      static_cast<std::int32_t>(rows.rows), static_cast<std::int32_t>(rows.columns), 1,
                                      what, 0, -1, "verbosity=-1 num_threads=1", &size, result.data()),
            0);
  return result;
}

struct Case {
  const char* kind;
  const char* parameters;
  double missing;
};

constexpr Case kCases[] = {
    {"gradient_boosting", R"({})", 0.2},
    {"gradient_boosting", R"({"trees": 60, "leaves": 31, "leaf_rows_min": 2, "learning_rate": 0.3})", 0.5},
    {"gradient_boosting", R"({"trees": 20, "leaves": 4, "row_share": 0.5})", 0.0},
    {"random_forest", R"({"trees": 30})", 0.2},
    {"random_forest", R"({"trees": 30, "leaves": 200, "leaf_rows_min": 2})", 0.0},
};

TEST(LightgbmOracle, MarginsAreEqualBitForBit) {
  for (const Case& c : kCases) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Sample train = sample({.missing = c.missing, .seed = seed});
      const auto model = model_kind(c.kind).fit(train.request(parse_json(c.parameters)));
      // Missing values where training had none, too: LightGBM then reads them as 0.
      Matrix rows = sample({.rows = 300, .missing = 0.3, .seed = seed + 100}).features;
      for (std::size_t i = 0; i < rows.rows; i += 7) rows.row(i)[1] = kMissing;
      for (std::size_t i = 0; i < rows.rows; i += 5) rows.row(i)[3] = 0.0;
      std::vector<double> theirs = predict(model->save(), rows, C_API_PREDICT_RAW_SCORE, 1);
      if (std::string_view(c.kind) == "random_forest") {
        for (double& sum : theirs) sum /= 30.0;  // its raw score is the sum, its probability that of the mean
      }
      EXPECT_EQ(testing_data::bits(margins(*model, rows)), testing_data::bits(theirs)) << c.kind << c.parameters;
      const std::vector<double> probability = predict(model->save(), rows, C_API_PREDICT_NORMAL, 1);
      EXPECT_NEAR(probability[0], sigmoid(model->margin(rows.row(0))), 1e-15);
    }
  }
}

TEST(LightgbmOracle, ContributionsAreEqual) {
  for (const Case& c : kCases) {
    const Sample train = sample({.missing = c.missing, .seed = 4});
    const auto model = model_kind(c.kind).fit(train.request(parse_json(c.parameters)));
    const Matrix rows = sample({.rows = 50, .seed = 104}).features;
    const std::size_t width = rows.columns + 1;  // the base comes last
    const std::vector<double> theirs = predict(model->save(), rows, C_API_PREDICT_CONTRIB, width);
    const double divisor = std::string_view(c.kind) == "random_forest" ? 30.0 : 1.0;
    for (std::size_t i = 0; i < rows.rows; ++i) {
      std::vector<double> out(rows.columns);
      const double base = model->contributions(rows.row(i), out);
      EXPECT_NEAR(base, theirs[i * width + rows.columns] / divisor, 1e-9);
      for (std::size_t j = 0; j < rows.columns; ++j) EXPECT_NEAR(out[j], theirs[i * width + j] / divisor, 1e-9);
    }
  }
}

TEST(LightgbmTest, NamesOfAnyKindAreWritten) {
  Sample train = sample({});
  train.names = {"a = \"x\"", "a____x_", "größe, m:[1]", "", "{}\\\n\t", "feature"};
  const auto model = model_kind("gradient_boosting").fit(train.request());
  const std::string text = model->save();
  const std::size_t at = text.find("feature_names=");
  EXPECT_EQ(text.substr(at, text.find('\n', at) - at), "feature_names=a____x_ a____x__ größe__m__1_ _ _____ feature");
  int iterations = 0;
  Booster booster;
  EXPECT_EQ(LGBM_BoosterLoadModelFromString(text.c_str(), &iterations, out(booster)), 0) << LGBM_GetLastError();
}

}  // namespace
}  // namespace asof
