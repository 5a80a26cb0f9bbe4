// What several aggregations ask about the rows of one window, found out once: the first to ask pays.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "features/aggregation.h"
#include "features/earth.h"
#include "features/value_counts.h"

namespace asof {

/// Of one window; each function is always given that one.
class WindowFacts {
 public:
  /// Begins another window. Memory is kept.
  void forget() {
    counted_ = false;
    grow();
  }

  /// Begins a window that has the rows of the last one, and perhaps some after them.
  void grow() {
    radius_ = {};
    silence_ = {};
  }

  /// How often each of `window.values` occurs.
  const ValueCounts& counts(const Window& window);

  /// The places of `window.points`, of the radius in metres that is setting 0.
  const Places& places(const Window& window);

  /// Microseconds from the first row of each session to its last. With values, rows of one value are one session,
  /// whatever their times. Without, a row begins a session when it is the first, or `time - time of the row before >=
  /// silence`, which is setting 0.
  std::span<const std::int64_t> session_lengths(const Window& window);

 private:
  bool counted_ = false;
  ValueCounts counts_;
  std::optional<double> radius_;
  Places places_;
  std::optional<double> silence_;
  std::vector<std::int64_t> lengths_;
};

/// Setting 0 of the aggregations of sessions.
inline constexpr AggregationSetting kSilence[] = {{.name = "silence",
                                                   .kind = AggregationSetting::kLength,
                                                   .otherwise = 30.0 * static_cast<double>(kMinute.microseconds)}};

}  // namespace asof
