// Calibration in the large: what to add to every margin so that predictions are right on average.
#pragma once

#include <span>

#include "model/model.h"

namespace asof {

/// The number that, added to `margins` (one per row of `request`), makes the mean predicted probability the share of
/// the repaid, rows by their weights.
double centring_shift(const FitRequest& request, std::span<const double> margins);

}  // namespace asof
