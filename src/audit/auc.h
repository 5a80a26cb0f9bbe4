// ROC-AUC with its standard error, alone and as a difference on the same rows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/dataset.h"

namespace asof::audit {

/// A figure and its standard error.
struct Estimate {
  double value = kMissing;
  double error = kMissing;

  /// By how many standard errors it is above `reference`; missing without an error.
  double errors_above(double reference) const { return (value - reference) / error; }
};

std::string to_string(const Estimate& estimate);    // "0.642 ± 0.012"
std::string signed_text(const Estimate& estimate);  // "+0.042 ± 0.012"

/// The ROC-AUC of `scores` for `rows`, a higher score meaning repaid; ties count half. The error is that of DeLong,
/// DeLong and Clarke-Pearson ("Comparing the areas under two or more correlated receiver operating characteristic
/// curves", 1988), with the components summed per group first (Obuchowski, "Nonparametric analysis of clustered ROC
/// curve data", 1997): a person's applications resemble each other. Missing when the rows have one outcome only.
Estimate auc(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> scores);

/// The AUC of `scores` minus that of `others`, on the same rows: what both get wrong alike does not count as noise.
Estimate auc_difference(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> scores,
                        std::span<const double> others);

/// The mean of figures of disjoint rows, such as folds. Those that are missing are left out.
Estimate mean_of(std::span<const Estimate> estimates);

}  // namespace asof::audit
