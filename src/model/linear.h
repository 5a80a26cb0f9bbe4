// A weighted sum of columns as log-odds, with an L2 penalty on the weights.
#pragma once

#include <string_view>
#include <vector>

#include "model/model.h"

namespace asof {

struct LinearFit {
  std::vector<double> slopes;  ///< one per column
  std::vector<double> means;   ///< of the columns' training rows
  double intercept = 0.0;      ///< mean prediction = share of the repaid
};

/// `cost`: how much a row counts against the penalty (LIBLINEAR's C). `kind` is what messages call the model.
/// Throws Error::kInvalidInput for values that are missing and for rows of different weight, which LIBLINEAR 2.3 does
/// not know.
LinearFit fit_linear(const FitRequest& request, double cost, std::string_view kind);

}  // namespace asof
