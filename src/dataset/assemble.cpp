#include "dataset/assemble.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "dataset/outcomes.h"
#include "sources/refusal.h"

namespace asof {
namespace {

constexpr std::size_t kApplicationsPerPiece = 64;

/// The columns of the applications that are features: what a bundle keeps of them, besides entity and time.
std::set<std::string> own_features(const Project& project, const std::vector<Definition>& definitions) {
  TableSpec bare = project.applications();
  bare.where.clear();
  const auto read =
      columns_read(definitions, bare, std::vector<TableSpec>(project.tables.begin() + 1, project.tables.end()));
  const auto own = read.find(bare.name);
  return own == read.end() ? std::set<std::string>{} : own->second;
}

bool target_is_applications(const Project& project) { return project.target.table == project.applications().name; }

/// The time column of outcomes is a time whatever the source calls it.
TableSpec with_time_column(TableSpec spec, const std::string& column) {
  if (!column.empty()) spec.columns[column].type = ColumnType::kTime;
  return spec;
}

Table read_applications(const Project& project, const std::set<std::string>& own, const AssembleOptions& options,
                        TableRead& read) {
  const TableSpec& spec = project.applications();
  std::set<std::string> columns = own;
  for (const std::string& column : {project.weight, project.train.group}) {
    if (!column.empty()) columns.insert(column);
  }
  columns.merge(columns_of_where(spec));
  TableSpec typed = spec;
  if (target_is_applications(project)) {
    columns.merge(outcome_columns(project.target, spec));
    typed = with_time_column(std::move(typed), project.target.known_at);
  }
  const ReadRequest request = read_request(project, spec, column_requests(typed, columns), options.threads);
  Table rows = read_table(request, options.progress);
  read = {spec.name, rows.rows, {}, {}};
  if (options.fingerprints) read.fingerprint = source_kind_of(spec.from).fingerprint(request, rows);
  return rows_taking_part(std::move(rows), spec, zone_of(project), read.left_out);
}

/// Rows of one group stay on one side of every split: persons, and rows of equal value in the project's `group` column.
std::vector<std::uint32_t> group_rows(const Project& project, const Applications& applications) {
  if (project.train.group.empty()) return applications.entity;
  const Column& column = applications.rows.at(project.train.group);
  // Union of two partitions: follow each row to the least row it is tied to.
  std::vector<std::uint32_t> parent(applications.size());
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&](std::uint32_t row) {
    while (parent[row] != row) row = parent[row] = parent[parent[row]];
    return row;
  };
  const auto unite = [&](std::uint32_t a, std::uint32_t b) {
    parent[std::max(root(a), root(b))] = std::min(root(a), root(b));
  };
  std::map<std::uint32_t, std::uint32_t> first_of_entity;
  std::map<std::string, std::uint32_t> first_of_value;
  for (std::uint32_t row = 0; row < parent.size(); ++row) {
    unite(row, first_of_entity.try_emplace(applications.entity[row], row).first->second);
    if (!column.missing(row)) unite(row, first_of_value.try_emplace(column.display(row), row).first->second);
  }
  std::vector<std::uint32_t> groups(parent.size());
  for (std::uint32_t row = 0; row < parent.size(); ++row) groups[row] = root(row);
  return groups;
}

std::vector<double> weights_of(const Project& project, const Applications& applications) {
  std::vector<double> weights(applications.size(), 1.0);
  if (project.weight.empty()) return weights;
  const Column& column = applications.rows.at(project.weight);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    weights[row] = column.type == ColumnType::kText ? kMissing : column.number(row);
    if (weights[row] > 0.0 && std::isfinite(weights[row])) continue;
    throw refusal(
        project.applications().name, applications.rows.place(row), project.weight,
        format("a weight is a number above 0, not `{}`; leave such rows out by `where:`", column.display(row)));
  }
  return weights;
}

OutcomeCounts label(const Project& project, const Applications& applications, const AssembleOptions& options,
                    Assembled& result) {
  if (target_is_applications(project)) {
    return read_outcomes(project.target, project.applications(), applications.rows, applications, result.dataset);
  }
  const TableSpec spec = with_time_column(project.table(project.target.table), project.target.known_at);
  const ReadRequest request =
      read_request(project, spec, column_requests(spec, outcome_columns(project.target, spec)), options.threads);
  Table rows = read_table(request, options.progress);
  if (options.fingerprints) result.outcomes_fingerprint = source_kind_of(spec.from).fingerprint(request, rows);
  LeftOut left_out;
  rows = rows_taking_part(std::move(rows), spec, zone_of(project), left_out);
  return read_outcomes(project.target, spec, rows, applications, result.dataset);
}

