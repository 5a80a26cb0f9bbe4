#include "dataset/labelled_applications.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "asof/error.h"
#include "base/format.h"
#include "dataset/outcomes.h"
#include "sources/refusal.h"

namespace asof {
namespace {

bool target_is_applications(const Project& project) { return project.target.table == project.applications().name; }

/// The time column of outcomes is a time whatever the source calls it.
TableSpec with_time_column(TableSpec spec, const std::string& column) {
  if (!column.empty()) spec.columns[column].type = ColumnType::kTime;
  return spec;
}

Table read_applications(const Project& project, const std::set<std::string>& own, const ApplicationOptions& options,
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

OutcomeCounts label(const Project& project, const Applications& applications, const ApplicationOptions& options,
                    LabelledApplications& result) {
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

}  // namespace

LabelledApplications read_labelled_applications(const Project& project, const std::set<std::string>& own,
                                                const ApplicationOptions& options) {
  LabelledApplications result;
  result.applications =
      make_applications(project.applications(), read_applications(project, own, options, result.applications_read));
  Dataset& dataset = result.dataset;
  dataset.features = Matrix(result.applications.size(), 0);
  dataset.times = result.applications.times;
  dataset.groups = group_rows(project, result.applications);
  dataset.weights = weights_of(project, result.applications);
  result.outcomes = label(project, result.applications, options, result);
  result.outcomes.excluded = result.applications_read.left_out.by_where;
  return result;
}

}  // namespace asof
