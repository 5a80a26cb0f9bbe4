// Preprocessing, model and calibration as one thing: what is fitted on training rows, and nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/dataset.h"
#include "dataset/preprocess.h"
#include "model/calibration.h"
#include "model/model.h"

namespace asof {

struct Fitted {
  std::string kind;
  Setting setting;
  Preprocess preprocess;
  std::unique_ptr<const Model> model;
  Calibration calibration;  ///< none until one is chosen on held-out predictions

  /// Repayment probability of a row of the feature matrix: the one formula,
  /// `sigmoid(calibration(margin(preprocess(row))))`.
  double repayment(std::span<const double> features) const;
};

/// Fits preprocessing and model on `rows` alone; their outcomes are known. Throws Error::kInvalidInput when no column
/// varies on them or all have one outcome.
Fitted fit(const Dataset& data, std::span<const std::uint32_t> rows, const ModelKind& kind, const Setting& setting,
           std::uint64_t seed, int threads);

/// The same with a kind's name.
Fitted fit(const Dataset& data, std::span<const std::uint32_t> rows, std::string_view kind, const Setting& setting,
           std::uint64_t seed, int threads);

/// Margins of `rows`, in that order: what a calibration is fitted to.
std::vector<double> margins(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows,
                            int threads);

/// Repayment probabilities of `rows`, in that order.
std::vector<double> predict(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows,
                            int threads);

}  // namespace asof
