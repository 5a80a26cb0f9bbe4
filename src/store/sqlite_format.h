// The format of a store file, docs/store.md: which tables it has, what tells their rows apart, and how older files are
// brought up to date.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/sqlite.h"
#include "tables/table_spec.h"

namespace asof {

/// The newest format that this program reads and the one it writes; it brings older ones up to date.
inline constexpr int kStoreFormat = 1;

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

/// Opens a store and brings it up to the present format. With Access::kCreate an absent or empty file becomes a store.
/// Throws Error::kIncompatible for what is no store, or one of a newer format; and what SqliteConnection throws.
SqliteConnection open_store(const std::filesystem::path& file, SqliteConnection::Access access);

/// In order of name.
std::vector<StoredTable> stored_tables(const SqliteConnection& store);

/// In a transaction. Throws Error::kInvalidInput for names that SQLite or the store cannot hold.
void create_table(const SqliteConnection& store, const StoredTable& table);

}  // namespace asof
