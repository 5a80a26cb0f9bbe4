#include "score/batch.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

void check_same(const std::string& table, std::string_view what, const std::string& trained, const std::string& given) {
  if (trained == given) return;
  const auto shown = [](const std::string& text) { return text.empty() ? std::string("none") : format("`{}`", text); };
  throw Error(
      Error::kIncompatible,
      format("table {}: the bundle was trained with {}: {}, the project file says {}; make them equal, or train again",
             table, what, shown(trained), shown(given)));
}

void check_setting(const Project& project, std::string_view key, std::string_view trained, std::string_view given) {
  if (trained == given) return;
  const auto shown = [&](std::string_view value) {
    return value.empty() ? format("no `{}:`", key) : format("`{}: {}`", key, value);
  };
  throw Error(Error::kIncompatible,
              format("{}: the bundle was trained with {}, this file says `{}`; make them equal, or train again",
                     project.file.string(), shown(trained), given.empty() ? "none" : given));
}

/// What became of earlier applications is read alike; how far this data goes is its own.
void check_outcome(TableSpec& trained, const TableSpec& given) {
  if (!trained.outcome || !trained.columns.contains(trained.outcome->label)) return;
  OutcomeSpec& outcome = *trained.outcome;
  const OutcomeSpec now = given.outcome.value_or(OutcomeSpec{});
  const auto window = [](const OutcomeSpec& one) {
    return one.performance_window ? to_string(*one.performance_window) : std::string();
  };
  check_same(trained.name, "label", outcome.label, now.label);
  check_same(trained.name, "good", outcome.good, now.good);
  check_same(trained.name, "indeterminate", join(outcome.indeterminate), join(now.indeterminate));
  check_same(trained.name, "target: known_at", outcome.known_at, now.known_at);
  check_same(trained.name, "performance_window", window(outcome), window(now));
  outcome.observed_until = now.observed_until;
}

std::string role_name(TableRole role) {
  switch (role) {
    case TableRole::kApplications:
      return "applications";
    case TableRole::kEvents:
      return "events";
    case TableRole::kDated:
      return "dated attributes";
    case TableRole::kUndated:
      break;
  }
  return "undated attributes";
}

}  // namespace

std::vector<TableSpec> tables_of(const Scorer& scorer, const Project& project) {
  check_setting(project, "time_zone", scorer.bundle().time_zone, project.time_zone);
  check_setting(project, "boundary", to_string(scorer.bundle().boundary), to_string(project.boundary));
  std::vector<std::string> known;
  for (const TableSpec& table : project.tables) known.push_back(table.name);
  const std::vector<TableSpec> history = project.history();
  std::vector<TableSpec> tables = scorer.tables();
  for (TableSpec& trained : tables) {
    const auto given = std::ranges::find(history, trained.name, &TableSpec::name);
    if (given == history.end()) {
      throw Error(Error::kIncompatible, format("the bundle reads a table `{}`, which {} does not have{}", trained.name,
                                               project.file.string(), did_you_mean(trained.name, known)));
    }
    check_same(trained.name, "role", role_name(trained.role), role_name(given->role));
    check_same(trained.name, "entity", trained.entity, given->entity);
    check_same(trained.name, "time", trained.time, given->time);
    check_same(trained.name, "id", trained.id, given->id);
    check_same(trained.name, "known_at", trained.known_at, given->known_at);
    check_same(trained.name, "delay", to_string(trained.delay), to_string(given->delay));
    check_same(trained.name, "where", trained.where, given->where);
    check_outcome(trained, *given);
    trained.from = given->from;
  }
  return tables;
}

Applications read_applications(const Scorer& scorer, const Project& project, const std::string& from,
                               const AssembleOptions& options) {
  TableSpec spec = scorer.bundle().applications;
  spec.from = from;
  Table rows = read_table(read_request(project, spec, scorer.columns_of(spec), options.threads), options.progress);
  return make_applications(spec, std::move(rows));
}

std::vector<Score> score_batch(const Scorer& scorer, const Applications& applications, PartitionedHistories& histories,
                               const AssembleOptions& options) {
  std::vector<Score> scores(applications.size());
  histories.for_each(applications, options.threads, options.progress, "scores",
                     [&](std::span<const std::uint32_t> rows, const History& history, Workspace& workspace) {
                       for (const std::uint32_t row : rows)
                         scores[row] = scorer.score(applications.at(row), history, workspace);
                     });
  return scores;
}

}  // namespace asof
