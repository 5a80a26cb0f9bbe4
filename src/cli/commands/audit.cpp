// `asof audit`: does this data, or this table of features, leak? One line per finding; exit code 1 when there is an
// alarm.
#include <algorithm>

#include "asof/error.h"
#include "audit/check.h"
#include "audit/delays.h"
#include "audit/missing_by_month.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  bool delays = false;
  bool months = false;
  std::string features;
  std::string entity;
  std::string time;
  std::string label;
  std::string good = "1";
  std::string time_zone;
  std::vector<std::string> ignore;
  std::string model;
  std::uint64_t seed = audit::Options{}.seed;
  int threads = default_threads();
};

std::string coloured(const Console& console, audit::Severity severity, const std::string& text) {
  switch (severity) {
    case audit::Severity::kOk:
      return console.green(text);
    case audit::Severity::kWarning:
      return console.yellow(text);
    case audit::Severity::kAlarm:
      break;
  }
  return console.red(text);
}

/// Alarms first, then warnings, then what is as it should be; in each the order of the checks.
void say(std::vector<audit::Finding> findings, Console& console) {
  std::ranges::stable_sort(findings, [](const auto& a, const auto& b) { return a.severity > b.severity; });
  for (const audit::Finding& finding : findings) {
    std::string place = finding.table;
    if (!finding.column.empty()) place += (place.empty() ? "" : ".") + finding.column;
    const std::string severity = coloured(console, finding.severity, format("{:<8}", to_string(finding.severity)));
    console.say(format("{}{}{} {}", severity, place.empty() ? "" : console.bold(place) + ": ", finding.text,
                       console.dim(format("({})", finding.check))));
  }
}

void say(const audit::DelaySensitivity& sensitivity, Console& console) {
  console.say();
  console.say(format("ROC-AUC when rows arrive late; in time {}, {}, cross-validated", to_string(sensitivity.in_time),
                     sensitivity.kind));
  console.say(format("  {:<16} {:>6}  {:<14} {:<18}  {:<14} {:<18}", "table", "late", "model as it is", "change",
                     "retrained", "change"));
  for (const audit::DelayedTable& row : sensitivity.rows) {
    console.say(format("  {:<16} {:>6}  {:<14} {:<18}  {:<14} {:<18}", row.table.empty() ? "all of them" : row.table,
                       to_string(row.delay), to_string(row.as_it_is), signed_text(row.as_it_is_change),
                       to_string(row.retrained), signed_text(row.retrained_change)));
  }
}

void say(const std::vector<audit::MissingByMonth>& columns, Console& console) {
  console.say();
  console.say("missing values by month (UTC) of the rows, or of the application:");
  std::size_t complete = 0;
  for (const audit::MissingByMonth& column : columns) {
    if (std::ranges::all_of(column.months, [](const auto& month) { return month.second.missing == 0; })) {
      ++complete;
    } else {
      console.say(format("  {}", to_string(column)));
    }
  }
  console.say(format("  {} of {} columns and features are never missing", complete, columns.size()));
}

Json to_json_value(const std::vector<audit::Finding>& findings) {
  Json::Array list;
  for (const audit::Finding& finding : findings) {
    list.push_back(Json::Object{{"severity", to_string(finding.severity)},
                                {"check", finding.check},
                                {"table", finding.table.empty() ? Json() : Json(finding.table)},
                                {"column", finding.column.empty() ? Json() : Json(finding.column)},
                                {"text", finding.text}});
  }
  return list;
}

