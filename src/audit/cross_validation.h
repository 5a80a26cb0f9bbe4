// What features are worth, measured by a cheap model on rows that it did not learn from.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/auc.h"
#include "audit/evidence.h"
#include "dataset/split.h"
#include "evaluate/fitted.h"

namespace asof::audit {

/// Scores of the test rows of each fold.
using FoldScores = std::vector<std::vector<double>>;

/// The folds of one dataset, stratified, whole groups together. Matrices of the same applications can be compared on
/// them: same rows, same folds, same seed.
class CrossValidation {
 public:
  /// Refers to `data`. Throws Error::kInvalidInput when there are fewer than two persons of an outcome.
  CrossValidation(const Dataset& data, const Options& options);

  std::span<const Split> folds() const { return folds_; }

  /// One model per fold, fitted on its training rows of `features`; none where no feature varies on them.
  std::vector<std::optional<Fitted>> fit(const Matrix& features) const;

  /// The models' scores of the test rows of `features`, which need not be those they were fitted on. Where there is no
  /// model all rows score alike.
  FoldScores scores(std::span<const std::optional<Fitted>> models, const Matrix& features) const;

  /// Both.
  FoldScores fit_and_score(const Matrix& features) const { return scores(fit(features), features); }

  /// Mean over folds.
  Estimate auc(const FoldScores& scores) const;
  Estimate auc_difference(const FoldScores& scores, const FoldScores& others) const;

 private:
  Dataset with(const Matrix& features) const;

  const Dataset& data_;
  Options options_;
  std::vector<Split> folds_;
};

/// `options.kind`, or what stands for none; throws Error::kInvalidInput for an unknown one.
std::string kind_of(const Dataset& data, const Options& options);

}  // namespace asof::audit
