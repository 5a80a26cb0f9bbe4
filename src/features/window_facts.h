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

/// Of the windows of one series, which may ask in turn. What one knows serves the next where that begins or ends with
/// it: cheapest are windows of one end, the shortest first.
class WindowFacts {
 public:
  /// Begins another series. Memory is kept.
  void forget() {
    counted_ = {};
    places_of_ = {};
    lengths_of_ = {};
  }

  /// How often each of `window.values` occurs; positions are those of the series.
  const ValueCounts& counts(const Window& window);

  /// The places of `window.points`, of the radius in metres that is setting 0.
  const Places& places(const Window& window);

  /// Microseconds from the first row of each session to its last. With values, rows of one value are one session,
  /// whatever their times. Without, a row begins a session when it is the first, or `time - time of the row before >=
  /// silence`, which is setting 0.
  std::span<const std::int64_t> session_lengths(const Window& window);

 private:
  /// Which rows of the series something is of, and with which setting.
  struct Of {
    std::size_t begin = 0;
    std::size_t end = 0;
    double setting = 0.0;
    bool operator==(const Of&) const = default;
  };

  std::optional<Of> counted_;
  ValueCounts counts_;
  std::optional<Of> places_of_;
  Places places_;
  std::optional<Of> lengths_of_;
  std::vector<std::int64_t> lengths_;
};

/// Setting 0 of the aggregations of sessions.
inline constexpr AggregationSetting kSilence[] = {{.name = "silence",
                                                   .kind = AggregationSetting::kLength,
                                                   .otherwise = 30.0 * static_cast<double>(kMinute.microseconds)}};

}  // namespace asof
