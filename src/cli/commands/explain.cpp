// `asof explain`: one application's score, feature by feature.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/scoring_options.h"
#include "score/batch.h"

namespace asof::commands {
namespace {

struct Options {
  ScoringOptions scoring;
  std::string user;
  std::string at;
  std::string applications;
  int threads = default_threads();
};

EntityKey key_of(const std::string& text, ColumnType type) {
  if (type == ColumnType::kText) return text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw Error(Error::kUsage, format("--user: an integer was expected, not `{}`", text));
  return number;
}

/// Whoever and whenever the caller says, without columns of its own.
Applications made_up_application(const EntityKey& key, Timestamp at) {
  Applications applications;
  applications.entities = EntityIndex(key);
  applications.entity = {0};
  applications.keys = {key};
  applications.times = {at};
  return applications;
}

/// The one application of `from` that is meant, with its own columns.
Applications found_application(const Scorer& scorer, const Project& project, const Options& options,
                               const EntityKey& key, Timestamp at) {
  const TableSpec& spec = scorer.bundle().applications;
  const std::string from = options.applications.empty() ? project.applications().from : options.applications;
  const Applications all = read_applications(scorer, project, from, {.threads = options.threads, .progress = nullptr});
  std::vector<std::uint32_t> meant;
  for (std::uint32_t row = 0; row < all.size(); ++row) {
    if (all.keys[row] == key && all.times[row] == at) meant.push_back(row);
  }
  if (meant.size() == 1) return make_applications(spec, take(all.rows, meant));
  throw Error(
      Error::kNotFound,
      format("table {}: {} applications of {} {} at {}, but the score needs the own columns of one; give a file "
             "that has it: --applications FILE",
             spec.name, meant.size(), spec.entity, options.user, to_string(at)));
}

Applications one_application(const Scorer& scorer, const Project& project, const Options& options) {
  const TableSpec& spec = scorer.bundle().applications;
  const auto entity = spec.columns.find(spec.entity);
  const EntityKey key = key_of(options.user, entity->second.type.value_or(ColumnType::kInteger));
  const Timestamp at = parse_timestamp(options.at, zone_of(project));
  const bool has_own_columns = std::ranges::any_of(
      spec.columns, [&](const auto& column) { return column.first != spec.entity && column.first != spec.time; });
  if (!has_own_columns && options.applications.empty()) return made_up_application(key, at);
  return found_application(scorer, project, options, key, at);
}

Json to_json_value(const Explanation& explanation) {
  Json::Array contributions;
  for (const Contribution& one : explanation.contributions) contributions.push_back(to_json_value(one));
  Json::Array reasons;
  for (const Reason& reason : explanation.reasons) {
    reasons.push_back(Json::Object{{"feature", reason.feature},
                                   {"group", reason.group},
                                   {"text", reason.sentence},
                                   {"log_odds", reason.log_odds}});
  }
  return Json::Object{{"prediction_probability", explanation.score.repayment_probability},
                      {"log_odds", explanation.score.log_odds},
                      {"points", explanation.score.points},
                      {"base", explanation.base},
                      {"calibration", explanation.calibration},
                      {"prior", explanation.prior},
                      {"contributions", std::move(contributions)},
                      {"reasons", std::move(reasons)}};
}

int run(const Options& options, Console& console) {
  const Project project = read_project(options.scoring.project);
  const Scorer scorer = options.scoring.load(&project);
  const std::vector<TableSpec> tables = tables_of(scorer, project);
  const Applications applications = one_application(scorer, project, options);
  const Histories histories =
      read_histories(project, tables, applications, {.threads = options.threads, .progress = console.progress()});
  const Application application = applications.at(0);
  Explanation explanation = scorer.explain(application, histories.of(0));
  console.result(to_json_value(explanation));

  console.say(format("repayment probability {:.4f} of {} {} at {}", explanation.score.repayment_probability,
                     scorer.bundle().applications.entity, options.user, to_string(application.at)));
  const PointCard& card = scorer.bundle().points;
  if (!card.bands.empty()) {
    console.say(format("  {:.0f} points, band {}", explanation.score.points, card.band_of(explanation.score.points)));
  }
  for (std::size_t i = 0; i < explanation.reasons.size(); ++i)
    console.say(format("  reason {}: {}", i + 1, explanation.reasons[i].sentence));
  for (const SourceUse& source : explanation.score.sources)
    console.say(format("  {}: {} rows known before", source.table, source.rows_used));
  console.say(format("log-odds {:+.4f} = base {:+.4f} + calibration {:+.4f}{} + what each feature adds",
                     explanation.score.log_odds, explanation.base, explanation.calibration,
                     explanation.prior == 0.0 ? "" : format(" + prior {:+.4f}", explanation.prior)));
  std::ranges::stable_sort(explanation.contributions, std::greater<>(),
                           [](const Contribution& one) { return std::abs(one.log_odds); });
  for (const Contribution& one : explanation.contributions) {
    if (one.log_odds == 0.0) continue;
    const std::string amount = format("{:+.4f}", one.log_odds);
    console.say(format("  {}  {} = {}", one.log_odds > 0 ? console.green(amount) : console.red(amount), one.feature,
                       one.display));
  }
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  add_scoring_options(command, options->scoring);
  command.add_option("-u,--user", options->user, "Whose application").required();
  command.add_option("--at", options->at, "As of when, for example 2024-01-01T00:00:00Z").required();
  command.add_option("-a,--applications", options->applications,
                     "Where the application with its own columns is found, a file or postgres:URL#table (default: the "
                     "project's applications, when own columns are features)");
  command.add_option("--threads", options->threads, "Threads; never changes a number").positive();
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command explain;
constinit const Command explain = {
    .name = "explain",
    .summary = "Say what one application's score is made of",
    .example = "asof explain asof.yaml --user 5 --at 2024-01-01T00:00:00Z",
    .declare = declare,
};

}  // namespace asof::commands
