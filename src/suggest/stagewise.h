// Which of many columns earn their place beside those that are there: one after the other, each against the best that
// chance alone would offer, and each confirmed by fitting with it and without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "dataset/split.h"

namespace asof {

struct StagewiseOptions {
  double level = 0.05;     ///< a column is kept when the best of all would be as good by chance less often than this
  int permutations = 500;  ///< that show what chance offers; at least 1 / level
  int folds = 5;
  SplitBy by = SplitBy::kStratified;  ///< the headline's kind: which folds confirm
  std::uint64_t seed = 42;
  int threads = 1;  ///< never changes the result

  /// Throws Error::kInvalidInput.
  void validate() const;
};

/// A column that was kept, and what it was worth when it came.
struct Earned {
  std::size_t column = 0;            ///< of the dataset
  double p_value = 1.0;              ///< that the best of all candidates is as good by chance
  double log_loss_gain = 0.0;        ///< out of fold, per application
  double log_loss_gain_error = 0.0;  ///< its standard error, paired by person
  double roc_auc = 0.0;              ///< out of fold (mean over folds) with it and all kept before it
};

struct Stagewise {
  std::vector<Earned> earned;  ///< in the order in which they were kept
  double roc_auc_before = 0.0;
  std::size_t rows = 0;    ///< that were learnt from
  std::size_t alike = 0;   ///< candidates that say what a simpler one or the columns before say
  std::size_t judged = 0;  ///< candidates that took part
  std::string stopped;     ///< why no other was kept, in a sentence
};

/// Candidates of one family (`FeatureColumn::family`) share a say in what chance offers.
/// The first `own` columns of `data` are there; the others are candidates, the simplest first. Only `rows` are looked
/// at; their outcomes are known. The model is a logistic regression on normal scores with an indicator where values
/// are missing. Rows count alike, whatever their weights. With more than 50,000 rows, so many persons' rows are drawn.
Stagewise stagewise(const Dataset& data, std::size_t own, std::span<const std::uint32_t> rows,
                    const StagewiseOptions& options, const Progress& progress = {});

}  // namespace asof
