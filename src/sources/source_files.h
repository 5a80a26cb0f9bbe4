// The files that a source is made of.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asof {

/// Whether a name ends with one of `endings` (such as ".csv"), in any case.
bool has_ending(std::string_view name, std::span<const std::string_view> endings);

/// Whether a file or folder is hidden, or of those that other programs leave beside data: its name begins with `.` or
/// `_`.
bool is_hidden(const std::filesystem::path& path);

/// The files that `from` means, sorted by name: one file, the matches of a pattern with `*`, `?` or `[...]`, or the
/// files of a folder, with everything under it, that have one of `endings`. Of a folder, hidden files and hidden
/// folders in it are left out. Throws Error::kNotFound when there are none.
std::vector<std::filesystem::path> files_of(std::string_view from, std::span<const std::string_view> endings);

/// A file of a table, and how many of its rows are in there.
struct FileRows {
  std::filesystem::path path;
  std::size_t rows = 0;
};

struct FileRow {
  std::filesystem::path path;
  std::size_t row = 0;
};

/// The file that holds a row of the table, and which of the file's rows that is, both counted from 0.
/// `row` is less than the rows of all files.
FileRow file_row(std::span<const FileRows> files, std::size_t row);

/// SHA-256 of a file's bytes; of several, of their names and hashes.
std::string fingerprint_of(std::span<const std::filesystem::path> files);

}  // namespace asof
