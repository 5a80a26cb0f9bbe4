#include "audit/delays.h"

#include "audit/cross_validation.h"
#include "audit/other_rows.h"
#include "base/format.h"

namespace asof::audit {
namespace {

constexpr Duration kDelays[] = {kMinute, Duration{5 * kMinute.microseconds}, kHour, kDay};

Json to_json_value(const Estimate& estimate) {
  return Json::Object{{"value", estimate.value}, {"standard_error", estimate.error}};
}

}  // namespace

DelaySensitivity delay_sensitivity(const Assembled& assembled, const Options& options) {
  const Dataset& data = assembled.dataset;
  const CrossValidation validation(data, options);
  const std::vector<std::optional<Fitted>> models = validation.fit(data.features);
  const FoldScores in_time = validation.scores(models, data.features);
  DelaySensitivity result{.kind = kind_of(data, options), .in_time = validation.auc(in_time), .rows = {}};

  std::vector<const EventLog*> logs;
  std::vector<std::size_t> with_times;
  for (std::size_t i = 0; i < assembled.histories.logs.size(); ++i) {
    logs.push_back(&assembled.histories.logs[i]);
    const bool arrives = !logs.back()->times().empty() && logs.back()->spec().role != TableRole::kApplications;
    if (arrives) with_times.push_back(i);
  }
  const auto judge = [&](std::string table, Duration delay, std::span<const EventLog* const> delayed) {
    if (options.progress) options.progress("delays", result.rows.size(), (with_times.size() + 1) * std::size(kDelays));
    const Matrix features = with_logs(assembled, delayed, options);
    const FoldScores as_it_is = validation.scores(models, features);
    const FoldScores retrained = validation.fit_and_score(features);
    result.rows.push_back({.table = std::move(table),
                           .delay = delay,
                           .as_it_is = validation.auc(as_it_is),
                           .as_it_is_change = validation.auc_difference(as_it_is, in_time),
                           .retrained = validation.auc(retrained),
                           .retrained_change = validation.auc_difference(retrained, in_time)});
  };

  for (const std::size_t i : with_times) {
    for (const Duration delay : kDelays) {
      const EventLog late = later(assembled.histories.logs[i], delay);
      std::vector<const EventLog*> delayed = logs;
      delayed[i] = &late;
      judge(late.spec().name, delay, delayed);
    }
  }
  for (const Duration delay : kDelays) {
    if (with_times.size() < 2) break;
    std::vector<EventLog> late;
    std::vector<const EventLog*> delayed = logs;
    late.reserve(with_times.size());
    for (const std::size_t i : with_times) {
      late.push_back(later(assembled.histories.logs[i], delay));
      delayed[i] = &late.back();
    }
    judge("", delay, delayed);
  }
  return result;
}

Json to_json_value(const DelaySensitivity& sensitivity) {
  Json::Array rows;
  for (const DelayedTable& row : sensitivity.rows) {
    rows.push_back(Json::Object{{"table", row.table.empty() ? Json() : Json(row.table)},
                                {"delay", to_string(row.delay)},
                                {"as_it_is", to_json_value(row.as_it_is)},
                                {"as_it_is_change", to_json_value(row.as_it_is_change)},
                                {"retrained", to_json_value(row.retrained)},
                                {"retrained_change", to_json_value(row.retrained_change)}});
  }
  return Json::Object{
      {"kind", sensitivity.kind}, {"in_time", to_json_value(sensitivity.in_time)}, {"rows", std::move(rows)}};
}

}  // namespace asof::audit
