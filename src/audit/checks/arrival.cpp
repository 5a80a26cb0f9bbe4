// When the lender had a row. A row that was dated before the application and arrived after it could not be used;
// without an arrival nobody can tell which these are.
#include <algorithm>

#include "audit/check.h"
#include "base/format.h"
#include "features/as_of.h"
#include "tables/arrival.h"

namespace asof::audit::checks {
namespace {

/// Rows that happened before an application, and how many of them were not known by then.
void describe_arrival(const EventLog& log, const Evidence& evidence, Report& report) {
  const Applications& applications = evidence.assembled->applications;
  std::size_t before = 0, late = 0, early = 0;
  std::vector<double> hours;
  for (std::size_t row = 0; row < log.table().rows; ++row) {
    if (log.known_at()[row] == kMissingInteger) continue;
    hours.push_back(in_hours({log.known_at()[row] - log.times()[row]}));
    early += hours.back() < 0.0 ? 1 : 0;
  }
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const RowRange range = log.rows_of(applications.entity[i]);
    const auto times = log.times().subspan(range.begin, range.size());
    const std::size_t happened =
        window_of(times, Timestamp{kMissingInteger}, applications.times[i], evidence.project->boundary).end;
    before += happened;
    late += happened - known_as_of(log, range, applications.times[i], evidence.project->boundary).size();
  }
  const std::string& column = log.spec().known_at.empty() ? log.spec().time : log.spec().known_at;
  if (hours.empty()) {
    report.warn(
        log.spec().name, column,
        "no row says when it was known, so each counts as known when it happened: is the right column declared?");
    return;
  }
  const auto middle = hours.begin() + std::ssize(hours) / 2;
  std::ranges::nth_element(hours, middle);
  const std::string text = format(
      "rows are known {:.2f} hours after they happened (median); {} of {} rows before an "
      "application were not known by then ({}), and do not count",
      *middle, late, before, percent(late, before));
  if (early > 0) {
    report.warn(
        log.spec().name, column,
        format("{} of {} rows were known before they happened ({}): one of the two clocks is wrong; compare them",
               early, hours.size(), percent(early, hours.size())));
  } else {
    report.ok(log.spec().name, column, text);
  }
}

void run(const Evidence& evidence, Report& report) {
  if (evidence.assembled == nullptr) return;
  for (const EventLog& log : evidence.assembled->histories.logs) {
    if (log.times().empty() || log.spec().role == TableRole::kApplications) continue;  // known when they are made
    if (!log.known_at().empty()) {
      describe_arrival(log, evidence, report);
      continue;
    }
    report.warn(log.spec().name, "",
                format("{}; declare one of them, and see by `asof audit --delays` what lateness costs",
                       arrival_unknown({&log.spec(), 1})));
  }
}

}  // namespace

extern const Check arrival;
constinit const Check arrival = {
    .name = "arrival",
    .summary = "Whether it is known when rows arrived; a warning for tables without `known_at` and `delay`.",
    .run = run,
};

}  // namespace asof::audit::checks
