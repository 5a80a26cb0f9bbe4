// The law of this layer: one table is the same table wherever it comes from.
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <bit>
#include <filesystem>
#include <map>
#include <numeric>

#include "base/format.h"
#include "base/random.h"
#include "sources/arrow_status.h"
#include "sources/source.h"
#include "sources/writer.h"
#include "testing/postgres_fixture.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using asof::testing::PostgresServer;
using asof::testing::TemporaryFolder;

constexpr std::size_t kRows = 2000;

bool rarely(Random& random) { return random.below(10) == 0; }

std::int64_t any_integer(Random& random) {
  const auto bits = static_cast<std::int64_t>(random.bits());
  const std::int64_t value = bits >> random.below(63);
  return value == kMissingInteger ? 0 : value;
}

double any_real(Random& random) {
  const double sizes[] = {1.0, 1e-300, 1e300, 1e-7, 1e15, 0.0};
  return (random.uniform() - 0.5) * sizes[random.below(std::size(sizes))];
}

std::string any_text(Random& random) {
  const char* const parts[] = {"a",  "7",     " ",    ",",  "\"",   "\n", "\r\n", "'",
                               "\\", "Grüße", "日本", "😀", "NULL", "\t", "#",    ";"};
  std::string text = "x";  // so that no column of texts is a column of numbers by chance
  for (std::uint64_t i = random.below(6); i > 0; --i) text += parts[random.below(std::size(parts))];
  return text;
}

Table any_table(std::uint64_t seed) {
  Random random(seed);
  Table table{"t", {}, kRows};
  Column id{.name = "id", .type = ColumnType::kInteger};
  Column integer{.name = "integer", .type = ColumnType::kInteger};
  Column real{.name = "real", .type = ColumnType::kReal};
  Column boolean{.name = "boolean", .type = ColumnType::kBoolean};
  Column text{.name = "Text, \"quoted\"", .type = ColumnType::kText};
  Column time{.name = "time", .type = ColumnType::kTime};
  Dictionary dictionary;
  std::map<std::string, std::int32_t> codes;
  for (std::size_t row = 0; row < kRows; ++row) {
    id.integers.push_back(static_cast<std::int64_t>(row));
    integer.integers.push_back(rarely(random) ? kMissingInteger : any_integer(random));
    real.reals.push_back(rarely(random) ? kMissing : any_real(random));
    boolean.integers.push_back(rarely(random) ? kMissingInteger : static_cast<std::int64_t>(random.below(2)));
    const auto [entry, added] = codes.try_emplace(any_text(random), static_cast<std::int32_t>(dictionary.size()));
    if (added) dictionary.push_back(entry->first);
    text.codes.push_back(rarely(random) ? kMissingCode : entry->second);
    const auto span = static_cast<std::uint64_t>(200 * 365 * kDay.microseconds);
    time.integers.push_back(rarely(random)
                                ? kMissingInteger
                                : static_cast<std::int64_t>(random.below(span)) - 70 * 365 * kDay.microseconds);
  }
  text.dictionary = std::make_shared<const Dictionary>(dictionary);
  table.columns = {id, integer, real, boolean, text, time};
  return table;
}

/// Equal in every value and bit; dictionaries may be ordered differently.
void expect_same(const Table& expected, const Table& actual, const std::string& where) {
  ASSERT_EQ(actual.rows, expected.rows) << where;
  ASSERT_EQ(actual.columns.size(), expected.columns.size()) << where;
  for (std::size_t i = 0; i < expected.columns.size(); ++i) {
    const Column& a = expected.columns[i];
    const Column& b = actual.columns[i];
    ASSERT_EQ(b.name, a.name) << where;
    ASSERT_EQ(b.type, a.type) << where << " " << a.name;
    for (std::size_t row = 0; row < expected.rows; ++row) {
      ASSERT_EQ(b.missing(row), a.missing(row)) << where << " " << a.name << " row " << row;
      if (a.missing(row)) continue;
      if (a.type == ColumnType::kText) {
        ASSERT_EQ(b.text(row), a.text(row)) << where << " row " << row;
      } else if (a.type == ColumnType::kReal) {
        ASSERT_EQ(std::bit_cast<std::uint64_t>(b.reals[row]), std::bit_cast<std::uint64_t>(a.reals[row]))
            << where << " row " << row;
      } else {
        ASSERT_EQ(b.integers[row], a.integers[row]) << where << " " << a.name << " row " << row;
      }
    }
  }
}

