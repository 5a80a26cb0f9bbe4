// Two scores on the same applications: by how much one is ahead, and how sure that is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/evaluation.h"

namespace asof {

struct PairedDifference {
  std::string metric;
  std::optional<Outcome> positive;  ///< for metrics of one class
  double first = 0.0;
  double second = 0.0;
  Interval interval;  ///< 95 % of first - second: persons are drawn once for both (percentile bootstrap)

  double difference() const { return first - second; }

  /// Whether the interval leaves out 0.
  bool is_shown() const { return interval.low > 0.0 || interval.high < 0.0; }
};

/// Every metric of probabilities, not of decisions. `first` and `second` are repayment probabilities of the same rows,
/// `rows` has their outcomes and weights; its own `repayment` is not read. `groups` names the person of each row.
std::vector<PairedDifference> paired_differences(std::span<const double> first, std::span<const double> second,
                                                 const Predictions& rows, std::span<const std::uint32_t> groups,
                                                 Outcome minority, const EvaluateOptions& options);

}  // namespace asof
