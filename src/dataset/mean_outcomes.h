// What the categories of a text say of the outcome, for target encoding. A row that teaches a model must not carry its
// own outcome in that number, nor that of another application of the same person: it gets what the other persons'
// rows say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace asof {

/// Entry i of every member speaks of training row i. The order of rows changes nothing, not a bit.
struct CategorisedOutcomes {
  std::vector<std::uint32_t> category;  ///< below `categories`
  std::vector<double> good;             ///< 1 or 0
  std::vector<double> weights;          ///< above 0; only their proportions matter
  std::vector<std::uint32_t> groups;    ///< rows of one group are in one fold
  std::size_t categories = 0;
};

/// Per category, the smoothed mean outcome less the mean outcome of all rows: (sum + m * mean) / (n + m) - mean, where
/// `sum` and `n` are of the category and `m = smoothing`, in rows of mean weight. 0 for a category without rows.
std::vector<double> mean_outcomes(const CategorisedOutcomes& rows, double smoothing);

/// Per row, the same of its category, learnt from the rows of the other folds alone, their mean included: the outcomes
/// of a row's own fold change no bit of it. 0 where the other folds do not have the category, so that a rare category
/// does not tell which fold it is in.
std::vector<double> out_of_fold_mean_outcomes(const CategorisedOutcomes& rows, double smoothing);

}  // namespace asof
