// CSV is written by hand, because a real must read back as the same double; Parquet by Arrow.
#include "sources/writer.h"

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "sources/arrow_columns.h"
#include "sources/arrow_status.h"
#include "sources/source_files.h"

namespace asof {
namespace {

namespace fs = std::filesystem;
using Sink = std::shared_ptr<arrow::io::OutputStream>;

constexpr std::array<std::string_view, 1> kParquet = {".parquet"};
constexpr std::array<std::string_view, 1> kGzip = {".gz"};
constexpr std::array<std::string_view, 1> kZstd = {".zst"};
constexpr std::array<std::string_view, 3> kCsv = {".csv", ".csv.gz", ".csv.zst"};
constexpr std::int64_t kRowGroupRows = 1 << 20;
constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

/// One way of writing rows.
class Format {
 public:
  virtual ~Format() = default;
  virtual void write(const Table& rows) = 0;
  virtual void finish() = 0;
};

void append_field(std::string& line, std::string_view text) {
  if (std::ranges::none_of(text, [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; })) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

void append_real(std::string& line, double value) {
  std::array<char, 32> digits;  // the longest double takes 24
  line.append(digits.data(), fmt::format_to(digits.data(), "{}", value));
}

/// What `Column::display` shows, without a text in between.
void append_value(std::string& line, const Column& column, std::size_t row) {
  if (column.missing(row)) return;
  switch (column.type) {
    case ColumnType::kText:
      return append_field(line, column.text(row));
    case ColumnType::kInteger:
      line += fmt::format_int(column.integers[row]).c_str();
      return;
    case ColumnType::kReal:
      return append_real(line, column.reals[row]);
    default:
      line += column.display(row);
  }
}

class Csv : public Format {
 public:
  Csv(Sink sink, const std::string& path) : sink_(std::move(sink)), what_(format("{} cannot be written", path)) {}

  void write(const Table& rows) override {
    if (!header_written_) write_header(rows);
    for (std::size_t row = 0; row < rows.rows; ++row) write_row(rows, row);
  }

  void finish() override {
    flush();
    check(sink_->Close(), what_);
  }

 private:
  void write_header(const Table& rows) {
    for (const Column& column : rows.columns) {
      if (&column != rows.columns.data()) buffer_ += ',';
      append_field(buffer_, column.name);
    }
    buffer_ += '\n';
    header_written_ = true;
  }

  void write_row(const Table& rows, std::size_t row) {
    const std::size_t begin = buffer_.size();
    for (const Column& column : rows.columns) {
      if (&column != rows.columns.data()) buffer_ += ',';
      append_value(buffer_, column, row);
    }
    if (buffer_.size() == begin) buffer_ += "\"\"";  // an empty line would not be a row
    buffer_ += '\n';
    if (buffer_.size() >= kBufferBytes) flush();
  }

  void flush() {
    check(sink_->Write(buffer_.data(), static_cast<std::int64_t>(buffer_.size())), what_);
    buffer_.clear();
  }

  Sink sink_;
  std::string what_;
  std::string buffer_;
  bool header_written_ = false;
};

class Parquet : public Format {
 public:
  Parquet(Sink sink, const std::string& path, int threads)
      : sink_(std::move(sink)), what_(format("{} cannot be written", path)), threads_(threads) {}

  void write(const Table& rows) override {
    if (!writer_) open(rows);
    arrow::ArrayVector columns(rows.columns.size());
    parallel_for(columns.size(), 1, threads_,
                 [&](std::size_t i, std::size_t) { columns[i] = to_arrow(rows.columns[i]); });
    const auto batch =
        arrow::RecordBatch::Make(writer_->schema(), static_cast<std::int64_t>(rows.rows), std::move(columns));
    check(writer_->WriteRecordBatch(*batch), what_);
  }

  void finish() override {
    if (writer_) check(writer_->Close(), what_);
    check(sink_->Close(), what_);
  }

 private:
  void open(const Table& rows) {
    arrow::FieldVector fields;
    for (const Column& column : rows.columns) fields.push_back(arrow::field(column.name, arrow_type_of(column.type)));
    const auto properties = parquet::WriterProperties::Builder()
                                .compression(parquet::Compression::ZSTD)
                                ->max_row_group_length(kRowGroupRows)
                                ->build();
    const auto writing = parquet::ArrowWriterProperties::Builder().set_use_threads(threads_ > 1)->build();
    writer_ = check(parquet::arrow::FileWriter::Open(*arrow::schema(fields), arrow::default_memory_pool(), sink_,
                                                     properties, writing),
                    what_);
  }

  Sink sink_;
  std::string what_;
  int threads_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

Sink open_sink(const fs::path& temporary, const std::string& path) {
  const std::string what = format("{} cannot be written", path);
  Sink file = check(arrow::io::FileOutputStream::Open(temporary.string()), what);
  const auto type = has_ending(path, kGzip)   ? arrow::Compression::GZIP
                    : has_ending(path, kZstd) ? arrow::Compression::ZSTD
                                              : arrow::Compression::UNCOMPRESSED;
  if (type == arrow::Compression::UNCOMPRESSED) return file;
  const auto codec = check(arrow::util::Codec::Create(type), what);
  return check(arrow::io::CompressedOutputStream::Make(codec.get(), file), what);
}

std::unique_ptr<Format> open_format(const fs::path& temporary, const std::string& path, int threads) {
  if (has_ending(path, kParquet)) return std::make_unique<Parquet>(open_sink(temporary, path), path, threads);
  return std::make_unique<Csv>(open_sink(temporary, path), path);
}

}  // namespace

struct TableWriter::State {
  State(const fs::path& target, int threads)
      : staged(checked(target)), format(open_format(staged.path(), target.string(), threads)) {}

  static const fs::path& checked(const fs::path& target) {
    check_writable_name(target);
    return target;
  }

  Staged staged;
  std::unique_ptr<Format> format;
  std::vector<SourceColumn> columns;  // what every table written must have
};

void check_writable_name(const fs::path& path) {
  const std::string name = path.string();
  if (has_ending(name, kParquet) || has_ending(name, kCsv)) return;
  throw Error(Error::kUsage,
              format("{} cannot be written: its name must end with .csv, .csv.gz, .csv.zst or .parquet", name));
}

TableWriter::TableWriter(const fs::path& path, int threads) : state_(std::make_unique<State>(path, threads)) {}
TableWriter::~TableWriter() = default;
TableWriter::TableWriter(TableWriter&&) noexcept = default;
TableWriter& TableWriter::operator=(TableWriter&&) noexcept = default;

void TableWriter::write(const Table& rows) {
  std::vector<SourceColumn> columns;
  for (const Column& column : rows.columns) columns.push_back({column.name, column.type});
  if (state_->columns.empty()) state_->columns = columns;
  if (state_->columns != columns) throw Error(Error::kInternal, "tables of different columns are written to one file");
  state_->format->write(rows);
}

void TableWriter::finish() {
  state_->format->finish();
  state_->staged.commit();
}

void write_table(const Table& table, const fs::path& path, int threads) {
  TableWriter writer(path, threads);
  writer.write(table);
  writer.finish();
}

}  // namespace asof
