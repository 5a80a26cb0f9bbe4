#include "dataset/tables_in_memory.h"

#include <map>

#include "asof/error.h"
#include "base/format.h"
#include "dataset/frequent_values.h"
#include "sources/refusal.h"

namespace asof {

Applications make_applications(const TableSpec& spec, Table rows) {
  Applications applications;
  const Column& entity = rows.at(spec.entity);
  const Column& time = rows.at(spec.time);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const bool no_entity = entity.missing(row);
    if (!no_entity && !time.missing(row)) continue;
    const std::string& column = no_entity ? spec.entity : spec.time;
    throw refusal(spec.name, rows.place(row), column,
                  format("an application needs {}, but the field is empty", no_entity ? "an entity" : "a time"));
  }
  applications.entities = EntityIndex(entity, spec.name);
  applications.entity = applications.entities.numbers(entity, spec.name);
  applications.keys.reserve(rows.rows);
  applications.times.reserve(rows.rows);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (entity.type == ColumnType::kInteger) {
      applications.keys.emplace_back(entity.integers[row]);
    } else {
      applications.keys.emplace_back(std::string(entity.text(row)));
    }
    applications.times.push_back({time.integers[row]});
  }
  applications.rows = std::move(rows);
  return applications;
}

std::set<std::string> columns_of_where(const TableSpec& spec) { return columns_read({}, spec, {}).own; }

std::set<std::string> outcome_columns(const Target& target, const TableSpec& spec) {
  std::set<std::string> columns = columns_of_where(spec);
  columns.insert(target.label);
  if (!target.known_at.empty()) columns.insert(target.known_at);
  return columns;
}

Table rows_taking_part(Table rows, const TableSpec& spec, const TimeZone& zone, LeftOut& left_out) {
  const std::vector<bool> excluded = rows_excluded(rows, spec, zone);
  const Column& time = rows.at(spec.time);
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row = 0; row < rows.rows; ++row) {
    if (!time.missing(row) && !spec.valid_at({time.integers[row]})) {
      ++left_out.outside_valid;
    } else if (!excluded.empty() && excluded[row]) {
      ++left_out.by_where;
    } else {
      kept.push_back(row);
    }
  }
  return kept.size() == rows.rows ? std::move(rows) : take(rows, kept);
}

History Histories::of(std::uint32_t entity) const {
  History history;
  history.reserve(logs.size());
  for (const EventLog& log : logs) history.push_back({&log, log.rows_of(entity)});
  return history;
}

TimeZone zone_of(const Project& project) {
  return project.time_zone.empty() ? TimeZone() : TimeZone::named(project.time_zone);
}

std::vector<TableSpec> typed_tables(const Project& project, std::span<const Definition> definitions) {
  const std::vector<TableSpec> history = project.history();
  ColumnsRead read = columns_read(definitions, project.applications(), history);
  std::vector<TableSpec> typed;
  const auto add = [&](const TableSpec& table, const std::set<std::string>& wanted) {
    std::map<std::string, ColumnType> held;
    for (const SourceColumn& column : source_columns(read_request(project, table, {}, 1)))
      held.emplace(column.name, column.type);
    std::vector<Column> columns;
    for (const ColumnRequest& request : column_requests(table, wanted)) {
      const auto type = held.find(request.name);
      if (!request.type && type == held.end()) continue;  // the plan says so, with the place in the definition
      columns.push_back({.name = request.name, .type = request.type ? *request.type : type->second});
    }
    typed.push_back(with_types(table, columns));
  };
  add(project.applications(), read.own);
  for (const TableSpec& table : history) {
    if (const auto wanted = read.of_tables.find(table.name); wanted != read.of_tables.end()) add(table, wanted->second);
  }
  return typed;
}

ReadRequest read_request(const Project& project, const TableSpec& spec, std::vector<ColumnRequest> columns,
                         int threads) {
  return {.table = spec.name,
          .from = spec.from,
          .columns = std::move(columns),
          .zone = zone_of(project),
          .threads = threads};
}

std::vector<Definition> definitions_of(const Project& project, int threads) {
  std::vector<Definition> definitions;
  for (const std::string& pack : project.packs) {
    const std::vector<Definition> of_pack = pack_definitions(pack);
    definitions.insert(definitions.end(), of_pack.begin(), of_pack.end());
  }
  for (const std::string& column : project.application_features) {
    definitions.push_back({column, format("applications.{}", column), "application", "features: application:", 0});
  }
  definitions.insert(definitions.end(), project.definitions.begin(), project.definitions.end());

  const auto columns_of = [&](std::string_view name) {
    const TableSpec& spec = project.table(name);
    const ReadRequest request = read_request(project, spec, {}, 1);
    std::vector<std::string> columns;
    for (const SourceColumn& column : source_columns(request)) {
      const bool special = column.name == spec.entity || column.name == spec.time || column.name == spec.id ||
                           column.name == spec.known_at;
      const bool outcome = spec.name == project.target.table &&
                           (column.name == project.target.label || column.name == project.target.known_at);
      if (!special && !outcome) columns.push_back(column.name);
    }
    return columns;
  };
  FrequentValues frequent(project, threads);
  return expand_families(definitions, columns_of,
                         [&](std::size_t count, std::string_view table, std::string_view column) {
                           return frequent.top(count, table, column);
                         });
}

}  // namespace asof
