// Supervised binning of one column: a few intervals whose share of the repaid rises or falls all the way, a bin for the
// missing values, and the weight of evidence of each.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace asof {

struct BinningOptions {
  std::size_t bins_max = 8;        ///< besides the one for missing values
  double rows_share_min = 0.05;    ///< of the present rows, in every bin
  std::size_t rarer_rows_min = 5;  ///< rows of either outcome, in every bin
  /// Every bin is given so many more rows of the overall odds, which pulls the evidence of few rows towards none.
  double prior_rows = 10.0;
  int direction = 0;  ///< 1: the share of the repaid rises; -1: it falls; 0: whichever explains the outcomes better
};

/// Weight of evidence is ln(share of all repaid in the bin / share of all defaulted in it): 0 says nothing, more speaks
/// for repayment (Good, "Probability and the weighing of evidence", 1950).
struct Bin {
  std::size_t rows = 0;
  std::size_t repaid = 0;
  double woe = 0.0;
};

struct Binning {
  std::vector<double> edges;  ///< ascending; bin i holds edges[i - 1] <= value < edges[i], the outer ones are open
  std::vector<Bin> bins;      ///< edges.size() + 1; their weight of evidence rises or falls throughout
  Bin missing;                ///< without rows its weight of evidence is 0
  /// Sum over bins of (share of all repaid - share of all defaulted) * weight of evidence, the missing one included
  /// (Siddiqi, "Credit risk scorecards", 2006: below 0.02 none, 0.1 to 0.3 medium, above 0.5 check for leakage).
  double information_value = 0.0;

  /// The bin of a value; NaN is missing.
  const Bin& bin_of(double value) const;
};

/// `values` may be missing (NaN); `good` has
/// both outcomes. The order of the rows changes nothing, not a bit.
Binning fit_binning(std::span<const double> values, std::span<const double> good, const BinningOptions& options = {});

}  // namespace asof
