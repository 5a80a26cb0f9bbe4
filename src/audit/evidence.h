// What is audited: the features of a project with everything they were made from, or a table of features that
// something else made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/feature_table.h"
#include "base/progress.h"
#include "dataset/assemble.h"
#include "project/project.h"

namespace asof::audit {

struct Options {
  /// The kind of model that measures what rows and delays are worth; empty: "logistic", or "lightgbm" where
  /// applications have different weights.
  std::string kind;
  int folds = 5;
  std::uint64_t seed = 42;
  int threads = 1;  ///< never changes a number
  Progress progress;
};

/// Refers to what it was made from, which must outlive it.
struct Evidence {
  const Dataset& data;
  const Project* project = nullptr;      ///< null for a feature table
  const Assembled* assembled = nullptr;  ///< null for a feature table; with the rows after the applications
  const FeatureTable* table = nullptr;   ///< null for a project
  Options options;

  Evidence(const Project& of, const Assembled& made, Options how)
      : data(made.dataset), project(&of), assembled(&made), options(std::move(how)) {}
  Evidence(const FeatureTable& of, Options how) : data(of.data), table(&of), options(std::move(how)) {}
};

/// The rows whose outcome is known, ascending.
std::vector<std::uint32_t> labelled_rows(const Dataset& data);

}  // namespace asof::audit
