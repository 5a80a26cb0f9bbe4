// CSV. Arrow splits the file, on all threads, and hands every wanted field over as the text that it is; `read_cells`
// gives the texts types. Arrow knows no line numbers, so what is refused is looked up again by reading the file
// record by record, once.
#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/api.h>
#include <arrow/util/compression.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>

#include "base/utf8.h"
#include "sources/arrow_columns.h"
#include "sources/arrow_status.h"
#include "sources/cells.h"
#include "sources/csv_records.h"
#include "sources/kinds.h"
#include "sources/refusal.h"
#include "sources/source_files.h"

namespace asof {
namespace {

namespace fs = std::filesystem;
using Stream = std::shared_ptr<arrow::io::InputStream>;
using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 3> kEndings = {".csv", ".csv.gz", ".csv.zst"};
constexpr std::array<std::string_view, 1> kGzip = {".gz"};
constexpr std::array<std::string_view, 1> kZstd = {".zst"};
/// What a thread splits at a time, and the longest record that there can be.
constexpr std::int32_t kBlockBytes = 4 << 20;
constexpr std::size_t kSampledRecords = 1000;

/// How many bytes of all files have been read, said to `progress` from Arrow's reading thread.
class Reported {
 public:
  Reported(const Progress& progress, std::span<const fs::path> files) : progress_(progress) {
    for (const fs::path& file : files) total_ += fs::file_size(file);
  }

  void add(const std::string& what, std::uint64_t bytes) {
    done_ += bytes;
    if (progress_) progress_(what, done_, total_);
  }

 private:
  const Progress& progress_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
};

/// A stream that shows what is read from it to an observer.
class ObservedStream : public arrow::io::InputStream {
 public:
  using Observer = std::function<void(std::string_view bytes)>;

  ObservedStream(Stream stream, Observer observer) : stream_(std::move(stream)), observer_(std::move(observer)) {}

  arrow::Status Close() override { return stream_->Close(); }
  bool closed() const override { return stream_->closed(); }
  arrow::Result<std::int64_t> Tell() const override { return stream_->Tell(); }
  arrow::Result<std::int64_t> Read(std::int64_t bytes, void* to) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t count, stream_->Read(bytes, to));
    observer_({static_cast<const char*>(to), static_cast<std::size_t>(count)});
    return count;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, stream_->Read(bytes));
    observer_(std::string_view(*buffer));
    return buffer;
  }

 private:
  Stream stream_;
  Observer observer_;
};

std::string unreadable(const fs::path& path) { return format("{} cannot be read", path.string()); }

Stream open_file(const fs::path& path) {
  return check(arrow::io::ReadableFile::Open(path.string()), format("{} cannot be opened", path.string()));
}

/// The stream of a file's text, decompressed by the file's name.
Stream decompressed(const fs::path& path, Stream file) {
  const auto type = has_ending(path.string(), kGzip)   ? arrow::Compression::GZIP
                    : has_ending(path.string(), kZstd) ? arrow::Compression::ZSTD
                                                       : arrow::Compression::UNCOMPRESSED;
  if (type == arrow::Compression::UNCOMPRESSED) return file;
  const std::shared_ptr<arrow::util::Codec> codec = check(arrow::util::Codec::Create(type), unreadable(path));
  return check(arrow::io::CompressedInputStream::Make(codec.get(), file), unreadable(path));
}

CsvRecords records_of(const fs::path& path) {
  return CsvRecords([stream = decompressed(path, open_file(path)), path](char* to, std::size_t bytes) {
    return static_cast<std::size_t>(check(stream->Read(static_cast<std::int64_t>(bytes), to), unreadable(path)));
  });
}

std::string line_of(const fs::path& path, std::uint64_t number) { return format("{} line {}", path.string(), number); }

/// One of the files of a table.
struct Part {
  fs::path path;
  Names header;
  std::shared_ptr<arrow::Table> rows;

  std::string line(std::uint64_t number) const { return line_of(path, number); }
};

