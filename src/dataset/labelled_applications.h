// The applications of a project and what became of the loans: a dataset that has no features yet.
#pragma once

#include <set>
#include <string>

#include "dataset/dataset.h"
#include "dataset/tables_in_memory.h"

namespace asof {

/// Applications that take no part in fitting and metrics, and why.
struct OutcomeCounts {
  std::size_t repaid = 0;
  std::size_t defaulted = 0;
  std::size_t unlabelled = 0;      ///< the label is empty, or there is no row for the application
  std::size_t indeterminate = 0;   ///< a value that means neither
  std::size_t not_observable = 0;  ///< the outcome was not yet known when observation ended
  std::size_t excluded = 0;        ///< left out by `where:` of the applications; not scored either
};

struct LabelledApplications {
  Applications applications;
  Dataset dataset;  ///< row i is application i; `features` has no column
  OutcomeCounts outcomes;
  TableRead applications_read;
  std::string outcomes_fingerprint;  ///< of the target's table when it is not the applications
};

struct ApplicationOptions {
  int threads = 1;
  bool fingerprints = false;  ///< as in HistoryOptions
  Progress progress;
};

/// `own`: the columns that features read, besides those that the project itself names. Throws Error naming table,
/// column and row or line.
LabelledApplications read_labelled_applications(const Project& project, const std::set<std::string>& own,
                                                const ApplicationOptions& options);

}  // namespace asof
