// Data for the tests of models: behaviour that predicts repayment a little, skewed, partly missing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "base/elementary.h"
#include "base/random.h"
#include "dataset/dataset.h"
#include "model/model.h"

namespace asof::testing_data {

struct Sample {
  Matrix features;
  std::vector<double> good;
  std::vector<std::string> names;

  FitRequest request(Json parameters = Json::Object{}) const {
    return {.features = features, .good = good, .weights = {}, .names = names, .parameters = std::move(parameters)};
  }
};

struct SampleOptions {
  std::size_t rows = 500;
  std::size_t columns = 6;
  double missing = 0.2;   ///< share, in the even columns
  double log_odds = 0.0;  ///< of repayment, on average
  std::uint64_t seed = 1;
};

/// Column 0 raises the chance of repayment, column 1 lowers it; columns 2 and 3 interact; the others are noise.
/// Values are skewed, some are whole numbers, some exactly zero.
inline Sample sample(const SampleOptions& options) {
  Random random(options.seed, 7);
  Sample drawn{.features = Matrix(options.rows, options.columns)};
  for (std::size_t j = 0; j < options.columns; ++j) drawn.names.push_back("feature " + std::to_string(j));
  for (std::size_t i = 0; i < options.rows; ++i) {
    std::vector<double> z(std::max<std::size_t>(options.columns, 4));
    for (double& value : z) value = normal_quantile(0.0001 + 0.9998 * random.uniform());
    const double log_odds = options.log_odds + 1.2 * z[0] - 0.9 * z[1] + 0.5 * z[2] * z[3];
    drawn.good.push_back(random.uniform() < sigmoid(log_odds) ? 1.0 : 0.0);
    for (std::size_t j = 0; j < options.columns; ++j) {
      double value = portable_exp(1.5 * z[j]) - (j % 3 == 2 ? 1.0 : 0.0);
      if (j % 4 == 1) value = static_cast<double>(static_cast<int>(4.0 * value));
      const bool is_missing = j % 2 == 0 && random.uniform() < options.missing;
      drawn.features.row(i)[j] = is_missing ? kMissing : value;
    }
  }
  return drawn;
}

inline std::vector<double> margins(const Model& model, const Matrix& rows) {
  std::vector<double> result;
  for (std::size_t i = 0; i < rows.rows; ++i) result.push_back(model.margin(rows.row(i)));
  return result;
}

inline std::vector<std::uint64_t> bits(std::span<const double> values) {
  std::vector<std::uint64_t> result;
  for (const double value : values) result.push_back(std::bit_cast<std::uint64_t>(value));
  return result;
}

}  // namespace asof::testing_data
