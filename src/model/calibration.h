// The last step of a score: from a model's margin to log-odds that can be taken at their word.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace asof {

enum class CalibrationKind {
  kNone,      ///< the margin as it is
  kPlatt,     ///< intercept + slope * margin (Platt, "Probabilistic outputs for support vector machines", 1999)
  kBeta,      ///< intercept + a ln p - b ln(1 - p) (Kull, Silva Filho and Flach, "Beta calibration", 2017)
  kIsotonic,  ///< pool adjacent violators, linear between the centres of the blocks (Oron and Flournoy, 2017)
};

std::string_view to_string(CalibrationKind kind);  // "none", "platt", "beta", "isotonic"

/// Probabilities stay within [1e-6, 1 - 1e-6]: no data of ours can tell them from 0 and 1.
inline constexpr double kCalibratedLogOddsMax = 13.815509557963773;

/// Predictions for rows that the model had not learnt from, and what became of them. Parallel arrays.
struct HeldOut {
  std::span<const double> margins;
  std::span<const double> good;     ///< 1 repaid, 0 defaulted
  std::span<const double> weights;  ///< empty: all 1

  double weight(std::size_t i) const { return weights.empty() ? 1.0 : weights[i]; }
};

/// Monotone: a higher margin never gets lower log-odds. Immutable; safe for concurrent access.
class Calibration {
 public:
  /// kNone.
  Calibration() = default;

  /// Nothing when this kind cannot be had from these rows: one outcome only, or margins that do not rise with the share
  /// repaid. The order of the rows changes nothing beyond rounding.
  static std::optional<Calibration> fit(CalibrationKind kind, const HeldOut& rows);

  /// Log-odds of repayment, within +-kCalibratedLogOddsMax.
  double apply(double margin) const;

  CalibrationKind kind() const { return kind_; }

  /// An object with `kind` and its numbers; reads back to the same bits.
  Json save() const;

  /// Throws Error::kIncompatible for anything that `save()` cannot have written.
  static Calibration load(const Json& saved);

 private:
  struct Knot {
    double margin;
    double log_odds;
  };

  double interpolate(double margin) const;

  CalibrationKind kind_ = CalibrationKind::kNone;
  // Platt and beta: intercept + low * ln sigmoid(margin) - high * ln(1 - sigmoid(margin)); Platt has low == high.
  double intercept_ = 0.0;
  double low_ = 1.0;
  double high_ = 1.0;
  std::vector<Knot> knots_;  // isotonic: both ascend, margins strictly
};

}  // namespace asof