class SameTable : public ::testing::Test {
 protected:
  /// Every place that holds the table, as `from` names it.
  std::vector<std::string> places(const Table& table, const std::string& name) const {
    const PostgresServer& server = PostgresServer::shared();
    std::vector<std::string> result;
    for (const char* ending : {".csv", ".csv.gz", ".csv.zst", ".parquet"}) {
      write_table(table, folder_ / (name + ending));
      result.push_back(folder_ / (name + ending));
    }
    std::filesystem::create_directories(folder_ / name);
    for (const std::size_t half : {0, 1}) {
      std::vector<std::uint32_t> rows(table.rows / 2);
      std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(half * table.rows / 2));
      write_table(take(table, rows), folder_ / format("{}/part-{}.parquet", name, half));
    }
    result.push_back(folder_ / name);
    server.run_sql(
        format("create table {} (id bigint, \"integer\" bigint, \"real\" double precision, \"boolean\" boolean, "
               "\"Text, \"\"quoted\"\"\" text, \"time\" timestamptz)",
               name));
    server.copy_csv(name, folder_ / (name + ".csv"));
    server.run_sql(format("create view {0}_view as select * from {0} order by id", name));
    for (const char* const relation : {"select * from {} order by id", "{}_view"}) {
      result.push_back(format("postgres:{}#{}", server.url("reader"), format(fmt::runtime(relation), name)));
    }
    return result;
  }

  struct Written {
    std::string name;
    std::shared_ptr<arrow::DataType> type;
    std::string json;
  };

  /// A Parquet file of types that our own writer does not use.
  std::string write_parquet(const std::vector<Written>& columns) const {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const Written& column : columns) {
      fields.push_back(arrow::field(column.name, column.type));
      arrays.push_back(check(arrow::json::ArrayFromJSONString(column.type, column.json), "test data"));
    }
    const auto file = check(arrow::io::FileOutputStream::Open(folder_ / "written.parquet"), "test data");
    const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
    check(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file), "test data");
    check(file->Close(), "test data");
    return folder_ / "written.parquet";
  }

  TemporaryFolder folder_;
};

TEST_F(SameTable, comes_from_csv_parquet_and_postgresql_whether_types_are_declared_or_not) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Table table = any_table(seed);
    std::vector<ColumnRequest> declared;
    for (const Column& column : table.columns) declared.push_back({.name = column.name, .type = column.type});
    for (const std::string& from : places(table, format("same_table_{}", seed))) {
      for (const int threads : {1, 2}) {
        expect_same(table, read_table({.table = "t", .from = from, .columns = {}, .threads = threads}), from);
        expect_same(table, read_table({.table = "t", .from = from, .columns = declared, .threads = threads}), from);
      }
    }
  }
}

TEST_F(SameTable, has_the_same_conversions_and_missing_values_everywhere) {
  const Table table = any_table(4);
  const std::vector<ColumnRequest> requests = {
      {.name = "id", .type = ColumnType::kReal, .missing = {"7", "8.0"}},
      {.name = "integer", .type = ColumnType::kReal},
      {.name = "real", .missing = {"0"}},
      {.name = "boolean", .type = ColumnType::kBoolean, .missing = {"false"}},
      {.name = "Text, \"quoted\"", .missing = {"x", "xa"}},
      {.name = "time", .type = ColumnType::kTime},
      {.name = "id", .epoch = EpochUnit::kSeconds},
      {.name = "id", .type = ColumnType::kText},
      {.name = "boolean", .type = ColumnType::kText},
  };
  const std::vector<std::string> everywhere = places(table, "same_table_converted");
  const Table first = read_table({.table = "t", .from = everywhere.front(), .columns = requests});
  EXPECT_EQ(first.columns[0].reals[6], 6.0);
  EXPECT_TRUE(first.columns[0].missing(7) && first.columns[0].missing(8));
  EXPECT_EQ(first.columns[6].display(7), "1970-01-01T00:00:07Z");
  for (const std::string& from : everywhere) {
    expect_same(first, read_table({.table = "t", .from = from, .columns = requests, .threads = 2}), from);
  }
}

