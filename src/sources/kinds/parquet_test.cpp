#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <mutex>

#include "sources/arrow_status.h"
#include "sources/source.h"
#include "testing/show_table.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using arrow::TimeUnit;
using asof::testing::show;
using asof::testing::TemporaryFolder;
using asof::testing::Thrown;
using asof::testing::thrown_by;
using ::testing::HasSubstr;

using Array = std::shared_ptr<arrow::Array>;

using WrittenAs = std::shared_ptr<parquet::ArrowWriterProperties>;

WrittenAs with_schema() { return parquet::ArrowWriterProperties::Builder().store_schema()->build(); }

Array array(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return check(arrow::json::ArrayFromJSONString(type, json), "test data");
}

class ParquetSource : public ::testing::Test {
 protected:
  /// Writes columns under the names given, as another program would.
  std::string write(const std::string& name, const std::vector<std::pair<std::string, Array>>& columns,
                    std::int64_t group_rows = 1000, const WrittenAs& writing = with_schema()) const {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& [field, values] : columns) {
      fields.push_back(arrow::field(field, values->type()));
      arrays.push_back(values);
    }
    const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
    const auto file = check(arrow::io::FileOutputStream::Open(folder_ / name), "test data");
    check(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, group_rows,
                                     parquet::default_writer_properties(), writing),
          "test data");
    check(file->Close(), "test data");
    return folder_ / name;
  }

  /// The one column `x`, as it is read.
  std::string read(const Array& values, ColumnRequest request = {.name = "x"}, const TimeZone& zone = {}) const {
    request.name = "x";
    return show(read_table(
        {.table = "t", .from = write("t.parquet", {{"x", values}}), .columns = {request}, .zone = zone, .threads = 2}));
  }

  std::string refusal(const Array& values, ColumnRequest request = {.name = "x"}, const TimeZone& zone = {}) const {
    return without_folder(thrown_by([&] { read(values, request, zone); }).message);
  }

  std::string without_folder(std::string text) const {
    const std::string folder = folder_.path().string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text;
  }

  TemporaryFolder folder_;
};

ColumnRequest as(ColumnType type) { return {.name = "x", .type = type}; }

TEST_F(ParquetSource, integers_of_every_width_are_integers) {
  for (const auto& type : {arrow::int8(), arrow::int16(), arrow::int32(), arrow::int64(), arrow::uint8(),
                           arrow::uint16(), arrow::uint32(), arrow::uint64()}) {
    EXPECT_EQ(read(array(type, "[1, null, 100]")), "x integer: 1 | - | 100\n") << type->ToString();
  }
  EXPECT_EQ(read(array(arrow::int64(), "[-9223372036854775807]")), "x integer: -9223372036854775807\n");
  EXPECT_EQ(refusal(array(arrow::uint64(), "[1, 9223372036854775808]")),
            "table `t`, t.parquet row 2, column `x`: `9223372036854775808` is too large for an integer of 64 bits");
  EXPECT_THAT(refusal(array(arrow::int64(), "[-9223372036854775808]")), HasSubstr("too large"));
}

TEST_F(ParquetSource, reals_and_booleans_are_what_they_are) {
  EXPECT_EQ(read(array(arrow::float64(), "[0.1, null, NaN, -1e300]")), "x real: 0.1 | - | - | -1e+300\n");
  EXPECT_EQ(read(array(arrow::float32(), "[0.5, 0.1]")), "x real: 0.5 | 0.1\n") << "what its text is in CSV";
  EXPECT_EQ(read(array(arrow::float32(), "[16777216, 3.4028235e38, 1e-45, NaN, -0.0, 1234567.9]")),
            "x real: 16777216 | 3.4028235e+38 | 1e-45 | - | -0 | 1234567.9\n");
  EXPECT_EQ(read(array(arrow::float32(), "[0.1]"), as(ColumnType::kText)), "x text: 0.1\n");
  EXPECT_EQ(read(array(arrow::float32(), "[0.1, 0.2]"), {.name = "x", .missing = {"0.1"}}), "x real: - | 0.2\n");
  EXPECT_EQ(read(array(arrow::boolean(), "[true, null, false]")), "x boolean: true | - | false\n");
  EXPECT_EQ(refusal(array(arrow::float64(), "[1, Inf]")),
            "table `t`, t.parquet row 2, column `x`: `inf` is infinite; declare it as missing if that is meant");
}

