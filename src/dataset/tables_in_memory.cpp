#include "dataset/tables_in_memory.h"

#include "asof/error.h"
#include "base/format.h"

namespace asof {

Applications make_applications(const TableSpec& spec, Table rows) {
  Applications applications;
  const Column& entity = rows.at(spec.entity);
  const Column& time = rows.at(spec.time);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const bool no_entity = entity.missing(row);
    if (!no_entity && !time.missing(row)) continue;
    const std::string& column = no_entity ? spec.entity : spec.time;
    throw Error(Error::kInvalidInput,
                format("table {}, row {}, column {}: an application needs {}, but the field is empty", spec.name,
                       row + 1, column, no_entity ? "an entity" : "a time"));
  }
  applications.entities = EntityIndex(entity);
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

History Histories::of(std::uint32_t entity) const {
  History history;
  history.reserve(logs.size());
  for (const EventLog& log : logs) history.push_back({&log, log.rows_of(entity)});
  return history;
}

TimeZone zone_of(const Project& project) {
  return project.time_zone.empty() ? TimeZone() : TimeZone::named(project.time_zone);
}

ReadRequest read_request(const Project& project, const TableSpec& spec, std::vector<ColumnRequest> columns,
                         int threads) {
  return {.table = spec.name,
          .from = spec.from,
          .columns = std::move(columns),
          .zone = zone_of(project),
          .threads = threads};
}

std::vector<Definition> definitions_of(const Project& project) {
  std::vector<Definition> definitions;
  for (const std::string& pack : project.packs) {
    const std::vector<Definition> of_pack = pack_definitions(pack);
    definitions.insert(definitions.end(), of_pack.begin(), of_pack.end());
  }
  for (const std::string& column : project.application_features) {
    definitions.push_back({column, format("applications.{}", column), "application", "features: application:", 0});
  }
  definitions.insert(definitions.end(), project.definitions.begin(), project.definitions.end());

  return expand_families(definitions, [&](std::string_view name) {
    const TableSpec& spec = project.table(name);
    const ReadRequest request = read_request(project, spec, {}, 1);
    std::vector<std::string> columns;
    for (const SourceColumn& column : source_kind_of(spec.from).columns(request)) {
      const bool special = column.name == spec.entity || column.name == spec.time || column.name == spec.id ||
                           column.name == spec.known_at;
      if (!special) columns.push_back(column.name);
    }
    return columns;
  });
}

}  // namespace asof
