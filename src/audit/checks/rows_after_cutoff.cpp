// Rows at or after the application: features never see them, so they are no leak. What they would have been worth says
// how far to trust a figure that was made without a cutoff.
#include "audit/check.h"
#include "audit/cross_validation.h"
#include "audit/other_rows.h"
#include "base/format.h"
#include "features/as_of.h"

namespace asof::audit::checks {
namespace {

constexpr double kErrorsOfNote = 2.0;

struct Counted {
  std::size_t rows = 0;  ///< once per application of their entity
  std::size_t after = 0;
};

Counted count_rows(const EventLog& log, const Applications& applications, Boundary boundary) {
  Counted counted;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const RowRange range = log.rows_of(applications.entity[i]);
    const auto times = log.times().subspan(range.begin, range.size());
    counted.rows += range.size();
    counted.after += range.size() - window_of(times, Timestamp{kMissingInteger}, applications.times[i], boundary).end;
  }
  return counted;
}

void run(const Evidence& evidence, Report& report) {
  if (evidence.assembled == nullptr) return;
  const Assembled& assembled = *evidence.assembled;
  const CrossValidation validation(evidence.data, evidence.options);
  const FoldScores as_of = validation.fit_and_score(evidence.data.features);
  for (std::size_t i = 0; i < assembled.histories.logs.size(); ++i) {
    const EventLog& log = assembled.histories.logs[i];
    if (log.times().empty() || log.spec().role == TableRole::kApplications) continue;  // it would count itself
    const auto [rows, after] = count_rows(log, assembled.applications, evidence.project->boundary);
    const std::string counted =
        format("{} of {} rows are at or after the application ({})", after, rows, percent(after, rows));
    if (after == 0) {
      report.ok(log.spec().name, "", counted);
      continue;
    }
    const FoldScores with_all = validation.fit_and_score(with_all_rows(assembled, i, evidence.options));
    const Estimate gain = validation.auc_difference(with_all, as_of);
    const std::string worth =
        format("{}; features leave them out; counting them would change ROC-AUC by {}, from {:.3f}", counted,
               signed_text(gain), validation.auc(as_of).value);
    if (gain.errors_above(0.0) > kErrorsOfNote) {
      report.warn(log.spec().name, "",
                  format("{}: figures that were computed on this table without a cutoff are too good; do not compare "
                         "with them",
                         worth));
    } else {
      report.ok(log.spec().name, "", worth);
    }
  }
}

}  // namespace

extern const Check rows_after_cutoff;
constinit const Check rows_after_cutoff = {
    .name = "rows_after_cutoff",
    .summary =
        "Rows at or after the application, which features leave out, and the ROC-AUC that counting them would "
        "add; a warning where it would add more than two standard errors.",
    .run = run,
};

}  // namespace asof::audit::checks