TEST_F(ParquetSource, decimals_are_the_doubles_that_their_text_is_in_csv) {
  const std::string digits = R"(["0.10", "123.45", null, "-0.01", "9007199254740993.00", "99999999999999999999.99"])";
  const std::string csv =
      folder_.write("t.csv", "x,id\n0.10,1\n123.45,1\n,1\n-0.01,1\n9007199254740993.00,1\n99999999999999999999.99,1\n");
  const std::string expected = show(read_table({.table = "t", .from = csv, .columns = {as(ColumnType::kReal)}}));
  EXPECT_EQ(read(array(arrow::decimal128(30, 2), digits)), expected);
  EXPECT_EQ(read(array(arrow::decimal256(50, 2), digits)), expected);
  EXPECT_EQ(read(array(arrow::decimal128(20, 0), R"(["9223372036854775807"])"), as(ColumnType::kInteger)),
            "x integer: 9223372036854775807\n");
  EXPECT_EQ(read(array(arrow::decimal128(20, 2), R"(["7.00"])"), as(ColumnType::kInteger)), "x integer: 7\n");
  EXPECT_EQ(read(array(arrow::decimal128(20, 2), R"(["7.50"])"), as(ColumnType::kText)), "x text: 7.50\n");
  EXPECT_THAT(refusal(array(arrow::decimal128(20, 2), R"(["7.50"])"), as(ColumnType::kInteger)),
              HasSubstr("row 1, column `x`: `7.50` is not an integer"));
}

TEST_F(ParquetSource, texts_of_every_layout_are_texts) {
  for (const auto& type : {arrow::utf8(), arrow::large_utf8(), arrow::utf8_view(), arrow::binary(),
                           arrow::dictionary(arrow::int32(), arrow::utf8())}) {
    EXPECT_EQ(read(array(type, R"(["a", null, "", "Grüße", "a", "7"])")), "x text: a | - | - | Grüße | a | 7\n")
        << type->ToString();
  }
  arrow::StringBuilder builder;
  check(builder.Append("ok"), "test data");
  check(builder.Append("Gr\xFC\xDF"), "test data");
  EXPECT_EQ(refusal(check(builder.Finish(), "test data")),
            "table `t`, t.parquet row 2, column `x`: `Gr\\xFC\\xDF` is not UTF-8; convert the file to UTF-8");
}

TEST_F(ParquetSource, texts_are_read_as_the_type_that_is_declared) {
  EXPECT_EQ(read(array(arrow::utf8(), R"(["7", "NA", "8"])"), as(ColumnType::kInteger)), "x integer: 7 | - | 8\n");
  EXPECT_EQ(read(array(arrow::utf8(), R"(["2024-01-01T00:00:00Z"])"), as(ColumnType::kTime)),
            "x time: 2024-01-01T00:00:00Z\n");
  EXPECT_EQ(refusal(array(arrow::utf8(), R"(["7", "x"])"), as(ColumnType::kInteger)),
            "table `t`, t.parquet row 2, column `x`: `x` is not an integer");
}

