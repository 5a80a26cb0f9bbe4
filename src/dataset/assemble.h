// From a project file to a matrix of features with outcomes: reads the tables, rebuilds what was known before every
// application, and finds out which outcomes could be observed.
#pragma once

#include <string>
#include <vector>

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

struct Assembled {
  FeaturePlan plan;
  Applications applications;
  Histories histories;
  Dataset dataset;  ///< row i is application i
  OutcomeCounts outcomes;
  TableRead applications_read;
  std::string outcomes_fingerprint;  ///< of the target's table when it is not the applications
};

struct AssembleOptions {
  int threads = 1;
  Progress progress;
};

/// Throws Error naming table, column and row or line. Outcomes that were not yet observable are never taken as bad.
Assembled assemble(const Project& project, const AssembleOptions& options);

/// Reads the tables of a plan for the applications given.
Histories read_histories(const Project& project, const std::vector<TableSpec>& tables, const EntityIndex& entities,
                         const AssembleOptions& options);

/// The feature matrix: one row per application, by as many calls of `FeaturePlan::compute`.
Matrix compute_features(const FeaturePlan& plan, const Applications& applications, const Histories& histories,
                        const AssembleOptions& options);

}  // namespace asof
