// One question about leakage: one file in checks/ and one line in checks.def.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "audit/evidence.h"
#include "audit/finding.h"

namespace asof::audit {

struct Check {
  std::string_view name;
  std::string_view summary;  ///< one sentence: what is looked for, and when it is an alarm
  /// Adds what it finds, and nothing where the question has no meaning for the evidence.
  void (*run)(const Evidence& evidence, Report& report);
};

/// Every check, in the order of checks.def.
std::span<const Check* const> all_checks();

/// What all checks find, in their order. A check that cannot be run on this data (too few rows, one outcome) is a
/// warning that says why; the others go on. Same evidence, same findings, for any number of threads.
std::vector<Finding> run_checks(const Evidence& evidence);

}  // namespace asof::audit