Names read_header(const std::string& table, const fs::path& path) {
  CsvRecords records = records_of(path);
  CsvRecords::Record header;
  if (!records.next(header)) throw refusal(table, path.string(), "", "the file is empty; it must begin with a header");
  const std::string place = line_of(path, header.line);
  if (!header.closed) throw refusal(table, place, "", "a quote is opened and never closed");
  std::set<std::string_view> seen;
  for (const std::string& name : header.fields) {
    if (!is_utf8(name)) throw refusal(table, place, shown(name), "the header is not UTF-8; convert the file to UTF-8");
    if (!seen.insert(name).second) throw refusal(table, place, name, "the header has this name twice");
  }
  return header.fields;
}

/// The table's files, each with its header; all headers have the same names, in whatever order.
std::vector<Part> parts_of(const ReadRequest& request) {
  std::vector<Part> parts;
  for (const fs::path& path : files_of(request.from, kEndings)) {
    parts.push_back({path, read_header(request.table, path), nullptr});
    Names first = parts.front().header;
    Names names = parts.back().header;
    std::ranges::sort(first);
    std::ranges::sort(names);
    if (first == names) continue;
    Names difference;
    std::ranges::set_symmetric_difference(first, names, std::back_inserter(difference));
    throw refusal(request.table, path.string(), "",
                  format("its header differs from that of {} in: {}", parts.front().path.string(), join(difference)));
  }
  return parts;
}

std::vector<ColumnRequest> wanted_columns(const ReadRequest& request, const Part& part) {
  if (request.columns.empty()) {
    std::vector<ColumnRequest> all;
    for (const std::string& name : part.header) all.push_back({.name = name});
    return all;
  }
  for (const ColumnRequest& column : request.columns) {
    if (std::ranges::find(part.header, column.name) != part.header.end()) continue;
    const bool other_divider = part.header.size() == 1 && part.header[0].find_first_of(";\t|") != std::string::npos;
    throw refusal(
        request.table, part.path.string(), "",
        format("there is no column `{}`{}", column.name,
               other_divider ? "; fields must be divided by commas" : did_you_mean(column.name, part.header)));
  }
  return request.columns;
}

/// Explains why Arrow could not split a file: the first record that is not as the header promises.
[[noreturn]] void explain(const ReadRequest& request, const Part& part, const arrow::Status& status) {
  CsvRecords records = records_of(part.path);
  CsvRecords::Record record;
  while (records.next(record)) {
    if (!record.closed) throw refusal(request.table, part.line(record.line), "", "a quote is opened and never closed");
    if (record.fields.size() != part.header.size()) {
      throw refusal(request.table, part.line(record.line), "",
                    format("it has {} fields where the header has {}", record.fields.size(), part.header.size()));
    }
  }
  check(status, format("table `{}`, {}", request.table, unreadable(part.path)));
  throw Error(Error::kInternal, "a CSV file was refused without a reason");
}

void read_part(const ReadRequest& request, std::span<const ColumnRequest> wanted, Part& part, Reported& reported) {
  auto reading = arrow::csv::ReadOptions::Defaults();
  reading.use_threads = request.threads > 1;
  reading.block_size = kBlockBytes;
  auto parsing = arrow::csv::ParseOptions::Defaults();
  parsing.newlines_in_values = true;
  auto converting = arrow::csv::ConvertOptions::Defaults();
  converting.check_utf8 = false;  // `read_cells` does, and can say where
  for (const ColumnRequest& column : wanted) {
    if (converting.column_types.emplace(column.name, arrow::utf8()).second) {
      converting.include_columns.push_back(column.name);
    }
  }
  const std::string what = format("reading {}", part.path.filename().string());
  const auto file = std::make_shared<ObservedStream>(open_file(part.path),
                                                     [&](std::string_view bytes) { reported.add(what, bytes.size()); });
  OpenQuote quote;  // Arrow takes a file that ends inside of quotes as if they were closed
  const auto text = std::make_shared<ObservedStream>(decompressed(part.path, file),
                                                     [&](std::string_view bytes) { quote.add(bytes); });
  const auto reader =
      arrow::csv::TableReader::Make(arrow::io::default_io_context(), text, reading, parsing, converting);
  if (!reader.ok()) explain(request, part, reader.status());
  auto rows = (*reader)->Read();
  if (!rows.ok()) explain(request, part, rows.status());
  if (quote.open()) explain(request, part, arrow::Status::Invalid("a quote is opened and never closed"));
  part.rows = std::move(rows).ValueUnsafe();
}

