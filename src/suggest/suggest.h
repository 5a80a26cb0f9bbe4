// Features that a project does not have yet and that earn their place, as definitions a person can read and edit.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/progress.h"
#include "project/project.h"
#include "suggest/stagewise.h"

namespace asof {

struct SuggestOptions {
  std::size_t budget = 300;  ///< candidates, at least 1; fewer where the tables offer fewer
  int threads = 1;           ///< never changes the result
  Progress progress;

  /// Throws Error::kInvalidInput.
  void validate() const;
};

struct Suggestion {
  Definition definition;
  Earned earned;
};

struct Suggestions {
  std::vector<Suggestion> kept;  ///< in the order in which they were kept
  std::size_t candidates = 0;    ///< that were computed
  Stagewise search;              ///< what it took to tell
  SplitBy by = SplitBy::kStratified;
  std::size_t held_out = 0;          ///< rows of the headline's hold-out, which were not looked at
  std::vector<std::string> undated;  ///< tables that offer no candidate because nobody knows when their rows were known
};

/// Looks at the rows that `train` would learn from for its headline, and not at those it keeps back. Throws
/// Error::kInvalidInput when there is no table to make features of, or too little to learn from.
Suggestions suggest(const Project& project, const SuggestOptions& options);

/// The block `features: define:` of a project file, by family; empty when nothing was kept.
std::string to_yaml(const Suggestions& suggestions);

}  // namespace asof
