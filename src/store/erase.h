// Taking a person out of a store file, and copying one.
#pragma once

#include <filesystem>

#include "store/row_writer.h"
#include "store/sqlite.h"

namespace asof {

/// Removes the rows of `user` from every table, and what logged decisions say of the user. When this returns, neither
/// the file nor its write-ahead log holds a byte of them (rows of others are rewritten for that, so it takes as long as
/// copying the store). Outside of a transaction. Throws Error::kUnavailable when others keep reading the old state; the
/// rows are gone then, but their bytes may be there still: try again.
Erased erase_user(const SqliteConnection& store, const EntityKey& user, Timestamp now);

/// Copies the store as it is at one moment, while others read and write it. `out` is written whole or not at all; an
/// existing one is replaced.
void back_up(const SqliteConnection& store, const std::filesystem::path& out);

}  // namespace asof
