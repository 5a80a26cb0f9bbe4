// Tables without times. Whether their values were taken before the application cannot be seen; but a value that was
// taken at the export, and grew until then, is greater for older applications.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "audit/check.h"
#include "audit/cross_validation.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

constexpr double kCorrelationMin = 0.15;
constexpr double kErrorsCertain = 4.0;
constexpr std::size_t kRowsMin = 30;

/// Ranks from 0, equal values sharing their mean.
std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> result(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t k = begin; k < end; ++k) result[order[k]] = 0.5 * static_cast<double>(begin + end - 1);
    begin = end;
  }
  return result;
}

/// Spearman's: the correlation of ranks. Missing when one of the two does not vary.
double rank_correlation(std::span<const double> x, std::span<const double> y) {
  const std::vector<double> a = ranks(x), b = ranks(y);
  const double middle = 0.5 * static_cast<double>(a.size() - 1);
  double xy = 0.0, xx = 0.0, yy = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    xy += (a[i] - middle) * (b[i] - middle);
    xx += (a[i] - middle) * (a[i] - middle);
    yy += (b[i] - middle) * (b[i] - middle);
  }
  return xx > 0.0 && yy > 0.0 ? xy / std::sqrt(xx * yy) : kMissing;
}

/// Against the time of the application. Over all orders of the rows its variance is 1 / (n - 1), which is what chance
/// is.
void compare_with_time(const EventLog& log, const Column& column, const Applications& applications, Report& report) {
  std::vector<double> values, times;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const RowRange range = log.rows_of(applications.entity[i]);
    if (range.size() == 0 || column.missing(range.begin)) continue;
    values.push_back(column.number(range.begin));
    times.push_back(static_cast<double>(applications.times[i].microseconds));
  }
  if (values.size() < kRowsMin) return;
  const double correlation = rank_correlation(values, times);
  const double errors = std::abs(correlation) * std::sqrt(static_cast<double>(values.size() - 1));
  if (!(std::abs(correlation) >= kCorrelationMin && errors >= kErrorsCertain)) return;
  report.warn(
      log.spec().name, column.name,
      format("goes {} with the time of the application (rank correlation {:+.2f}, {:.1f} standard errors, {} rows), "
             "as a value does that {} until it was exported: find out when it was taken, or leave it out",
             correlation < 0.0 ? "down" : "up", correlation, errors, values.size(),
             correlation < 0.0 ? "grows" : "shrinks"));
}

/// What the columns of tables without times add to ROC-AUC: with them, and with them emptied.
std::string worth_in_words(const Evidence& evidence) {
  const Dataset& data = evidence.data;
  Matrix without = data.features;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t j = 0; j < data.columns.size(); ++j) {
      if (data.columns[j].undated) without.row(row)[j] = kMissing;
    }
  }
  const CrossValidation validation(data, evidence.options);
  const FoldScores with = validation.fit_and_score(data.features);
  return format("columns of tables without times change ROC-AUC by {}, to {:.3f}",
                signed_text(validation.auc_difference(with, validation.fit_and_score(without))),
                validation.auc(with).value);
}

void run(const Evidence& evidence, Report& report) {
  if (evidence.assembled == nullptr) return;
  for (const EventLog& log : evidence.assembled->histories.logs) {
    if (log.spec().role != TableRole::kUndated) continue;
    report.warn(log.spec().name, "",
                format("has no time: nothing can show that its values were there before the application ({}); find out "
                       "when they were taken, or train without them",
                       worth_in_words(evidence)));
    for (const Column& column : log.table().columns) {
      if (column.type != ColumnType::kText) compare_with_time(log, column, evidence.assembled->applications, report);
    }
  }
}

}  // namespace

extern const Check undated;
constinit const Check undated = {
    .name = "undated",
    .summary =
        "Tables without times: always a warning, with what they are worth; and columns of theirs that go with the "
        "time of the application, as a value does that grew until the export.",
    .run = run,
};

}  // namespace asof::audit::checks