TEST_F(ParquetSource, times_with_a_zone_are_moments_whatever_the_unit) {
  const std::string seconds = "[0, null, 1709210096]";
  EXPECT_EQ(read(array(arrow::timestamp(TimeUnit::SECOND, "UTC"), seconds)),
            "x time: 1970-01-01T00:00:00Z | - | 2024-02-29T12:34:56Z\n");
  EXPECT_EQ(read(array(arrow::timestamp(TimeUnit::MILLI, "Africa/Nairobi"), "[1709210096123]")),
            "x time: 2024-02-29T12:34:56.123000Z\n");
  EXPECT_EQ(read(array(arrow::timestamp(TimeUnit::MICRO, "+03:00"), "[1709210096123456]")),
            "x time: 2024-02-29T12:34:56.123456Z\n");
  EXPECT_EQ(read(array(arrow::timestamp(TimeUnit::NANO, "UTC"), "[1709210096123456000]")),
            "x time: 2024-02-29T12:34:56.123456Z\n");
  EXPECT_EQ(refusal(array(arrow::timestamp(TimeUnit::NANO, "UTC"), "[0, 1709210096123456789]")),
            "table `t`, t.parquet row 2, column `x`: `1709210096123456789 ns` is finer than a microsecond");
  EXPECT_THAT(refusal(array(arrow::timestamp(TimeUnit::MICRO, "UTC"), "[9223372036854775807]")),
              HasSubstr("outside of the years 1 to 9999"));
  EXPECT_EQ(refusal(array(arrow::timestamp(TimeUnit::MICRO, "UTC"), "[0, 253402300800000000]")),
            "table `t`, t.parquet row 2, column `x`: 253402300800000000 microseconds since 1970: the time lies outside "
            "of the years 1 to 9999");
}

TEST_F(ParquetSource, times_and_dates_without_a_zone_need_one) {
  const Array naive = array(arrow::timestamp(TimeUnit::MICRO), "[1704078000000000]");  // 2024-01-01T03:00:00
  const Array dates = array(arrow::date32(), "[19723, null]");                         // 2024-01-01
  const TimeZone nairobi = TimeZone::named("Africa/Nairobi");
  EXPECT_EQ(read(naive, {.name = "x"}, nairobi), "x time: 2024-01-01T00:00:00Z\n");
  EXPECT_EQ(read(dates, {.name = "x"}, nairobi), "x time: 2023-12-31T21:00:00Z | -\n");
  EXPECT_EQ(read(array(arrow::date64(), "[1704067200000]"), {.name = "x"}, nairobi), "x time: 2023-12-31T21:00:00Z\n");
  EXPECT_EQ(read(dates, as(ColumnType::kText)), "x text: 2024-01-01 | -\n");
  EXPECT_THAT(
      refusal(naive),
      HasSubstr("t.parquet row 1, column `x`: `2024-01-01T03:00:00` has no offset and no time zone is declared"));
  EXPECT_THAT(refusal(dates), HasSubstr("no time zone is declared"));
  const Array ambiguous = array(arrow::timestamp(TimeUnit::SECOND), "[0, 1729996200]");  // 2024-10-27T02:30:00
  EXPECT_THAT(refusal(ambiguous, {.name = "x"}, TimeZone::named("Europe/Berlin")),
              HasSubstr("row 2, column `x`: `2024-10-27T02:30:00` exists twice"));
}

TEST_F(ParquetSource, counts_of_a_declared_unit_are_times) {
  const ColumnRequest seconds{.name = "x", .epoch = EpochUnit::kSeconds};
  EXPECT_EQ(read(array(arrow::int32(), "[1709210096]"), seconds), "x time: 2024-02-29T12:34:56Z\n");
  EXPECT_EQ(read(array(arrow::float64(), "[1709210096.5]"), seconds), "x time: 2024-02-29T12:34:56.500000Z\n");
  EXPECT_EQ(read(array(arrow::decimal128(20, 6), R"(["1709210096.123456"])"), seconds),
            "x time: 2024-02-29T12:34:56.123456Z\n");
  EXPECT_EQ(refusal(array(arrow::int64(), "[1]"), as(ColumnType::kTime)),
            "table `t`, t.parquet, column `x`: it holds values of type integer, not time; "
            "declare the unit that they count since 1970 (seconds, milliseconds, microseconds)");
}

