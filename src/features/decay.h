// Weights that halve with age.
#pragma once

#include <numbers>

#include "base/elementary.h"
#include "features/aggregation.h"

namespace asof {

inline constexpr AggregationSetting kHalfLife[] = {{.name = "half-life", .kind = AggregationSetting::kLength}};

/// 2^(-(T - time) / half-life); the half-life is setting 0.
inline double decay(const Window& window, std::int64_t time) {
  const auto age = static_cast<double>((window.cutoff - Timestamp{time}).microseconds);
  return portable_exp(-(age / window.settings[0]) * std::numbers::ln2);
}

}  // namespace asof
