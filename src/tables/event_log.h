// Rows grouped by entity and sorted by time: the form in which features read them. A batch holds all entities of the
// applications, a live request holds one; features cannot tell the difference.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asof/table.h"
#include "tables/entity_index.h"
#include "tables/table_spec.h"

namespace asof {

/// Rows left out of a table, and why. Shown by train, doctor and the report.
struct LeftOut {
  std::size_t no_entity = 0;       ///< the entity was missing
  std::size_t no_time = 0;         ///< the time was missing
  std::size_t outside_valid = 0;   ///< outside `valid_from <= time < valid_to`
  std::size_t by_where = 0;        ///< the table's `where:` was not true
  std::size_t never_known = 0;     ///< `known_at` was missing where it must not be: an outcome still open
  std::size_t other_entities = 0;  ///< of entities without an application
  std::size_t repeated_id = 0;     ///< same entity, time and row id as another row: counted once

  struct Reason {
    std::size_t rows;
    std::string_view key;    ///< as in metrics and manifests
    std::string_view words;  ///< after a number: "12 without a time"
  };
  /// Every reason, also those without rows.
  std::vector<Reason> reasons() const;
};

/// A half-open range of rows of one entity.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

/// The entity number of every row that takes part, kNoEntity for the others, which are counted. `excluded` as in
/// `EventLog::build`; errors as well.
std::vector<std::uint32_t> entities_of_rows(const TableSpec& spec, const Table& rows, const EntityIndex& entities,
                                            const std::vector<bool>& excluded, LeftOut& left_out);

/// Immutable. Rows of one entity are consecutive and sorted by (time, row id), or without a row id by (time, every
/// column in order of name): never by where they stood in the source. Columns are in order of name.
class EventLog {
 public:
  EventLog() = default;

  /// Takes the rows of the entities in `entities`; the entity column itself is not kept. `excluded[row]` marks rows to
  /// leave out by the table's `where:` (empty: none); `event_log()` of features/row_filter.h fills it in, and is what
  /// callers want. Throws Error::kIncompatible when the type of the entity column is not that of `entities`.
  static EventLog build(const TableSpec& spec, Table rows, const EntityIndex& entities, int threads = 1,
                        const std::vector<bool>& excluded = {});

  /// Of rows whose entities are numbered already, below `entities` or kNoEntity, as `entities_of_rows` does it.
  static EventLog build(const TableSpec& spec, Table rows, std::span<const std::uint32_t> numbers, std::size_t entities,
                        int threads = 1);

  /// How many entities there are.
  std::size_t entities() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }

  /// Rows of entity number `entity` of the index it was built with; empty for kNoEntity.
  RowRange rows_of(std::uint32_t entity) const;

  const Table& table() const { return table_; }
  const TableSpec& spec() const { return spec_; }
  const LeftOut& left_out() const { return left_out_; }

  /// Times by row; empty for an undated table.
  std::span<const std::int64_t> times() const;

  /// When each row was known (known_at, or time + delay); empty when neither is declared. kMissingInteger: not
  /// recorded, taken as known when it happened.
  std::span<const std::int64_t> known_at() const;

 private:
  TableSpec spec_;
  Table table_;
  LeftOut left_out_;
  std::vector<std::int64_t> arrivals_;  // time + delay; empty without a delay
  int time_column_ = -1;                // index into table_.columns; -1: undated
  int known_at_column_ = -1;
  std::vector<std::size_t> offsets_;  // rows of entity e: [offsets_[e], offsets_[e + 1])
};

}  // namespace asof