TEST_F(ParquetSource, a_column_without_any_value_fits_every_type) {
  EXPECT_EQ(read(array(arrow::null(), "[null, null]")), "x real: - | -\n");
  EXPECT_EQ(read(array(arrow::null(), "[null]"), as(ColumnType::kTime)), "x time: -\n");
  EXPECT_EQ(read(array(arrow::null(), "[null]"), as(ColumnType::kText)), "x text: -\n");
}

TEST_F(ParquetSource, nested_columns_are_refused_when_asked_for_and_ignored_otherwise) {
  const std::string from =
      write("t.parquet", {{"list", array(arrow::list(arrow::int64()), "[[1, 2]]")},
                          {"struct", array(arrow::struct_({arrow::field("id", arrow::int64())}), R"([{"id": 1}])")},
                          {"id", array(arrow::int64(), "[7]")}});
  EXPECT_EQ(show(read_table({.table = "t", .from = from, .columns = {}})), "id integer: 7\n");
  const Thrown thrown = thrown_by([&] { read_table({.table = "t", .from = from, .columns = {{.name = "list"}}}); });
  EXPECT_THAT(thrown.message, HasSubstr("column `list`: values of the type `list<"));
  EXPECT_EQ(source_kind_of(from).columns({.table = "t", .from = from, .columns = {}}),
            (std::vector<SourceColumn>{{"id", ColumnType::kInteger}}));
}

TEST_F(ParquetSource, a_folder_and_a_pattern_are_one_table_in_the_order_of_names) {
  std::filesystem::create_directories(folder_.path() / "logs" / "2024");
  write("logs/part-2.parquet", {{"b", array(arrow::int64(), "[20]")}, {"a", array(arrow::int32(), "[2]")}});
  write("logs/part-1.parquet", {{"a", array(arrow::int64(), "[0, 1]")}, {"b", array(arrow::null(), "[null, null]")}},
        1);
  write("logs/2024/part-0.parquet", {{"a", array(arrow::int64(), "[-1]")}, {"b", array(arrow::int64(), "[9]")}});
  folder_.write("logs/_SUCCESS", "");
  folder_.write("logs/notes.txt", "no table");
  for (const char* const hidden : {"logs/_temporary/0", "logs/.old", "logs/2024/_delta_log"}) {
    std::filesystem::create_directories(folder_.path() / hidden);
    write(std::string(hidden) + "/part-9.parquet", {{"a", array(arrow::int64(), "[90]")}});
  }
  write("logs/.part-8.parquet", {{"a", array(arrow::int64(), "[80]")}});
  const std::string expected = "a integer: -1 | 0 | 1 | 2\nb integer: 9 | - | - | 20\n";
  EXPECT_EQ(show(read_table({.table = "t", .from = folder_ / "logs", .columns = {}})), expected);
  EXPECT_EQ(show(read_table({.table = "t", .from = folder_ / "logs/", .columns = {}})), expected);
  EXPECT_EQ(show(read_table({.table = "t", .from = folder_ / "logs/part-*.parquet", .columns = {{.name = "a"}}})),
            "a integer: 0 | 1 | 2\n");
  const Thrown thrown = thrown_by([&] {
    read_table({.table = "t", .from = folder_ / "logs", .columns = {{.name = "a", .type = ColumnType::kBoolean}}});
  });
  EXPECT_THAT(without_folder(thrown.message),
              HasSubstr("logs/2024/part-0.parquet row 1, column `a`: `-1` is not a boolean"));
}

TEST_F(ParquetSource, files_that_do_not_agree_are_refused) {
  write("part-1.parquet", {{"a", array(arrow::int64(), "[1]")}});
  write("part-2.parquet", {{"a", array(arrow::utf8(), R"(["x"])")}});
  EXPECT_THAT(thrown_by([&] { read_table({.table = "t", .from = folder_ / "part-*.parquet", .columns = {}}); }).message,
              HasSubstr("the files do not agree"));
  write("part-2.parquet", {{"b", array(arrow::int64(), "[1]")}});
  EXPECT_THAT(thrown_by([&] { read_table({.table = "t", .from = folder_ / "part-*.parquet", .columns = {}}); }).message,
              HasSubstr("part-2.parquet: there is no column `a`; known: b"));
}

