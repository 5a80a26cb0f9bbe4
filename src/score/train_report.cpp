#include "score/train_report.h"

#include <algorithm>

#include "base/format.h"
#include "base/version.h"
#include "evaluate/report.h"
#include "tables/arrival.h"

namespace asof {
namespace {

HoldoutReport holdout_report(const HoldOut& hold_out) {
  return {.by = hold_out.split.by,
          .train_rows = hold_out.split.train.size(),
          .candidate = format("{}, {}", hold_out.fitted.kind, hold_out.fitted.setting.name),
          .left_out = hold_out.split.left_out,
          .test_begins = hold_out.split.test_begins,
          .evaluation = hold_out.evaluation};
}

HoldoutPredictions predictions_of(const HoldOut& hold_out, const Dataset& data) {
  HoldoutPredictions predictions{.repayment = hold_out.repayment, .good = {}, .weights = {}, .times = {}};
  for (const std::uint32_t row : hold_out.split.test) {
    predictions.good.push_back(data.good[row]);
    predictions.weights.push_back(data.weights[row]);
    predictions.times.push_back(data.times[row]);
  }
  return predictions;
}

/// What a reader must know before believing a number.
std::vector<std::string> alerts_of(const Project& project, const Assembled& assembled) {
  std::vector<std::string> alerts;
  if (project.boundary == Boundary::kAt) {
    alerts.emplace_back(
        "Boundary `at`: rows at the application time itself are counted, which a live score may not have had.");
  }
  if (const std::string unknown = arrival_unknown(assembled.plan.tables()); !unknown.empty())
    alerts.push_back(unknown + ".");
  return alerts;
}

std::vector<std::string> verdict_of(const Trained& trained) {
  const HoldOut& headline = trained.headline;
  const Evaluation& evaluation = headline.evaluation;
  const Figure& auc = evaluation.figure("roc_auc");
  const Figure& average_precision = evaluation.figure("pr_auc", evaluation.minority);
  return {format("{} ranks loans with ROC-AUC {:.3f} (95 % between {:.3f} and {:.3f}) on {} applications it had not "
                 "seen, {} of them {}.",
                 model_kind(headline.fitted.kind).title, auc.value, auc.interval.low, auc.interval.high,
                 evaluation.rows, evaluation.minority == Outcome::kRepaid ? evaluation.repaid : evaluation.defaulted,
                 to_string(evaluation.minority)),
          format("PR-AUC of the {} is {:.3f} ({:.3f} to {:.3f}); their share among the training rows is {:.3f}.",
                 to_string(evaluation.minority), average_precision.value, average_precision.interval.low,
                 average_precision.interval.high,
                 evaluation.minority == Outcome::kRepaid ? evaluation.training_base_rate
                                                         : 1.0 - evaluation.training_base_rate)};
}

DataCount count_of(const TableRead& read) {
  DataCount count{.what = read.table, .rows = read.rows, .left_out = 0, .why = {}};
  std::vector<std::string> said;
  for (const LeftOut::Reason& reason : read.left_out.reasons()) {
    count.left_out += reason.rows;
    if (reason.rows > 0) said.push_back(format("{} {}", reason.rows, reason.words));
  }
  count.why = join(said);
  return count;
}

std::vector<Timestamp> times_of_labelled(const Dataset& data) {
  std::vector<Timestamp> times;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (!is_missing(data.good[row])) times.push_back(data.times[row]);
  }
  return times;
}

std::vector<DataCount> counts_of(const Assembled& assembled) {
  const OutcomeCounts& outcomes = assembled.outcomes;
  std::vector<DataCount> counts = {count_of(assembled.applications_read)};
  counts.push_back({.what = "applications with a known outcome",
                    .rows = assembled.dataset.rows(),
                    .left_out = outcomes.unlabelled + outcomes.indeterminate + outcomes.not_observable,
                    .why = format("{} unlabelled, {} indeterminate, {} not yet observable", outcomes.unlabelled,
                                  outcomes.indeterminate, outcomes.not_observable)});
  for (const TableRead& read : assembled.tables_read) counts.push_back(count_of(read));
  return counts;
}

std::vector<DictionaryEntry> dictionary_of(const Assembled& assembled, const Split& split) {
  std::vector<DictionaryEntry> entries;
  const Dataset& data = assembled.dataset;
  for (std::size_t i = 0; i < data.columns.size(); ++i) {
    const auto missing =
        std::ranges::count_if(split.train, [&](std::uint32_t row) { return is_missing(data.features.row(row)[i]); });
    entries.push_back({.name = data.columns[i].name,
                       .definition = assembled.plan.definitions()[i].expression,
                       .family = data.columns[i].family,
                       .missing_share = static_cast<double>(missing) / static_cast<double>(split.train.size()),
                       .undated = data.columns[i].undated});
  }
  return entries;
}

std::vector<std::pair<std::string, std::string>> manifest_of(const Project& project, const Assembled& assembled,
                                                             const Trained& trained) {
  std::vector<std::pair<std::string, std::string>> lines = {
      {"asof", std::string(kVersion)},
      {"bundle", format("{} {}", trained.bundle.name, trained.bundle.version)},
      {"model", format("{}, {}: {}", trained.bundle.kind, trained.headline.fitted.setting.name,
                       model_kind(trained.bundle.kind).library)},
      {"boundary", std::string(to_string(project.boundary))},
      {"seed", format("{}", project.train.seed)},
      {"rebuild with", format("asof train asof.yaml --seed {}", project.train.seed)},
      {format("data of {}", assembled.applications_read.table), assembled.applications_read.fingerprint}};
  for (const TableRead& read : assembled.tables_read)
    lines.emplace_back(format("data of {}", read.table), read.fingerprint);
  return lines;
}

}  // namespace

std::map<std::string, std::string> documents_of(const Project& project, const Assembled& assembled,
                                                const Trained& trained) {
  const Dataset& data = assembled.dataset;
  ReportInput input;
  input.project = project.name;
  input.note = project.note;
  input.model_version = trained.bundle.version;
  input.verdict = verdict_of(trained);
  input.alerts = alerts_of(project, assembled);
  const std::vector<Timestamp> labelled = times_of_labelled(data);
  const auto [first, last] = std::ranges::minmax_element(labelled);
  input.first_application = *first;
  input.last_application = *last;
  input.headline = {trained.headline.split.by, trained.headline_reason};
  input.holdouts = {holdout_report(trained.headline)};
  if (trained.other) input.holdouts.push_back(holdout_report(*trained.other));
  input.selection = trained.headline.selection;
  input.dropped = trained.bundle.preprocess.dropped();
  for (const auto& [feature, direction] : project.directions) {
    input.directions.push_back(format("as `{}` rises, the risk never {}", feature,
                                      direction == Direction::kIncreasesRisk ? "falls" : "rises"));
  }
  input.predictions = predictions_of(trained.headline, data);
  input.cut_off = trained.cut_off;
  input.drivers = trained.drivers;
  input.drivers_rows = "the headline hold-out";
  if (trained.undated) {
    input.undated_tables = trained.undated->tables;
    input.without_undated = trained.undated->without;
  }
  input.counts = counts_of(assembled);
  input.features = dictionary_of(assembled, trained.headline.split);
  input.manifest = manifest_of(project, assembled, trained);
  return {{"report.html", report_html(input)}, {"model_card.md", model_card(input)}};
}

}  // namespace asof
