// Tables to files: CSV (also .gz, .zst) or Parquet, by the file's name.
#pragma once

#include <filesystem>
#include <memory>

#include "asof/table.h"

namespace asof {

/// Throws Error::kUsage unless a table can be written to a file of this name: .csv, .csv.gz, .csv.zst or .parquet.
void check_writable_name(const std::filesystem::path& path);

/// Writes tables of equal columns one after the other, in bounded memory. The file appears under its name
/// when `finish` is called; without it, nothing is left behind. Same tables, same bytes.
/// CSV: reals round-trippable, times ISO 8601 in UTC (`Z`), missing as empty fields. Parquet: zstd, times in
/// microseconds UTC.
class TableWriter {
 public:
  /// `threads`: at most; they never change a byte.
  explicit TableWriter(const std::filesystem::path& path, int threads = 1);
  ~TableWriter();
  TableWriter(TableWriter&&) noexcept;
  TableWriter& operator=(TableWriter&&) noexcept;

  void write(const Table& rows);
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One table, one file.
void write_table(const Table& table, const std::filesystem::path& path, int threads = 1);

}  // namespace asof
