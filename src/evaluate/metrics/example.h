// Forty applications on which every metric is compared with another implementation. Four probabilities of 0.41 belong
// to both outcomes, so that a metric which orders ties is found out. Frozen: the figures in the metrics belong to them.
#pragma once

#include <algorithm>
#include <array>

#include "evaluate/metric.h"

namespace asof::metrics_by_name {

inline constexpr std::array<double, 40> kExampleRepayment = {
    0.33, 0.41, 0.36, 0.41, 0.27, 0.12, 0.39, 0.62, 0.41, 0.32, 0.48, 0.41, 0.36, 0.31,
    0.37, 0.60, 0.09, 0.32, 0.04, 0.06, 0.09, 0.24, 0.17, 0.70, 0.32, 0.27, 0.07, 0.32,
    0.35, 0.38, 0.18, 0.34, 0.13, 0.22, 0.62, 0.15, 0.40, 0.47, 0.37, 0.38};

inline constexpr std::array<double, 40> kExampleGood = {0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0,
                                                        0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1};

inline constexpr std::array<double, 40> kExampleWeights = {3,   2,   1,   3, 3,   2, 0.5, 2, 0.5, 0.5, 0.5, 0.5, 3,   1,
                                                           0.5, 0.5, 1,   1, 1,   3, 3,   2, 3,   1,   0.5, 1,   0.5, 3,
                                                           0.5, 1,   0.5, 3, 0.5, 2, 3,   2, 3,   3,   3,   2};

inline constexpr double kExampleThresholdRepaid = 0.40;  ///< for metrics of one class
inline constexpr double kExampleThresholdDefaulted = 0.55;
inline constexpr double kExampleThresholdAccuracy = 0.45;  ///< on the repayment probability, for the other ones

}  // namespace asof::metrics_by_name
