// A table of a project as a store file keeps it: its columns, and what tells its rows apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tables/table_spec.h"

namespace asof {

/// What makes two rows the same row.
enum class RowIdentity {
  kRowId,    ///< entity, time and row id
  kContent,  ///< the values of all columns: a table without a row id
  kEntity,   ///< the entity alone: a table without a time
};

/// A table of a project as the store keeps it.
struct StoredTable {
  TableSpec spec;         ///< name, role, entity, time, row id, and every column with its type
  std::string time_zone;  ///< in which times without an offset were read; empty: they were refused

  RowIdentity identity() const;
  ColumnType type(const std::string& column) const { return *spec.columns.at(column).type; }

  /// The columns by name of the primary key, in its order; the store's own ones among them.
  std::vector<std::string> key() const;
  /// The columns of the project in the order in which the store has them: those of the key first.
  std::vector<std::string> columns() const;
};

// The store's own columns.
inline constexpr std::string_view kRowDigest = "asof_row";  ///< kContent: a digest of the values
inline constexpr std::string_view kCopy = "asof_copy";  ///< 0, 1, ... of rows that the rest of the key tells not apart
inline constexpr std::string_view kStoredAt = "asof_stored_at";  ///< when the store got the row, in microseconds

}  // namespace asof
