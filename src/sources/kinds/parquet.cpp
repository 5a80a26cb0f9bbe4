// Parquet: one file, or all files of a folder or pattern as one table. Only the wanted columns are read, row group by
// row group, each on all threads.
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "sources/arrow_columns.h"
#include "sources/arrow_status.h"
#include "sources/kinds.h"
#include "sources/refusal.h"
#include "sources/source_files.h"

namespace asof {
namespace {

namespace fs = std::filesystem;
using parquet::arrow::FileReader;
using parquet::arrow::SchemaField;

constexpr std::array<std::string_view, 2> kEndings = {".parquet", ".pq"};

/// Few enough that a batch stays in a processor's cache.
constexpr std::int64_t kBatchRows = 1 << 16;

/// One of the files of a table.
struct Part {
  fs::path path;
  std::unique_ptr<FileReader> reader;

  std::span<const SchemaField> fields() const { return reader->manifest().schema_fields; }
  std::int64_t rows() const { return reader->parquet_reader()->metadata()->num_rows(); }
};

std::string unreadable(const ReadRequest& request, const fs::path& path) {
  return format("table `{}`, {} cannot be read as Parquet; it may be damaged or cut off", request.table, path.string());
}

/// `batch_rows` above 0: to be read in batches of so many rows by one thread, with little memory.
std::unique_ptr<FileReader> open_reader(const ReadRequest& request, const fs::path& path, std::int64_t batch_rows = 0) {
  const auto file = check(arrow::io::ReadableFile::Open(path.string()), format("{} cannot be opened", path.string()));
  parquet::ArrowReaderProperties properties;
  properties.set_use_threads(batch_rows == 0 && request.threads > 1);
  properties.set_pre_buffer(batch_rows == 0);
  if (batch_rows > 0) properties.set_batch_size(batch_rows);
  parquet::arrow::FileReaderBuilder builder;
  try {
    check(builder.Open(file), unreadable(request, path));
    // Texts come as indices into the distinct ones where the file keeps them so.
    const auto* const schema = builder.raw_reader()->metadata()->schema();
    for (int leaf = 0; leaf < schema->num_columns(); ++leaf) {
      const bool text = schema->Column(leaf)->physical_type() == parquet::Type::BYTE_ARRAY &&
                        schema->Column(leaf)->logical_type()->is_string();
      properties.set_read_dictionary(leaf, text);
    }
    // The pool that Arrow prefers keeps what batches have given back, one heap per thread.
    if (batch_rows > 0) builder.memory_pool(arrow::system_memory_pool());
    return check(builder.properties(properties)->Build(), unreadable(request, path));
  } catch (const parquet::ParquetException& error) {
    throw Error(Error::kInvalidInput, format("{}: {}", unreadable(request, path), error.what()));
  }
}

/// Whether a column can hold what a field holds; lists, structs and maps are not columns.
bool is_column(const SchemaField& field) { return field.is_leaf() && column_type_of(*field.field->type()).has_value(); }

void refuse_repeated_names(const ReadRequest& request, const Part& part) {
  std::set<std::string> seen;
  for (const SchemaField& field : part.fields()) {
    if (seen.insert(field.field->name()).second) continue;
    throw refusal(request.table, part.path.string(), field.field->name(), "the file has a column of this name twice");
  }
}

std::vector<Part> parts_of(const ReadRequest& request) {
  std::vector<Part> parts;
  for (const fs::path& path : files_of(request.from, kEndings)) {
    parts.push_back({path, open_reader(request, path)});
    refuse_repeated_names(request, parts.back());
  }
  return parts;
}

std::vector<ColumnRequest> wanted_columns(const ReadRequest& request, const Part& part) {
  if (!request.columns.empty()) return request.columns;
  std::vector<ColumnRequest> all;
  for (const SchemaField& field : part.fields()) {
    if (is_column(field)) all.push_back({.name = field.field->name()});
  }
  if (all.empty()) throw refusal(request.table, part.path.string(), "", "it has no column that can be read");
  return all;
}

/// Where the wanted columns are in a file.
std::vector<int> leaves_of(const ReadRequest& request, std::span<const ColumnRequest> wanted, const Part& part) {
  std::set<int> leaves;
  for (const ColumnRequest& column : wanted) {
    const auto has_name = [&](const SchemaField& field) { return field.field->name() == column.name; };
    const auto field = std::ranges::find_if(part.fields(), has_name);
    if (field == part.fields().end()) {
      std::vector<std::string> known;
      for (const SchemaField& other : part.fields()) known.push_back(other.field->name());
      throw refusal(request.table, part.path.string(), "",
                    format("there is no column `{}`{}", column.name, did_you_mean(column.name, known)));
    }
    if (!is_column(*field)) {
      throw refusal(request.table, part.path.string(), column.name,
                    format("values of the type `{}` cannot be read; leave the column out or flatten it",
                           field->field->type()->ToString()));
    }
    const auto* const schema = part.reader->parquet_reader()->metadata()->schema();
    if (schema->Column(field->column_index)->physical_type() == parquet::Type::INT96) {
      throw refusal(request.table, part.path.string(), column.name,
                    "its times are of the old type INT96, which does not say whether they are local times or UTC; "
                    "write them as TIMESTAMP (Spark: spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS)");
    }
    leaves.insert(field->column_index);
  }
  return {leaves.begin(), leaves.end()};
}

/// Reads the wanted columns of all files, and says how many rows have been read.
std::shared_ptr<arrow::Table> read_parts(const ReadRequest& request, std::span<const ColumnRequest> wanted,
                                         std::span<const Part> parts, const Progress& progress) {
  std::int64_t total = 0;
  std::int64_t done = 0;
  for (const Part& part : parts) total += part.rows();
  std::vector<std::shared_ptr<arrow::Table>> pieces;
  for (const Part& part : parts) {
    const std::vector<int> leaves = leaves_of(request, wanted, part);
    for (int group = 0; group < part.reader->num_row_groups(); ++group) {
      pieces.push_back(check(part.reader->ReadRowGroup(group, leaves), unreadable(request, part.path)));
      done += pieces.back()->num_rows();
      if (progress) {
        progress(format("reading {}", part.path.filename().string()), static_cast<std::uint64_t>(done),
                 static_cast<std::uint64_t>(total));
      }
    }
  }
  if (pieces.empty()) throw refusal(request.table, request.from, "", "it has no rows");
  // Files written apart may differ in detail: one with only nulls, one with 32 bits where others have 64.
  const arrow::ConcatenateTablesOptions options{.unify_schemas = true,
                                                .field_merge_options = arrow::Field::MergeOptions::Permissive()};
  return check(arrow::ConcatenateTables(pieces, options),
               format("table `{}`, {}: the files do not agree on a column's type", request.table, request.from));
}

std::vector<FileRows> rows_of(std::span<const Part> parts) {
  std::vector<FileRows> files;
  for (const Part& part : parts) files.push_back({part.path, static_cast<std::size_t>(part.rows())});
  return files;
}

/// The file and the row in it.
std::string place_of(std::span<const FileRows> files, std::size_t row) {
  const FileRow found = file_row(files, row);
  return format("{} row {}", found.path.string(), found.row + 1);
}

bool recognises(std::string_view from) {
  std::error_code ignored;
  return has_ending(from, kEndings) || from.ends_with('/') || fs::is_directory(fs::path(from), ignored);
}

/// The wanted columns of `rows`, which begin at row `begin` of the table. `threads`: at most, for all columns together.
Table table_of(const ReadRequest& request, std::span<const ColumnRequest> wanted, const std::vector<FileRows>& files,
               const arrow::Table& rows, std::size_t begin, int threads) {
  Table table{.name = request.table, .rows = static_cast<std::size_t>(rows.num_rows())};
  table.source_place = [files, begin](std::size_t row) { return place_of(files, begin + row); };
  const auto place = [&](std::optional<std::size_t> row) {
    return row ? table.source_place(*row) : files.front().path.string();
  };
  ReadRequest alone = request;
  alone.threads = 1;
  table.columns.resize(wanted.size());
  parallel_for(wanted.size(), 1, threads, [&](std::size_t i, std::size_t) {
    table.columns[i] = read_arrow(*rows.GetColumnByName(wanted[i].name), wanted[i], Texts::kStayTexts, alone, place);
  });
  return table;
}

Table read(const ReadRequest& request, const Progress& progress) {
  const std::vector<Part> parts = parts_of(request);
  const std::vector<ColumnRequest> wanted = wanted_columns(request, parts.front());
  const std::shared_ptr<arrow::Table> rows = read_parts(request, wanted, parts, progress);
  return table_of(request, wanted, rows_of(parts), *rows, 0, request.threads);
}

/// A row group of one of the files, and the row of the table that it begins at.
struct Group {
  const Part* part;
  int number;
  std::size_t begin;
};

std::vector<Group> groups_of(std::span<const Part> parts) {
  std::vector<Group> groups;
  std::size_t begin = 0;
  for (const Part& part : parts) {
    const auto metadata = part.reader->parquet_reader()->metadata();
    for (int number = 0; number < metadata->num_row_groups(); ++number) {
      groups.push_back({&part, number, begin});
      begin += static_cast<std::size_t>(metadata->RowGroup(number)->num_rows());
    }
  }
  return groups;
}

/// Whether all files have the wanted columns in the same types: else only all rows together tell what they are.
bool agree(std::span<const ColumnRequest> wanted, std::span<const Part> parts) {
  const auto type_in = [](const Part& part, const std::string& name) {
    const auto has_name = [&](const SchemaField& field) { return field.field->name() == name; };
    return std::ranges::find_if(part.fields(), has_name)->field->type();
  };
  return std::ranges::all_of(parts, [&](const Part& part) {
    return std::ranges::all_of(wanted, [&](const ColumnRequest& column) {
      return type_in(part, column.name)->Equals(*type_in(parts.front(), column.name));
    });
  });
}

/// Every thread reads row groups of its own, a batch at a time.
void read_batches(const ReadRequest& request, const Progress& progress, const TakeBatch& take) {
  const std::vector<Part> parts = parts_of(request);
  const std::vector<ColumnRequest> wanted = wanted_columns(request, parts.front());
  std::map<const Part*, std::vector<int>> leaves;
  for (const Part& part : parts) leaves.emplace(&part, leaves_of(request, wanted, part));
  if (!agree(wanted, parts)) return take(read(request, progress));

  const std::vector<FileRows> files = rows_of(parts);
  const std::vector<Group> groups = groups_of(parts);
  std::uint64_t total = 0;
  for (const Part& part : parts) total += static_cast<std::uint64_t>(part.rows());
  std::atomic<std::uint64_t> done = 0;
  std::mutex speaking;
  parallel_for(groups.size(), 1, request.threads, [&](std::size_t i, std::size_t) {
    const Group& group = groups[i];
    const std::string trouble = unreadable(request, group.part->path);
    const std::unique_ptr<FileReader> reader = open_reader(request, group.part->path, kBatchRows);
    const auto batches = check(reader->GetRecordBatchReader({group.number}, leaves.at(group.part)), trouble);
    std::size_t begin = group.begin;
    while (const auto batch = check(batches->Next(), trouble)) {
      const auto rows = check(arrow::Table::FromRecordBatches({batch}), trouble);
      take(table_of(request, wanted, files, *rows, begin, 1));
      begin += static_cast<std::size_t>(batch->num_rows());
      done += static_cast<std::uint64_t>(batch->num_rows());
      if (!progress) continue;
      const std::scoped_lock lock(speaking);
      progress(format("reading {}", group.part->path.filename().string()), done, total);
    }
  });
}

std::vector<SourceColumn> columns(const ReadRequest& request) {
  const std::vector<Part> parts = parts_of(request);
  std::vector<SourceColumn> result;
  for (const SchemaField& field : parts.front().fields()) {
    if (is_column(field)) result.push_back({field.field->name(), *column_type_of(*field.field->type())});
  }
  return result;
}

std::string fingerprint(const ReadRequest& request, const Table&) {
  return fingerprint_of(files_of(request.from, kEndings));
}

}  // namespace

namespace sources {

constinit const SourceKind parquet = {
    .name = "parquet",
    .summary = "file.parquet, or a folder or pattern of such files",
    .recognises = recognises,
    .read = read,
    .read_batches = read_batches,
    .columns = columns,
    .fingerprint = fingerprint,
};

}  // namespace sources
}  // namespace asof
