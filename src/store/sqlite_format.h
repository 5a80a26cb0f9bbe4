// The format of a store file, docs/store.md: which tables it has, and how older files are brought up to date.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/sqlite.h"
#include "store/stored_table.h"

namespace asof {

/// The newest format that this program reads and the one it writes; it brings older ones up to date.
inline constexpr int kStoreFormat = 2;

/// Opens a store and brings it up to the present format. With Access::kCreate an absent or empty file becomes a store.
/// Throws Error::kIncompatible for what is no store, or one of a newer format; and what SqliteConnection throws.
SqliteConnection open_store(const std::filesystem::path& file, SqliteConnection::Access access);

/// In order of name.
std::vector<StoredTable> stored_tables(const SqliteConnection& store);

/// In a transaction. Throws Error::kInvalidInput for names that SQLite or the store cannot hold.
void create_table(const SqliteConnection& store, const StoredTable& table);

}  // namespace asof