TEST_F(ParquetSource, missing_repeated_and_absent_columns_rows_and_files_are_refused) {
  const std::string from = write("t.parquet", {{"timestamp", array(arrow::int64(), "[1]")}});
  EXPECT_EQ(without_folder(thrown_by([&] {
                             read_table({.table = "t", .from = from, .columns = {{.name = "timestmp"}}});
                           }).message),
            "table `t`, t.parquet: there is no column `timestmp`; did you mean `timestamp`?");
  const std::string twice =
      write("twice.parquet", {{"a", array(arrow::int64(), "[1]")}, {"a", array(arrow::int64(), "[1]")}});
  EXPECT_THAT(thrown_by([&] { read_table({.table = "t", .from = twice, .columns = {}}); }).message,
              HasSubstr("column `a`: the file has a column of this name twice"));
  const std::string empty = write("empty.parquet", {{"a", array(arrow::int64(), "[]")}});
  EXPECT_THAT(thrown_by([&] { read_table({.table = "t", .from = empty, .columns = {}}); }).message,
              HasSubstr("it has no rows"));
  EXPECT_EQ(thrown_by([&] { read_table({.table = "t", .from = folder_ / "absent.parquet", .columns = {}}); }).kind,
            Error::kNotFound);
  EXPECT_THAT(
      thrown_by([&] { read_table({.table = "t", .from = folder_.path().string() + "/none/", .columns = {}}); }).message,
      HasSubstr("there is no file"));
}

TEST_F(ParquetSource, damaged_files_are_refused) {
  std::string json = "[0";
  for (int i = 1; i < 10000; ++i) json += "," + std::to_string(i * 7919);
  const std::string from = write("t.parquet", {{"a", array(arrow::int64(), json + "]")}});
  const std::string whole = read_file(from);
  for (const std::string& damaged :
       {whole.substr(0, whole.size() / 2), whole.substr(0, 3), std::string(), std::string("id,name\n1,a\n")}) {
    folder_.write("t.parquet", damaged);
    const Thrown thrown = thrown_by([&] { read_table({.table = "t", .from = from, .columns = {}}); });
    EXPECT_EQ(thrown.kind, Error::kInvalidInput);
    EXPECT_THAT(without_folder(thrown.message),
                HasSubstr("table `t`, t.parquet cannot be read as Parquet; it may be damaged or cut off: "));
  }
  std::string flipped = whole;
  for (std::size_t i = 4; i < 40; ++i) flipped[i] = static_cast<char>(~flipped[i]);
  folder_.write("t.parquet", flipped);
  EXPECT_THAT(thrown_by([&] { read_table({.table = "t", .from = from, .columns = {}}); }).message,
              HasSubstr("cannot be read as Parquet"));
}

TEST_F(ParquetSource, only_wanted_columns_are_read_in_the_order_asked_for) {
  const std::string from = write("t.parquet", {{"a", array(arrow::int64(), "[1, 2]")},
                                               {"unused", array(arrow::utf8(), R"(["one", "two"])")},
                                               {"b", array(arrow::int64(), "[3, 4]")}});
  std::string bytes = read_file(from);
  const auto metadata = parquet::ParquetFileReader::OpenFile(from)->metadata();
  const auto unused = metadata->RowGroup(0)->ColumnChunk(1);
  const auto begin = static_cast<std::size_t>(unused->has_dictionary_page() ? unused->dictionary_page_offset()
                                                                            : unused->data_page_offset());
  const auto size = static_cast<std::size_t>(unused->total_compressed_size());
  bytes.replace(begin, size, size, '\xFF');
  folder_.write("t.parquet", bytes);
  EXPECT_EQ(show(read_table({.table = "t", .from = from, .columns = {{.name = "b"}, {.name = "a"}}})),
            "b integer: 3 | 4\na integer: 1 | 2\n");
  EXPECT_THAT(thrown_by([&] { read_table({.table = "t", .from = from, .columns = {{.name = "unused"}}}); }).message,
              HasSubstr("cannot be read as Parquet"));
}

