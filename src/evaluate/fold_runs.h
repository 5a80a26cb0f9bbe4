// Candidates fitted on the training rows of folds and judged on their test rows, several fits at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "dataset/dataset.h"
#include "dataset/split.h"
#include "evaluate/metric.h"
#include "model/model.h"

namespace asof {

/// A candidate on one fold.
struct FoldResult {
  double roc_auc = 0.0;
  double log_loss = 0.0;
  double pr_auc_minority = 0.0;
  double seconds = 0.0;         ///< wall clock of fitting
  std::vector<double> margins;  ///< of the fold's test rows, in their order
};

/// A candidate, and how it did on the first of the folds.
struct Attempt {
  const ModelKind* kind = nullptr;
  Setting setting;
  std::size_t place = 0;  ///< the plainest first
  std::vector<FoldResult> folds;
};

struct FoldRunOptions {
  Outcome minority = Outcome::kRepaid;
  std::uint64_t seed = 42;
  int threads = 1;  ///< never changes the result
};

class FoldRuns {
 public:
  /// `data`, `folds` and `progress` must outlive it.
  FoldRuns(const Dataset& data, std::span<const Split> folds, const FoldRunOptions& options, const Progress& progress)
      : data_(data), folds_(folds), options_(options), progress_(progress) {}

  std::size_t folds() const { return folds_.size(); }

  /// Fits every attempt on the folds up to number `until` (exclusive) that it was not fitted on yet. `what` is said of
  /// them while it goes on. Throws what fitting throws.
  void run(std::span<Attempt> attempts, std::size_t until, std::string_view what) const;

 private:
  FoldResult run_one(const Attempt& attempt, const Split& fold, int threads) const;

  const Dataset& data_;
  std::span<const Split> folds_;
  FoldRunOptions options_;
  const Progress& progress_;
};

/// One figure of the folds that an attempt was fitted on.
std::vector<double> figures(std::span<const FoldResult> folds, double FoldResult::*figure);

/// A mean and its standard error, with n - 1; the error is NaN for one value.
struct MeanAndError {
  double mean = 0.0;
  double error = 0.0;
};

/// Of at least one value.
MeanAndError mean_and_error(std::span<const double> values);

/// By how much `a` is ahead of `b`, fold by fold.
MeanAndError ahead(std::span<const double> a, std::span<const double> b);

}  // namespace asof
