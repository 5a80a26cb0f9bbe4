// A model kind for the tests of this layer: small enough to compute by hand, and it remembers what it was shown.
#pragma once

#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "base/format.h"
#include "model/model.h"

namespace asof::testing_kinds {

/// margin = sum of weight * value, missing values counting 0.
class Linear final : public Model {
 public:
  explicit Linear(std::vector<double> weights) : weights_(std::move(weights)) {}

  double margin(std::span<const double> row) const override {
    std::vector<double> parts(row.size());
    contributions(row, parts);
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }
  double contributions(std::span<const double> row, std::span<double> out) const override {
    for (std::size_t i = 0; i < row.size(); ++i) out[i] = is_missing(row[i]) ? 0.0 : weights_[i] * row[i];
    return 0.0;
  }
  std::string save() const override { return {}; }

 private:
  std::vector<double> weights_;
};

/// Every matrix that was fitted on since the last `clear()`.
inline std::vector<Matrix>& seen_by_fit() {
  static std::vector<Matrix> seen;
  return seen;
}

/// Weights are the difference between the mean of the repaid and that of the defaulted, times the parameter `sign`, and
/// that of the last column times `share`, too.
inline std::unique_ptr<const Model> fit_mean_difference(const FitRequest& request) {
  Matrix copy(request.features.rows, request.features.columns);
  copy.values.assign(request.features.values, request.features.values + copy.values.size());
  {
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    seen_by_fit().push_back(std::move(copy));
  }
  double sign = 1.0;
  if (const Json* given = request.parameters.find("sign")) sign = given->as_number();
  std::vector<double> weights;
  for (std::size_t column = 0; column < request.features.columns; ++column) {
    double sums[2] = {0.0, 0.0}, counts[2] = {0.0, 0.0};
    for (std::size_t row = 0; row < request.features.rows; ++row) {
      const double value = request.features.row(row)[column];
      if (is_missing(value)) continue;
      const std::size_t outcome = request.good[row] == 1.0 ? 1 : 0;
      sums[outcome] += value, counts[outcome] += 1.0;
    }
    weights.push_back(sign * (sums[1] / counts[1] - sums[0] / counts[0]));
  }
  if (const Json* share = request.parameters.find("share")) weights.back() *= share->as_number();
  return std::make_unique<Linear>(std::move(weights));
}

inline std::vector<Setting> one_setting(std::size_t, std::size_t) {
  return {{.name = "plain", .preprocess = {.missing = MissingValues::kMedian}}};
}

/// How much the difference counts that is looked at last: a setting that matters for ranking.
inline Setting draw_share(Random& random, std::size_t, std::size_t) {
  const double share = random.uniform();
  return {.name = format("share {}", share), .preprocess = {}, .parameters = Json::Object{{"share", share}}};
}

inline std::vector<Setting> kept_or_imputed(std::size_t, std::size_t) {
  return {{.name = "kept", .preprocess = {.missing = MissingValues::kKept}},
          {.name = "imputed", .preprocess = {.missing = MissingValues::kMedian}}};
}

inline std::vector<Setting> the_wrong_way_round(std::size_t, std::size_t) {
  return {{.name = "plain", .preprocess = {}, .parameters = Json::Object{{"sign", -1.0}}}};
}

inline std::vector<Setting> raw_or_scaled(std::size_t, std::size_t) {
  return {{.name = "raw", .preprocess = {}}, {.name = "scaled", .preprocess = {.scale = Scale::kNormalScores}}};
}

constexpr ModelKind kind_of(std::string_view name, std::string_view title,
                            std::vector<Setting> (*settings)(std::size_t rows, std::size_t columns),
                            Setting (*draw)(Random& random, std::size_t rows, std::size_t columns) = nullptr) {
  return {.name = name,
          .title = title,
          .summary = "",
          .library = "",
          .settings = settings,
          .draw = draw,
          .fit = fit_mean_difference,
          .load = nullptr};
}

inline constexpr ModelKind kMeanDifference = kind_of("mean_difference", "Mean difference", one_setting);
inline constexpr ModelKind kKeptOrImputed = kind_of("kept_or_imputed", "Kept or imputed", kept_or_imputed);
inline constexpr ModelKind kRawOrScaled = kind_of("raw_or_scaled", "Raw or scaled", raw_or_scaled);
inline constexpr ModelKind kDrawn = kind_of("drawn", "Drawn", one_setting, draw_share);
inline constexpr ModelKind kDrawnToo = kind_of("drawn_too", "Drawn, too", one_setting, draw_share);
inline constexpr ModelKind kDrawnWrong = kind_of("drawn_wrong", "Drawn, wrong", the_wrong_way_round, draw_share);
inline constexpr ModelKind kWrongWayRound = kind_of("wrong", "Wrong way round", the_wrong_way_round);

}  // namespace asof::testing_kinds