TEST_F(ParquetSource, times_of_the_old_type_that_does_not_say_what_they_mean_are_refused) {
  const WrittenAs old = parquet::ArrowWriterProperties::Builder().enable_deprecated_int96_timestamps()->build();
  const std::string from = write(
      "t.parquet",
      {{"id", array(arrow::int64(), "[1]")}, {"at", array(arrow::timestamp(TimeUnit::MICRO), "[1704078000000000]")}},
      1000, old);
  const ReadRequest request{
      .table = "t", .from = from, .columns = {{.name = "at"}}, .zone = TimeZone::named("Africa/Nairobi")};
  EXPECT_THAT(without_folder(thrown_by([&] { read_table(request); }).message),
              HasSubstr("table `t`, t.parquet, column `at`: its times are of the old type INT96"));
  EXPECT_EQ(show(read_table({.table = "t", .from = from, .columns = {{.name = "id"}}})), "id integer: 1\n");
}

TEST_F(ParquetSource, batches_together_are_the_table) {
  const Array numbers = array(arrow::int64(), "[1, 2, null, 4, 5]");
  const Array texts = array(arrow::utf8(), R"(["b", "a", null, "b", "c"])");
  write("part1.parquet", {{"x", numbers}, {"y", texts}}, 2);
  write("part2.parquet", {{"y", texts}, {"x", numbers}}, 3);
  const ReadRequest request{.table = "t", .from = folder_ / "*.parquet", .columns = {}, .zone = {}, .threads = 2};
  const Table whole = read_table(request);
  const auto rows_of = [](const Table& table) {
    std::vector<std::string> rows;
    for (std::size_t row = 0; row < table.rows; ++row)
      rows.push_back(table.place(row) + ": " + table.at("x").display(row) + " " + table.at("y").display(row));
    return rows;
  };
  std::mutex taking;
  std::vector<std::string> rows;
  std::size_t batches = 0;
  read_batches(request, [&](const Table& batch) {
    const std::scoped_lock lock(taking);
    ++batches;
    for (const std::string& row : rows_of(batch)) rows.push_back(row);
  });
  EXPECT_EQ(batches, 5U);
  EXPECT_THAT(rows, ::testing::UnorderedElementsAreArray(rows_of(whole)));
}

TEST_F(ParquetSource, a_value_that_does_not_fit_is_refused_with_its_row_in_batches_as_well) {
  write("part1.parquet", {{"x", array(arrow::utf8(), R"(["1", "2", "3"])")}}, 2);
  write("part2.parquet", {{"x", array(arrow::utf8(), R"(["4", "5", "six"])")}}, 2);
  const ReadRequest request{.table = "t",
                            .from = folder_ / "*.parquet",
                            .columns = {{.name = "x", .type = ColumnType::kInteger}},
                            .zone = {},
                            .threads = 2};
  const Thrown whole = thrown_by([&] { read_table(request); });
  const Thrown batches = thrown_by([&] { read_batches(request, [](const Table&) {}); });
  EXPECT_THAT(batches.message, HasSubstr("part2.parquet row 3"));
  EXPECT_EQ(batches.message, whole.message);
}

TEST_F(ParquetSource, progress_counts_rows) {
  const std::string from = write("t.parquet", {{"a", array(arrow::int64(), "[1, 2, 3, 4, 5]")}}, 2);
  std::vector<std::uint64_t> seen;
  read_table({.table = "t", .from = from, .columns = {}},
             [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
               EXPECT_EQ(what, "reading t.parquet");
               EXPECT_EQ(total, 5U);
               seen.push_back(done);
             });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{2, 4, 5}));
}

}  // namespace
}  // namespace asof
