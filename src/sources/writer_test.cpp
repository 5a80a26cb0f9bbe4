#include "sources/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "sources/source.h"
#include "testing/show_table.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

namespace fs = std::filesystem;
using asof::testing::show;
using asof::testing::TemporaryFolder;
using asof::testing::thrown_by;
using ::testing::HasSubstr;

Table example() {
  Table table{"events", {}, 3};
  table.columns.push_back({"user,id", ColumnType::kInteger, {}, {5, kMissingInteger, -7}, {}, nullptr});
  table.columns.push_back({"speed", ColumnType::kReal, {0.1, kMissing, 1e-7}, {}, {}, nullptr});
  table.columns.push_back({"rooted", ColumnType::kBoolean, {}, {1, kMissingInteger, 0}, {}, nullptr});
  const auto dictionary = std::make_shared<const Dictionary>(Dictionary{"say \"hi\", then\nleave", "Grüße"});
  table.columns.push_back({"screen", ColumnType::kText, {}, {}, {0, kMissingCode, 1}, dictionary});
  table.columns.push_back({"at", ColumnType::kTime, {}, {0, kMissingInteger, 1500000}, {}, nullptr});
  return table;
}

constexpr const char* kFormats[] = {"t.csv", "t.csv.gz", "t.csv.zst", "t.parquet"};

TEST(Writer, csv_is_round_trippable_and_quoted_only_where_needed) {
  const TemporaryFolder folder;
  write_table(example(), folder / "t.csv");
  EXPECT_EQ(read_file(folder / "t.csv"),
            "\"user,id\",speed,rooted,screen,at\n"
            "5,0.1,true,\"say \"\"hi\"\", then\nleave\",1970-01-01T00:00:00Z\n"
            ",,,,\n"
            "-7,1e-07,false,Grüße,1970-01-01T00:00:01.500000Z\n");
}

TEST(Writer, what_is_written_is_read_back_in_every_format) {
  const TemporaryFolder folder;
  for (const char* name : kFormats) {
    write_table(example(), folder / name);
    EXPECT_EQ(show(read_table({.table = "t", .from = folder / name, .columns = {}})), show(example())) << name;
  }
}

TEST(Writer, tables_written_one_after_the_other_are_one_table) {
  const TemporaryFolder folder;
  for (const char* name : kFormats) {
    TableWriter writer(folder / name);
    for (int i = 0; i < 3; ++i) writer.write(example());
    writer.finish();
    EXPECT_EQ(read_table({.table = "t", .from = folder / name, .columns = {}}).rows, 9U) << name;
  }
}

TEST(Writer, the_same_tables_give_the_same_bytes) {
  const TemporaryFolder folder;
  for (const char* name : kFormats) {
    write_table(example(), folder / name);
    const std::string first = read_file(folder / name);
    write_table(example(), folder / name);
    EXPECT_EQ(read_file(folder / name), first) << name;
  }
}

TEST(Writer, a_single_missing_value_is_still_a_row) {
  const TemporaryFolder folder;
  const Table table{"t", {{"x", ColumnType::kInteger, {}, {1, kMissingInteger, 3}, {}, nullptr}}, 3};
  for (const char* name : kFormats) {
    write_table(table, folder / name);
    EXPECT_EQ(show(read_table({.table = "t", .from = folder / name, .columns = {}})), show(table)) << name;
  }
}

TEST(Writer, a_table_without_rows_has_a_header) {
  const TemporaryFolder folder;
  write_table({"t", {{"x", ColumnType::kReal, {}, {}, {}, nullptr}}, 0}, folder / "t.csv");
  EXPECT_EQ(read_file(folder / "t.csv"), "x\n");
}

TEST(Writer, without_finish_nothing_is_left_behind) {
  const TemporaryFolder folder;
  for (const char* name : kFormats) {
    TableWriter writer(folder / name);
    writer.write(example());
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Writer, an_unknown_ending_is_refused_and_leaves_nothing) {
  const TemporaryFolder folder;
  EXPECT_THAT(thrown_by([&] { TableWriter(folder / "t.xlsx"); }).message,
              HasSubstr("its name must end with .csv, .csv.gz, .csv.zst or .parquet"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Writer, tables_of_other_columns_are_a_mistake_of_the_caller) {
  const TemporaryFolder folder;
  TableWriter writer(folder / "t.csv");
  writer.write(example());
  EXPECT_EQ(thrown_by([&] {
              writer.write({"t", {{"x", ColumnType::kReal, {1.0}, {}, {}, nullptr}}, 1});
            }).kind,
            Error::kInternal);
}

}  // namespace
}  // namespace asof