/// Says what was found and gives the exit code.
int conclude(const std::string& what, const audit::Evidence& evidence,
             const std::optional<audit::DelaySensitivity>& sensitivity, bool months, Console& console) {
  const std::vector<audit::Finding> findings = run_checks(evidence);
  const std::vector<audit::MissingByMonth> missing = missing_by_month(evidence);
  say(findings, console);
  if (months) say(missing, console);
  if (sensitivity) say(*sensitivity, console);
  const auto count = [&findings](audit::Severity severity) {
    return std::ranges::count(findings, severity, &audit::Finding::severity);
  };
  const auto alarms = count(audit::Severity::kAlarm), warnings = count(audit::Severity::kWarning);
  console.say();
  console.say(format("{}: {} alarms, {} warnings, {} ok", what, alarms, warnings, count(audit::Severity::kOk)));
  Json result = Json::Object{{"findings", to_json_value(findings)}, {"alarms", alarms}, {"warnings", warnings}};
  result["missing_by_month"] = to_json_value(missing);
  if (sensitivity) result["delays"] = to_json_value(*sensitivity);
  console.result(result);
  return alarms == 0 ? 0 : 1;
}

audit::Options audit_options(const Options& options, Console& console) {
  return {.kind = options.model, .seed = options.seed, .threads = options.threads, .progress = console.progress()};
}

int audit_project(const Options& options, Console& console) {
  const Project project = read_project(options.project);
  const Assembled assembled =
      assemble(project, {.threads = options.threads, .keep_histories = true, .progress = console.progress()});
  const audit::Evidence evidence(project, assembled, audit_options(options, console));
  std::optional<audit::DelaySensitivity> sensitivity;
  if (options.delays) sensitivity = delay_sensitivity(assembled, evidence.options);
  return conclude(options.project, evidence, sensitivity, options.months, console);
}

int audit_features(const Options& options, Console& console) {
  for (const auto& [name, value] :
       {std::pair("--entity", &options.entity), {"--time", &options.time}, {"--label", &options.label}}) {
    if (value->empty())
      throw Error(Error::kUsage,
                  format("--features needs {} too: the column of {} that holds it", name, options.features));
  }
  if (options.delays)
    throw Error(Error::kUsage,
                "--delays needs a project: a table of features does not say which rows it was made from");
  const audit::FeatureTable table =
      audit::read_feature_table({.from = options.features,
                                 .entity = options.entity,
                                 .time = options.time,
                                 .label = options.label,
                                 .good = options.good,
                                 .ignore = options.ignore,
                                 .zone = options.time_zone.empty() ? TimeZone() : TimeZone::named(options.time_zone),
                                 .threads = options.threads},
                                console.progress());
  const audit::Evidence evidence(table, audit_options(options, console));
  return conclude(options.features, evidence, std::nullopt, options.months, console);
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  const Option project =
      command.add_option("project", options->project, "The project file, or its folder").show_default();
  command.add_flag("--delays", options->delays, "Also the ROC-AUC when tables arrive a minute to a day late");
  command.add_flag("--months", options->months,
                   "Also how much of every column is missing, month by month; --json has it");
  const Option features = command.add_option(
      "--features", options->features, "Instead of a project: a .csv or .parquet of features that something else made");
  features.excludes(project);
  command.add_option("--entity", options->entity, "Its column that says whose a row is").needs(features);
  command.add_option("--time", options->time, "Its column with the time of the application").needs(features);
  command.add_option("--label", options->label, "Its column with the outcome").needs(features);
  command.add_option("--good", options->good, "The value of the label that means repaid")
      .show_default()
      .needs(features);
  command.add_option("--ignore", options->ignore, "Its columns that are no features").needs(features);
  command.add_option("--time-zone", options->time_zone, "The zone of its times without an offset").needs(features);
  command.add_option("--model", options->model, "The kind of model that measures (default: logistic)");
  command.add_option("--seed", options->seed, "Of folds and permutations").show_default();
  command.add_option("--threads", options->threads, "Threads; never changes a number").positive();
  return [options](Console& console) {
    return options->features.empty() ? audit_project(*options, console) : audit_features(*options, console);
  };
}

}  // namespace

extern const Command audit;
constinit const Command audit = {
    .name = "audit",
    .summary = "Does the data leak? Of a project, or of any table of features",
    .example = "asof audit asof.yaml --delays",
    .declare = declare,
};

}  // namespace asof::commands
