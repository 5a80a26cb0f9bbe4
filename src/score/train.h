// From a dataset to a bundle: candidates compared inside the training rows, each hold-out scored once, the chosen one
// fitted again on every known outcome.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataset/assemble.h"
#include "evaluate/cut_off.h"
#include "evaluate/drivers.h"
#include "evaluate/select.h"
#include "score/bundle.h"

namespace asof {

struct TrainRequest {
  int threads = 1;
  int resamples = 1000;          ///< of the bootstrap
  bool require_reasons = false;  ///< refuse features without the owner's words
  SearchBudget budget;           ///< of time: for all hold-outs together; of settings to draw: for each
  Progress progress;
};

/// One way of keeping rows back, and how the candidate chosen on the other rows did on them.
struct HoldOut {
  Split split;
  Selection selection;            ///< on the training rows alone
  Fitted fitted;                  ///< the chosen candidate, on the training rows
  std::vector<double> repayment;  ///< predicted for split.test, in that order
  Evaluation evaluation;
};

/// What undated tables are worth: the headline's chosen setting with and without their columns.
struct UndatedComparison {
  std::vector<std::string> tables;
  std::optional<Evaluation> without;
  std::string absent;  ///< why there is no model without them
};

struct Trained {
  Bundle bundle;  ///< sealed
  HoldOut headline;
  std::string headline_reason;
  std::optional<HoldOut> other;  ///< the other kind of hold-out, where there can be one
  std::string other_absent;      ///< why there is none
  CutOff cut_off;                ///< by the project's rule, on the headline
  std::optional<UndatedComparison> undated;
  Drivers drivers;  ///< on the headline's test rows
  Json run;         ///< wall-clock times: kept outside the bundle
};

/// Throws Error::kInvalidInput when there is too little to learn from, with the numbers.
Trained train(const Project& project, const Assembled& assembled, const TrainRequest& request);

}  // namespace asof