PartitionedHistories::Columns columns_of(const std::vector<TableSpec>& tables) {
  PartitionedHistories::Columns columns;
  for (const TableSpec& table : tables) {
    for (const auto& [name, column] : table.columns) columns[table.name].insert(name);
  }
  return columns;
}

HistoryOptions history_options(const AssembleOptions& options, bool whole) {
  return {.threads = options.threads,
          .memory = options.memory,
          .whole = whole,
          .fingerprints = options.fingerprints,
          .progress = options.progress};
}

}  // namespace

PartitionedHistories read_partitioned(const Project& project, const std::vector<TableSpec>& tables,
                                      const Applications& applications, const AssembleOptions& options) {
  return PartitionedHistories::read(project, tables, columns_of(tables), applications, history_options(options, false));
}

Histories read_histories(const Project& project, const std::vector<TableSpec>& tables, const Applications& applications,
                         const AssembleOptions& options) {
  return PartitionedHistories::read(project, tables, columns_of(tables), applications, history_options(options, true))
      .all();
}

Matrix compute_features(const FeaturePlan& plan, const Applications& applications, PartitionedHistories& histories,
                        const AssembleOptions& options) {
  Matrix matrix(applications.size(), plan.columns().size());
  histories.for_each(applications, options.threads, options.progress, "features",
                     [&](std::span<const std::uint32_t> rows, const History& history, Workspace& workspace) {
                       std::vector<Application> of_entity;
                       std::vector<std::span<double>> features;
                       for (const std::uint32_t row : rows) {
                         of_entity.push_back(applications.at(row));
                         features.push_back(matrix.row(row));
                       }
                       plan.compute(of_entity, history, workspace, features);
                     });
  return matrix;
}

Matrix compute_features(const FeaturePlan& plan, const Applications& applications, const Histories& histories,
                        const AssembleOptions& options) {
  Matrix matrix(applications.size(), plan.columns().size());
  std::size_t done = 0;
  std::mutex speaking;
  parallel_for(matrix.rows, kApplicationsPerPiece, options.threads, [&](std::size_t begin, std::size_t end) {
    Workspace workspace;
    for (std::size_t row = begin; row < end; ++row) {
      plan.compute(applications.at(row), histories.of(applications.entity[row]), workspace, matrix.row(row));
    }
    if (!options.progress) return;
    const std::scoped_lock lock(speaking);
    done += end - begin;
    options.progress("features", done, matrix.rows);
  });
  return matrix;
}

Assembled assemble(const Project& project, const AssembleOptions& options) {
  const std::vector<Definition> definitions = definitions_of(project);
  refuse_outcome_as_feature(project, definitions);  // families are written out only now
  const std::vector<TableSpec> others(project.tables.begin() + 1, project.tables.end());
  const std::set<std::string> own = own_features(project, definitions);

  TableRead applications_read;
  Applications applications =
      make_applications(project.applications(), read_applications(project, own, options, applications_read));
  PartitionedHistories histories =
      PartitionedHistories::read(project, others, columns_read(definitions, project.applications(), others),
                                 applications, history_options(options, options.keep_histories));

  // The bundle's applications have what scoring needs: entity, time and the features among their columns.
  TableSpec applications_spec = with_types(project.applications(), applications.rows.columns);
  applications_spec.where.clear();
  std::erase_if(applications_spec.columns, [&](const auto& column) {
    return column.first != applications_spec.entity && column.first != applications_spec.time &&
           !own.contains(column.first);
  });

  FeaturePlan plan(definitions, std::move(applications_spec), histories.specs(),
                   {.boundary = project.boundary, .zone = zone_of(project)});
  plan.learn_categories([&](std::size_t table, std::size_t column) { return histories.text_counts(table, column); },
                        applications.rows);

  Assembled result{.plan = std::move(plan),
                   .applications = std::move(applications),
                   .histories = {},
                   .dataset = {},
                   .outcomes = {},
                   .applications_read = std::move(applications_read),
                   .tables_read = {},
                   .outcomes_fingerprint = {}};
  Dataset& dataset = result.dataset;
  if (options.keep_histories) {
    result.histories = histories.all();
    dataset.features = compute_features(result.plan, result.applications, result.histories, options);
  } else {
    dataset.features = compute_features(result.plan, result.applications, histories, options);
  }
  result.tables_read = histories.tables_read();
  dataset.columns = result.plan.columns();
  dataset.times = result.applications.times;
  dataset.groups = group_rows(project, result.applications);
  dataset.weights = weights_of(project, result.applications);
  result.outcomes = label(project, result.applications, options, result);
  result.outcomes.excluded = result.applications_read.left_out.by_where;
  return result;
}

}  // namespace asof