/// The line on which a row begins.
std::string place_of(std::span<const FileRows> files, std::size_t row) {
  const FileRow found = file_row(files, row);
  CsvRecords records = records_of(found.path);
  CsvRecords::Record record;
  for (std::size_t i = 0; i <= found.row + 1; ++i) records.next(record);  // the header is the first
  return line_of(found.path, record.line);
}

/// The column over all files.
arrow::ChunkedArray column_of(std::span<const Part> parts, const std::string& name) {
  arrow::ArrayVector chunks;
  for (const Part& part : parts) {
    const auto column = part.rows->GetColumnByName(name);
    chunks.insert(chunks.end(), column->chunks().begin(), column->chunks().end());
  }
  return arrow::ChunkedArray(std::move(chunks), arrow::utf8());
}

bool recognises(std::string_view from) { return has_ending(from, kEndings); }

Table read(const ReadRequest& request, const Progress& progress) {
  std::vector<Part> parts = parts_of(request);
  const std::vector<ColumnRequest> wanted = wanted_columns(request, parts.front());
  std::vector<fs::path> files;
  for (const Part& part : parts) files.push_back(part.path);
  Reported reported(progress, files);
  Table table{.name = request.table};
  std::vector<FileRows> read;
  for (Part& part : parts) {
    read_part(request, wanted, part, reported);
    read.push_back({part.path, static_cast<std::size_t>(part.rows->num_rows())});
    table.rows += read.back().rows;
  }
  table.source_place = [read = std::move(read)](std::size_t row) { return place_of(read, row); };
  const auto place = [&](std::optional<std::size_t> row) {
    return row ? table.source_place(*row) : parts.front().path.string();
  };
  for (const ColumnRequest& column : wanted) {
    table.columns.push_back(read_arrow(column_of(parts, column.name), column, Texts::kInferred, request, place));
  }
  return table;
}

/// The sampled values of one column, end to end.
struct Sample {
  std::string bytes;
  std::vector<std::int64_t> ends = {0};

  TextCells cells() const { return {.rows = ends.size() - 1, .bytes = bytes.data(), .long_ends = ends.data()}; }
};

std::vector<SourceColumn> columns(const ReadRequest& request) {
  const fs::path path = files_of(request.from, kEndings).front();
  const Names header = read_header(request.table, path);
  std::vector<Sample> samples(header.size());
  CsvRecords records = records_of(path);
  CsvRecords::Record record;
  records.next(record);  // the header
  for (std::size_t i = 0; i < kSampledRecords && records.next(record); ++i) {
    for (std::size_t field = 0; field < std::min(header.size(), record.fields.size()); ++field) {
      samples[field].bytes += record.fields[field];
      samples[field].ends.push_back(static_cast<std::int64_t>(samples[field].bytes.size()));
    }
  }
  std::vector<SourceColumn> result;
  for (std::size_t field = 0; field < header.size(); ++field) {
    const TextCells cells = samples[field].cells();
    const auto declared = std::ranges::find(request.columns, header[field], &ColumnRequest::name);
    const ColumnRequest column = declared == request.columns.end() ? ColumnRequest{.name = header[field]} : *declared;
    result.push_back({header[field], infer_type({&cells, 1}, column, request.threads)});
  }
  return result;
}

std::string fingerprint(const ReadRequest& request, const Table&) {
  return fingerprint_of(files_of(request.from, kEndings));
}

}  // namespace

namespace sources {

constinit const SourceKind csv = {
    .name = "csv",
    .summary = "file.csv, .csv.gz or .csv.zst, or a pattern such as data/*.csv",
    .recognises = recognises,
    .read = read,
    .columns = columns,
    .fingerprint = fingerprint,
};

}  // namespace sources
}  // namespace asof
