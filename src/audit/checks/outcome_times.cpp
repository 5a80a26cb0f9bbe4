// An outcome that was known when the loan was applied for is the outcome of something else.
#include <algorithm>

#include "audit/check.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

void run(const Evidence& evidence, Report& report) {
  if (evidence.project == nullptr) return;
  const Target& target = evidence.project->target;
  if (target.known_at.empty() && !target.performance_window) {
    report.warn(target.table, target.label,
                "when outcomes were known is not said, so each counts as known at its application: declare `known_at` "
                "or `performance_window` in `target:`");
    return;
  }
  if (target.known_at.empty()) {
    report.ok(
        target.table, target.label,
        format("outcomes are known {} after the application, as declared", to_string(*target.performance_window)));
    return;
  }
  const Dataset& data = evidence.data;
  std::vector<double> days;
  std::size_t early = 0;
  for (const std::uint32_t row : labelled_rows(data)) {
    early += data.known_at[row] <= data.times[row] ? 1 : 0;
    days.push_back(in_days(data.known_at[row] - data.times[row]));
  }
  if (days.empty()) return;
  if (early > 0) {
    report.alarm(
        target.table, target.known_at,
        format("{} of {} outcomes were known at or before the application ({}): they are outcomes of something "
               "earlier, or one of the two times is wrong; correct them or leave such rows out by `where:`",
               early, days.size(), percent(early, days.size())));
    return;
  }
  const auto middle = days.begin() + std::ssize(days) / 2;
  std::ranges::nth_element(days, middle);
  const double median_days = *middle;
  report.ok(
      target.table, target.known_at,
      format("every outcome was known after its application, half of them after {:.1f} days or more", median_days));
}

}  // namespace

extern const Check outcome_times;
constinit const Check outcome_times = {
    .name = "outcome_times",
    .summary = "When outcomes were known; an alarm when one was known at or before its application.",
    .run = run,
};

}  // namespace asof::audit::checks
