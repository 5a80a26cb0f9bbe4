// Calibration in the large: what to add to every margin so that predictions are right on average.
#pragma once

#include <span>

namespace asof {

/// The number that, added to `margins`, makes the mean predicted probability the share of the repaid, rows by their
/// weights (empty: all 1; 0 leaves a row out). Parallel arrays; both outcomes have weight.
double centring_shift(std::span<const double> margins, std::span<const double> good, std::span<const double> weights);

}  // namespace asof
