// Which calibration a model gets: found on predictions for rows that its folds had not learnt from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/calibration.h"

namespace asof {

struct CalibrationTrial {
  CalibrationKind kind = CalibrationKind::kNone;
  double gain = 0.0;   ///< log loss of the uncalibrated minus that of this kind, on rows it was not fitted on
  double error = 0.0;  ///< standard error of the gain, persons drawn independently
};

struct ChosenCalibration {
  Calibration calibration;               ///< of the chosen kind, on all rows
  std::vector<CalibrationTrial> trials;  ///< those that were possible, the simplest first; `kNone` is the first
  std::string reason;                    ///< a sentence with the figures
};

/// Each kind is fitted on four fifths of the persons and judged on the others, five times; the simplest kind whose gain
/// lies within one standard error of the best is chosen, and fitted on all rows. `groups` names the person of each row;
/// a row may occur several times, once per repeat of the folds. With too few rows of the rarer outcome: kNone.
ChosenCalibration choose_calibration(const HeldOut& rows, std::span<const std::uint32_t> groups, std::uint64_t seed);

}  // namespace asof