TEST_F(SameTable, has_the_same_local_times_everywhere) {
  const std::string csv = folder_.write(
      "local.csv", "id,at,day\n1,2024-07-01T12:00:00,2024-07-01\n2,2024-01-01 12:00:00.123456,2024-01-01\n");
  PostgresServer::shared().run_sql("create table same_local (id bigint, at timestamp, day date)");
  PostgresServer::shared().copy_csv("same_local", csv);
  const TimeZone berlin = TimeZone::named("Europe/Berlin");
  const Table first = read_table({.table = "t", .from = csv, .columns = {}, .zone = berlin});
  EXPECT_EQ(first.columns[1].display(0), "2024-07-01T10:00:00Z");
  EXPECT_EQ(first.columns[2].display(1), "2023-12-31T23:00:00Z");
  const std::string from =
      "postgres:" + PostgresServer::shared().url("reader") + "#select * from same_local order by id";
  expect_same(first, read_table({.table = "t", .from = from, .columns = {}, .zone = berlin}), from);

  const std::string parquet =
      write_parquet({{"id", arrow::int64(), "[1, 2]"},
                     {"at", arrow::timestamp(arrow::TimeUnit::MICRO), "[1719835200000000, 1704110400123456]"},
                     {"day", arrow::date32(), "[19905, 19723]"}});
  expect_same(first, read_table({.table = "t", .from = parquet, .columns = {}, .zone = berlin}), parquet);
}

TEST_F(SameTable, has_the_same_decimals_and_reals_of_single_precision_everywhere) {
  const std::string csv = folder_.write("numbers.csv",
                                        "id,amount,speed\n1,0.10,0.1\n2,123.456789,-2.5\n3,,\n4,-0.000001,1e-45\n"
                                        "5,99999999999999.999999,3.4028235e+38\n6,7.000000,1234567.9\n");
  PostgresServer::shared().run_sql("create table same_numbers (id bigint, amount numeric(20, 6), speed real)");
  PostgresServer::shared().copy_csv("same_numbers", csv);
  const Table first = read_table({.table = "t", .from = csv, .columns = {}});
  EXPECT_EQ(first.columns[2].display(0), "0.1");
  const std::string query =
      "postgres:" + PostgresServer::shared().url("reader") + "#select * from same_numbers order by id";
  const std::string parquet =
      write_parquet({{"id", arrow::int64(), "[1, 2, 3, 4, 5, 6]"},
                     {"amount", arrow::decimal128(20, 6),
                      R"(["0.100000", "123.456789", null, "-0.000001", "99999999999999.999999", "7.000000"])"},
                     {"speed", arrow::float32(), "[0.1, -2.5, null, 1e-45, 3.4028235e+38, 1234567.9]"}});
  for (const std::string& from : {query, parquet}) {
    expect_same(first, read_table({.table = "t", .from = from, .columns = {}, .threads = 2}), from);
  }
}

TEST_F(SameTable, has_the_same_counted_times_everywhere) {
  const std::string csv = folder_.write("counts.csv", "id,at\n1,1709210096.5\n2,0.000001\n3,\n4,-0.25\n");
  PostgresServer::shared().run_sql(
      "create table same_counts (id bigint, at numeric); create table same_doubles (id bigint, at double precision)");
  for (const char* const table : {"same_counts", "same_doubles"}) PostgresServer::shared().copy_csv(table, csv);
  const std::vector<ColumnRequest> columns = {{.name = "id"}, {.name = "at", .epoch = EpochUnit::kSeconds}};
  const Table first = read_table({.table = "t", .from = csv, .columns = columns});
  EXPECT_EQ(first.columns[1].display(1), "1970-01-01T00:00:00.000001Z");
  const std::string postgres = "postgres:" + PostgresServer::shared().url("reader");
  const std::string parquet = write_parquet(
      {{"id", arrow::int64(), "[1, 2, 3, 4]"}, {"at", arrow::float64(), "[1709210096.5, 0.000001, null, -0.25]"}});
  for (const std::string& from : {postgres + "#select * from same_counts order by id",
                                  postgres + "#select * from same_doubles order by id", parquet}) {
    expect_same(first, read_table({.table = "t", .from = from, .columns = columns}), from);
  }
}

}  // namespace
}  // namespace asof
