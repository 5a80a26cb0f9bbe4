// `asof features --suggest`: the search, and what is said of it.
#pragma once

#include <cstddef>
#include <string>

#include "cli/command.h"
#include "suggest/suggest.h"

namespace asof {

struct SuggestRequest {
  std::string project;  ///< the file, or its folder
  std::string out;      ///< empty: standard output
  bool force = false;   ///< replaces `out` if it exists
  std::size_t budget = SuggestOptions{}.budget;
  int threads = 1;
};

/// The block for the project file to `out` or standard output; how it came about to standard error. Nothing is written
/// when nothing was kept.
int suggest_features(const SuggestRequest& request, Console& console);

}  // namespace asof
