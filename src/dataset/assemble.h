// From a project file to a matrix of features with outcomes: reads the tables, rebuilds what was known before every
// application, and finds out which outcomes could be observed.
#pragma once

#include <string>
#include <vector>

#include "dataset/labelled_applications.h"
#include "dataset/partitioned_histories.h"

namespace asof {

struct Assembled {
  FeaturePlan plan;
  Applications applications;
  Histories histories;  ///< when they were to be kept
  Dataset dataset;      ///< row i is application i
  OutcomeCounts outcomes;
  TableRead applications_read;
  std::vector<TableRead> tables_read;  ///< those that features read
  std::string outcomes_fingerprint;    ///< of the target's table when it is not the applications
};

struct AssembleOptions {
  int threads = 1;
  std::uint64_t memory = kRowMemory;  ///< as in HistoryOptions
  bool fingerprints = false;          ///< as in HistoryOptions; of the applications as well
  std::string applications_from;      ///< as in HistoryOptions
  bool keep_histories = false;        ///< all rows stay in memory, in `Assembled::histories`
  Progress progress;
};

/// Throws Error naming table, column and row or line. Outcomes that were not yet observable are never taken as bad.
Assembled assemble(const Project& project, const AssembleOptions& options);

/// Reads the tables of a plan for the applications given.
PartitionedHistories read_partitioned(const Project& project, const std::vector<TableSpec>& tables,
                                      const Applications& applications, const AssembleOptions& options);

/// The same, all at once.
Histories read_histories(const Project& project, const std::vector<TableSpec>& tables, const Applications& applications,
                         const AssembleOptions& options);

/// The feature matrix: one row per application, by as many calls of `FeaturePlan::compute`.
Matrix compute_features(const FeaturePlan& plan, const Applications& applications, PartitionedHistories& histories,
                        const AssembleOptions& options);
Matrix compute_features(const FeaturePlan& plan, const Applications& applications, const Histories& histories,
                        const AssembleOptions& options);

}  // namespace asof
