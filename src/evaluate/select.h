// Which candidate is best, found by cross-validation inside the training rows. F1 never chooses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "dataset/split.h"
#include "evaluate/choose_calibration.h"
#include "evaluate/evaluation.h"
#include "evaluate/fitted.h"
#include "evaluate/search_budget.h"
#include "model/model.h"

namespace asof {

/// A candidate with one of its settings, and its cross-validated scores. Each is computed per fold and averaged over
/// folds: a probability of one fold is never ranked against one of another.
struct Trial {
  std::string kind;  ///< model kind's name
  Setting setting;
  double roc_auc = 0.0;        ///< mean over folds
  double roc_auc_error = 0.0;  ///< standard error of that mean, folds taken as independent; NaN for one fold
  double log_loss = 0.0;
  double pr_auc_minority = 0.0;
  std::vector<double> fold_roc_auc;  ///< in the order of the folds, which all trials share
  double seconds = 0.0;              ///< wall clock of fitting; never written into the bundle
};

struct SelectOptions {
  std::vector<std::string> candidates;  ///< kinds of models; empty: all
  FoldOptions folds;
  SplitBy by = SplitBy::kStratified;  ///< the headline's kind
  std::uint64_t seed = 42;
  int threads = 1;  ///< never changes the result
  /// Each setting is tried with each, when there are features of texts. At least one.
  std::vector<TextEncoding> texts = {TextEncoding::kIndicators, TextEncoding::kTarget};
  double clip = 0.0;    ///< of every setting's preprocessing
  SearchBudget budget;  ///< for settings beyond those that the kinds list
};

struct Selection {
  std::vector<Trial> trials;            ///< all of them, best first
  std::size_t best = 0;                 ///< index into trials: the chosen one
  std::vector<Trial> leaderboard;       ///< the best trial of each candidate, best first
  std::size_t draws = 0;                ///< how many settings were drawn beyond those listed
  std::size_t folds = 0;                ///< how many were scored, repeats included
  Outcome minority = Outcome::kRepaid;  ///< of `rows`: the class of `pr_auc_minority`
  ChosenCalibration calibration;        ///< of the best, from its margins for rows its folds had not learnt from
  Thresholds thresholds;                ///< of the best, from its out-of-fold predictions
  std::vector<double> out_of_fold;  ///< its calibrated repayment probability per row of `rows` (mean over repeats; NaN:
                                    ///< never tested)
  std::string why_not_first;        ///< why `best` is not the first trial, in a sentence; empty: it is
  std::string not_tried;            ///< kinds that cannot learn from this data, in a sentence; empty: none
  std::string missing_values_reason;  ///< why trees keep or impute missing values: the figures of both
};

/// Mean ROC-AUC over folds ranks (log loss breaks ties, then the order of the candidates). The plainest of those that
/// the first is no more than one standard error ahead of is chosen: kinds as registered, settings as each kind lists
/// them, then those drawn. Everything that is fitted, preprocessing included, is fitted on a fold's training rows
/// alone. Settings that prepare the data alike, because `rows` have no missing value, are tried once. Progress per
/// candidate and fold.
Selection select(const Dataset& data, std::span<const std::uint32_t> rows, const SelectOptions& options,
                 const Progress& progress);

/// The same among kinds that need not be registered; `options.candidates` is not read.
Selection select(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const ModelKind* const> kinds,
                 const SelectOptions& options, const Progress& progress);

}  // namespace asof
