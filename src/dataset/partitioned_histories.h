// The tables that features are computed from, a few entities at a time: what is in memory at once does not grow with
// the data, and what is being computed stays in the processor's cache.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dataset/tables_in_memory.h"
#include "tables/partitioned_rows.h"

namespace asof {

/// Bytes of rows that wait in memory when nothing is said.
inline constexpr std::uint64_t kRowMemory = std::uint64_t{32} << 20;

struct HistoryOptions {
  int threads = 1;
  /// How many bytes of rows may wait in memory; the others wait in a temporary file. Changes no number.
  std::uint64_t memory = kRowMemory;
  /// All entities in one partition: for who wants all rows at once.
  bool whole = false;
  /// Where the applications that are asked about come from (as in ReadRequest::from), when that is not the project's
  /// own table: each is an earlier one for those after it, once, be it in the project's table or not.
  std::string applications_from;
  /// Whether `TableRead::fingerprint` is wanted: it takes a second look at the data.
  bool fingerprints = false;
  Progress progress;
};

class PartitionedHistories {
 public:
  /// Columns to read, per table.
  using Columns = std::map<std::string, std::set<std::string>>;

  /// Called for an entity with its applications (their rows), its history, and memory of the calling thread's own.
  using Work = std::function<void(std::span<const std::uint32_t> rows, const History& history, Workspace& workspace)>;

  /// Reads the columns wanted of each of `tables` that is in `columns`, and keeps the rows of the applications'
  /// entities: unless `whole`, without those after an entity's last application, which count for none. Throws Error
  /// naming table, column and row or line.
  static PartitionedHistories read(const Project& project, const std::vector<TableSpec>& tables, const Columns& columns,
                                   const Applications& applications, const HistoryOptions& options);

  /// The tables read, with the types that the data turned out to have.
  const std::vector<TableSpec>& specs() const { return specs_; }

  /// What was read of each. Rows sent twice are found when their entities' rows are sorted: after `for_each`.
  const std::vector<TableRead>& tables_read() const { return read_; }

  /// The texts of column number `column` of table number `table`.
  const TextCounts& text_counts(std::size_t table, std::size_t column) const {
    return rows_[table].text_counts(column);
  }

  /// Calls `work` once per entity, on `threads` threads. `doing` is what the progress is called.
  void for_each(const Applications& applications, int threads, const Progress& progress, std::string_view doing,
                const Work& work);

  /// All rows, when they were read as a `whole`.
  Histories all();

 private:
  Histories open(std::size_t partition) const;

  Partitioning partitioning_;
  std::unique_ptr<RowBudget> budget_;
  std::vector<TableSpec> specs_;
  std::vector<TableRead> read_;
  std::vector<PartitionedRows> rows_;
};

}  // namespace asof
