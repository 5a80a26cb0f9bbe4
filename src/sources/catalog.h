// What there is to read: the files of a folder, the tables of a database.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace asof {

/// Files directly in `folder` that some kind of source recognises, and folders in it that hold such files as one table,
/// sorted by name. Hidden ones, and those whose names begin with `_`, are none of it. Throws Error::kNotFound.
std::vector<std::filesystem::path> tables_in_folder(const std::filesystem::path& folder);

/// The tables and views of a PostgreSQL database that its user may read, without the system's own, sorted by name: as
/// they are written behind the `#` of `postgres:URL#table` (with their schema unless it is the user's own).
/// Throws Error::kUnavailable without the password in its message.
std::vector<std::string> tables_in_postgres(const std::string& url);

}  // namespace asof
