// What drives the score: how much worse it ranks without a feature, and how far the feature moves it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluate/fitted.h"

namespace asof {

struct Importance {
  std::string name;      ///< feature or family
  double permutation;    ///< loss of ROC-AUC when its values are shuffled among the rows (mean of repeats); NaN: one
                         ///< outcome only
  double mean_abs_shap;  ///< mean absolute contribution to the log-odds (families: of the summed contribution)
};

struct Drivers {
  std::vector<Importance> features;  ///< by mean_abs_shap, the largest first
  std::vector<Importance> families;
  std::size_t rows_permuted = 0;   ///< rows behind `permutation`: a sample when there are more than kPermutedRows
  std::size_t rows_explained = 0;  ///< rows behind `mean_abs_shap`: a sample when there are more than kExplainedRows
  int repeats = 0;
};

/// Exact contributions cost milliseconds a row in a large tree model; a mean over so many rows is known to 2-3 %.
inline constexpr std::size_t kExplainedRows = 2000;
inline constexpr std::size_t kPermutedRows = 4000;
inline constexpr int kPermutations = 5;

/// Permutation importance (Breiman, "Random forests", 2001; a family's columns are shuffled together, so that one
/// cannot stand in for another) and mean |SHAP| (contributions of a feature's columns summed first). Samples and
/// shuffles are drawn by `seed`: the same for any number of threads. Outcomes of `rows` are known.
Drivers drivers(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows, std::uint64_t seed,
                int threads);

}  // namespace asof
