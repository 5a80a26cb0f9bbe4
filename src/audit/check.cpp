#include "audit/check.h"

#include <array>
#include <iterator>

#include "asof/error.h"
#include "base/format.h"

namespace asof::audit {

namespace checks {
#define REGISTER(name) extern const Check name;
#include "audit/checks.def"
#undef REGISTER
}  // namespace checks

namespace {

#define REGISTER(name) &checks::name,
constexpr auto kChecks = std::to_array<const Check*>({
#include "audit/checks.def"
});
#undef REGISTER

}  // namespace

std::span<const Check* const> all_checks() { return kChecks; }

std::vector<Finding> run_checks(const Evidence& evidence) {
  std::vector<Finding> findings;
  std::size_t done = 0;
  for (const Check* check : kChecks) {
    if (evidence.options.progress) evidence.options.progress(check->name, done++, kChecks.size());
    Report report(check->name);
    try {
      check->run(evidence, report);
    } catch (const Error& error) {
      if (error.kind() == Error::kInternal) throw;
      report.warn("", "", format("could not be looked at: {}", error.what()));
    }
    std::ranges::move(report.findings, std::back_inserter(findings));
  }
  return findings;
}

}  // namespace asof::audit
