// A project's tables, read and sorted: what features are computed from.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "features/plan.h"
#include "features/row_filter.h"
#include "project/project.h"

namespace asof {

/// One application per row, in the order of the source.
struct Applications {
  Table rows;  ///< every column that was read
  EntityIndex entities;
  std::vector<std::uint32_t> entity;  ///< number of each row's entity
  std::vector<EntityKey> keys;
  std::vector<Timestamp> times;

  std::size_t size() const { return times.size(); }
  Application at(std::size_t row) const { return {keys[row], times[row], &rows, row}; }
};

/// Checks that every row has an entity and a time (kInvalidInput says where one does not), and numbers the entities.
Applications make_applications(const TableSpec& spec, Table rows);

/// The columns that a table's own `where:` reads.
std::set<std::string> columns_of_where(const TableSpec& spec);

/// The columns of the target's table that tell what became of a loan, and those that its `where:` reads.
std::set<std::string> outcome_columns(const Target& target, const TableSpec& spec);

/// The rows of a table with times that its `where:`, `valid_from` and `valid_to` leave; counts the others.
Table rows_taking_part(Table rows, const TableSpec& spec, const TimeZone& zone, LeftOut& left_out);

/// What was read of one table, for reports and manifests.
struct TableRead {
  std::string table;
  std::size_t rows = 0;
  LeftOut left_out;
  std::string fingerprint;  ///< of the source's data
};

struct Histories {
  std::vector<EventLog> logs;  ///< one per table, in the order asked for

  /// The rows of one entity: what `FeaturePlan::compute` takes.
  History of(std::uint32_t entity) const;
};

/// Where and how a table is read.
ReadRequest read_request(const Project& project, const TableSpec& spec, std::vector<ColumnRequest> columns,
                         int threads);

TimeZone zone_of(const Project& project);

/// The project's tables, applications first, with what `definitions` read of them: each column with its type, declared
/// or as the source has it (files without types: by a sample of rows). Reads no table.
std::vector<TableSpec> typed_tables(const Project& project, std::span<const Definition> definitions);

/// The project's definitions: packs, `features: application:`, then `define:`, with families written out. Reads data
/// only where a family is of `top(...)`: see FrequentValues.
std::vector<Definition> definitions_of(const Project& project, int threads = 1);

}  // namespace asof
