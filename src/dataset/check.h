// Whether a project file fits its data: what `asof doctor` shows. Every finding is a sentence, and none of them stops
// the others: a table that cannot be read says so, and the next one is looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "asof/time.h"
#include "base/progress.h"
#include "project/project.h"

namespace asof {

enum class Verdict {
  kOk,
  kWarning,  ///< training would go on, perhaps not as meant
  kError,    ///< training would refuse
};

std::string_view to_string(Verdict verdict);  // "ok", "warning", "error"

struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string table;  ///< empty: the project as a whole
  std::string text;

  bool operator==(const Finding&) const = default;
};

struct CheckOptions {
  Timestamp now;  ///< times later than a day after this are not plausible
  int threads = 1;
  Progress progress;
};

struct CheckReport {
  std::vector<Finding> findings;
  /// The tables that features read, with the types of their columns; none when something keeps features from being
  /// computed.
  std::vector<TableSpec> tables;
};

/// Reads every table once. No finding holds what the environment filled in.
CheckReport check_project(const Project& project, const CheckOptions& options);

}  // namespace asof
