// Where tables come from. Every kind of source delivers the same columns, value for value, for the same data.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "asof/table.h"
#include "base/progress.h"

namespace asof {

/// How a number is read as a time. `kNone`: times are texts (ISO 8601) or the source's own time type.
enum class EpochUnit { kNone, kSeconds, kMilliseconds, kMicroseconds };

/// One column wanted from a source.
struct ColumnRequest {
  std::string name;
  /// The type to deliver; absent: what the source holds (files without types: what all values agree on).
  /// A value that does not fit is refused with its line, never guessed.
  std::optional<ColumnType> type;
  EpochUnit epoch = EpochUnit::kNone;
  /// Texts (as the source would show them: "-1", "unknown") that mean missing, besides empty fields and nulls.
  /// Numbers are compared as numbers.
  std::vector<std::string> missing;
};

struct ReadRequest {
  /// What messages call the table.
  std::string table;
  /// `file.csv`, `.csv.gz`, `.csv.zst`, a glob of such, `file.parquet`, a folder or glob of Parquet files, or
  /// `postgres:URL#table` (also `#schema.view`, or `#select ...` for a query).
  std::string from;
  /// Only these are read; nothing else of the source is touched. Empty: every column.
  std::vector<ColumnRequest> columns;
  /// How times without an offset are read (PostgreSQL `timestamp`, Parquet times without a zone, texts).
  TimeZone zone;
  int threads = 1;
};

/// A column of a source, as the source itself knows it.
struct SourceColumn {
  std::string name;
  ColumnType type;

  bool operator==(const SourceColumn&) const = default;
};

/// Takes some rows of a table. Called by several threads at once, in any order.
using TakeBatch = std::function<void(Table batch)>;

/// A kind of source: where it is spoken of, and how it is read. One per file in kinds/, one line in kinds.def.
struct SourceKind {
  std::string_view name;
  std::string_view summary;
  /// Whether `from` is of this kind.
  bool (*recognises)(std::string_view from);
  /// Reads the rows in the source's order. Throws Error naming table, column and line.
  Table (*read)(const ReadRequest& request, const Progress& progress);
  /// Reads the rows in batches of which few are in memory at a time; names and types are those of `read`. Null: the
  /// kind can only be read as a whole.
  void (*read_batches)(const ReadRequest& request, const Progress& progress, const TakeBatch& take) = nullptr;
  /// The columns that the source has, without reading it all (files without types: by a sample of rows).
  std::vector<SourceColumn> (*columns)(const ReadRequest& request);
  /// SHA-256 that changes when the data does, for manifests: of the file's bytes, or of the rows read.
  std::string (*fingerprint)(const ReadRequest& request, const Table& rows);
};

/// Every kind, in the order of kinds.def.
std::span<const SourceKind* const> source_kinds();

/// The kind that recognises `from`; throws Error::kInvalidInput with the known kinds.
const SourceKind& source_kind_of(std::string_view from);

/// Reads a table. An empty table, duplicated header names and missing columns are errors; every error names the table
/// and none shows a password.
Table read_table(const ReadRequest& request, const Progress& progress = {});

/// The same in batches, where the source can be read so, else in one. When this throws, some may have been taken.
void read_batches(const ReadRequest& request, const TakeBatch& take, const Progress& progress = {});

/// The columns that there are to read, whichever are asked for; errors as those of `read_table`.
std::vector<SourceColumn> source_columns(const ReadRequest& request);

}  // namespace asof
