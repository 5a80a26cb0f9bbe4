#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "sources/source.h"
#include "sources/writer.h"
#include "testing/show_table.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using asof::testing::show;
using asof::testing::TemporaryFolder;
using asof::testing::thrown_by;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CsvSource : public ::testing::Test {
 protected:
  std::string read(std::string_view content, std::vector<ColumnRequest> columns = {}, const TimeZone& zone = {}) const {
    return show(read_table({.table = "events",
                            .from = folder_.write("events.csv", content),
                            .columns = std::move(columns),
                            .zone = zone,
                            .threads = 2}));
  }

  /// What is said when `content` is refused, without the folder.
  std::string refusal(std::string_view content, std::vector<ColumnRequest> columns = {},
                      const TimeZone& zone = {}) const {
    return without_folder(thrown_by([&] { read(content, std::move(columns), zone); }).message);
  }

  std::string without_folder(std::string text) const {
    const std::string folder = folder_.path().string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text;
  }

  TemporaryFolder folder_;
};

ColumnRequest as(std::string name, ColumnType type) { return {.name = std::move(name), .type = type}; }

TEST_F(CsvSource, values_get_the_type_that_all_of_them_agree_on) {
  EXPECT_EQ(
      read("user_id,speed,rooted,screen,at\n5,0.1,true,home,2024-01-01T00:00:00Z\n7,,f,,2024-01-01T02:00:00+01:00\n"),
      "user_id integer: 5 | 7\n"
      "speed real: 0.1 | -\n"
      "rooted boolean: true | false\n"
      "screen text: home | -\n"
      "at time: 2024-01-01T00:00:00Z | 2024-01-01T01:00:00Z\n");
}

TEST_F(CsvSource, only_wanted_columns_are_read_in_the_order_asked_for) {
  const std::string content = "a,b,c\n1,broken \xFF,3\n4,5,6\n";
  EXPECT_EQ(read(content, {{.name = "c"}, {.name = "a"}}), "c integer: 3 | 6\na integer: 1 | 4\n");
}

TEST_F(CsvSource, quotes_line_breaks_and_unicode_are_kept) {
  EXPECT_EQ(read("id,note\n1,\"a, \"\"b\"\"\"\n2,\"line\nbreak\"\n3,Grüße 日本\n4,\"\"\n"),
            "id integer: 1 | 2 | 3 | 4\nnote text: a, \"b\" | line\nbreak | Grüße 日本 | -\n");
}

TEST_F(CsvSource, byte_order_mark_and_windows_line_ends_are_no_part_of_values) {
  EXPECT_EQ(read("\xEF\xBB\xBFid,name\r\n1,a\r\n2,b\r\n"), "id integer: 1 | 2\nname text: a | b\n");
}

TEST_F(CsvSource, a_file_may_end_without_a_line_break) { EXPECT_EQ(read("id\n1\n2"), "id integer: 1 | 2\n"); }

TEST_F(CsvSource, wide_files_and_long_ones_are_read_on_all_threads) {
  std::string content = "id,name\n";
  for (int i = 0; i < 600'000; ++i) content += std::to_string(i) + ",name " + std::to_string(i % 7) + "\n";
  folder_.write("big.csv", content);
  const Table one = read_table({.table = "events", .from = folder_ / "big.csv", .columns = {}, .threads = 1});
  const Table two = read_table({.table = "events", .from = folder_ / "big.csv", .columns = {}, .threads = 2});
  ASSERT_EQ(two.rows, 600'000U);
  EXPECT_EQ(one.columns[0].integers, two.columns[0].integers);
  EXPECT_EQ(one.columns[1].codes, two.columns[1].codes);
  EXPECT_EQ(*one.columns[1].dictionary, *two.columns[1].dictionary);
  for (std::size_t row = 0; row < two.rows; row += 1001) {
    ASSERT_EQ(two.columns[0].integers[row], static_cast<std::int64_t>(row));
    ASSERT_EQ(two.columns[1].text(row), "name " + std::to_string(row % 7));
  }
}

TEST_F(CsvSource, compressed_files_are_read_as_their_content) {
  const Table table = read_table({.table = "t", .from = folder_.write("t.csv", "a,b\n1,x\n,y\n"), .columns = {}});
  for (const char* name : {"t.csv.gz", "t.csv.zst"}) {
    write_table(table, folder_ / name);
    EXPECT_EQ(show(read_table({.table = "t", .from = folder_ / name, .columns = {}})), show(table)) << name;
  }
}

TEST_F(CsvSource, a_pattern_may_name_compressed_files) {
  for (const char* const ending : {".csv.gz", ".csv.zst"}) {
    for (const int part : {2, 1}) {
      const Table table{"t", {{.name = "a", .type = ColumnType::kInteger, .integers = {part * 10, part}}}, 2};
      write_table(table, folder_ / ("part-" + std::to_string(part) + ending));
    }
    EXPECT_EQ(show(read_table({.table = "t", .from = folder_ / ("*" + std::string(ending)), .columns = {}})),
              "a integer: 10 | 1 | 20 | 2\n");
  }
}

TEST_F(CsvSource, compressed_files_put_end_to_end_are_one_file) {
  for (const char* const ending : {".csv.gz", ".csv.zst"}) {
    std::string whole;
    for (const char* const first_line : {"a", "2", "4"}) {  // of every file; only the first one is a header
      const std::string name = folder_ / (first_line + std::string(ending));
      write_table({"t", {{.name = first_line, .type = ColumnType::kInteger, .integers = {7}}}, 1}, name);
      whole += read_file(name);
    }
    const std::string from = folder_.write("all" + std::string(ending), whole);
    EXPECT_EQ(show(read_table({.table = "t", .from = from, .columns = {}})), "a integer: 7 | 2 | 7 | 4 | 7\n");
  }
}

TEST_F(CsvSource, several_files_are_one_table_in_the_order_of_their_names) {
  folder_.write("part-2.csv", "b,a\n20,2\n");
  folder_.write("part-1.csv", "a,b\n1,10\n1.5,11\n");
  folder_.write("part-3.csv", "a,b\n");
  EXPECT_EQ(show(read_table({.table = "t", .from = folder_ / "part-*.csv", .columns = {}})),
            "a real: 1 | 1.5 | 2\nb integer: 10 | 11 | 20\n");
}

TEST_F(CsvSource, refused_values_are_named_by_their_physical_line) {
  EXPECT_EQ(
      refusal("id,at\n1,2024-01-01T00:00:00Z\n\n2,\"2024-01-01T00:00:00Z\"\n3,soon\n", {as("at", ColumnType::kTime)}),
      "table `events`, events.csv line 5, column `at`: `soon` is not a time: it does not begin with a date of the form "
      "YYYY-MM-DD");
  EXPECT_EQ(refusal("note,n\r\n\"two\r\nlines\",1\r\nx,abc\r\n", {as("n", ColumnType::kReal)}),
            "table `events`, events.csv line 4, column `n`: `abc` is not a number");
  EXPECT_EQ(refusal("n\n1\n1.5\n", {as("n", ColumnType::kInteger)}),
            "table `events`, events.csv line 3, column `n`: `1.5` is not an integer");
  EXPECT_EQ(refusal("n\n1\n2\n", {as("n", ColumnType::kBoolean)}),
            "table `events`, events.csv line 3, column `n`: `2` is not a boolean (true, false, t, f, 1, 0)");
}

TEST_F(CsvSource, the_line_is_that_of_the_file_which_holds_it) {
  folder_.write("part-1.csv", "n\n1\n2\n");
  folder_.write("part-2.csv", "n\n3\nx\n");
  const auto thrown = thrown_by(
      [&] { read_table({.table = "t", .from = folder_ / "part-*.csv", .columns = {as("n", ColumnType::kInteger)}}); });
  EXPECT_EQ(without_folder(thrown.message), "table `t`, part-2.csv line 3, column `n`: `x` is not an integer");
}

TEST_F(CsvSource, a_refused_line_deep_in_a_long_file_is_found) {
  std::string content = "id,note\n";
  for (int i = 0; i < 500'000; ++i) content += std::to_string(i) + (i % 10 == 0 ? ",\"a\nb\"\n" : ",c\n");
  content += "x,c\n";
  EXPECT_THAT(refusal(content, {as("id", ColumnType::kInteger)}),
              HasSubstr("events.csv line 550002, column `id`: `x`"));
}

TEST_F(CsvSource, naive_and_ambiguous_times_are_refused) {
  EXPECT_EQ(refusal("at\n2024-01-01T00:00:00\n"),
            "table `events`, events.csv line 2, column `at`: `2024-01-01T00:00:00` has no offset and no time zone is "
            "declared; "
            "write `time_zone:` in the project file (such as `time_zone: UTC`) or give times an offset");
  EXPECT_THAT(refusal("at\n2024-06-01T00:00:00\n2024-10-27T02:30:00\n", {}, TimeZone::named("Europe/Berlin")),
              HasSubstr("events.csv line 3, column `at`: `2024-10-27T02:30:00` exists twice in Europe/Berlin"));
}

TEST_F(CsvSource, a_header_must_name_every_column_once) {
  EXPECT_EQ(refusal("id,name,id\n1,a,2\n"),
            "table `events`, events.csv line 1, column `id`: the header has this name twice");
  EXPECT_EQ(refusal("id,name,id\n1,a,2\n", {{.name = "name"}}),
            "table `events`, events.csv line 1, column `id`: the header has this name twice");
  EXPECT_EQ(refusal("id,\"open\n1,a\n"), "table `events`, events.csv line 1: a quote is opened and never closed");
  EXPECT_THAT(refusal("id,Gr\xFC\xDF\n1,a\n"), HasSubstr("the header is not UTF-8"));
}

TEST_F(CsvSource, missing_columns_are_answered_with_the_nearest) {
  EXPECT_EQ(refusal("id,timestamp\n1,a\n", {{.name = "timestmp"}}),
            "table `events`, events.csv: there is no column `timestmp`; did you mean `timestamp`?");
  EXPECT_EQ(refusal("id;timestamp\n1;a\n", {{.name = "id"}}),
            "table `events`, events.csv: there is no column `id`; fields must be divided by commas");
}

TEST_F(CsvSource, headers_of_several_files_must_agree) {
  folder_.write("part-1.csv", "a,b\n1,2\n");
  folder_.write("part-2.csv", "a,c\n1,2\n");
  const auto thrown = thrown_by([&] { read_table({.table = "t", .from = folder_ / "part-*.csv", .columns = {}}); });
  EXPECT_EQ(without_folder(thrown.message),
            "table `t`, part-2.csv: its header differs from that of part-1.csv in: b, c");
}

TEST_F(CsvSource, empty_tables_are_refused) {
  EXPECT_EQ(refusal("a,b\n"), "table `events`, events.csv: it has no rows");
  EXPECT_EQ(refusal("a,b\n\n\n"), "table `events`, events.csv: it has no rows");
  EXPECT_EQ(refusal(""), "table `events`, events.csv: the file is empty; it must begin with a header");
}

TEST_F(CsvSource, ragged_lines_and_open_quotes_are_refused) {
  EXPECT_EQ(refusal("a,b\n1,2\n\"x\ny\",2\n3\n"),
            "table `events`, events.csv line 5: it has 1 fields where the header has 2");
  EXPECT_EQ(refusal("a,b\n1,2,3\n"), "table `events`, events.csv line 2: it has 3 fields where the header has 2");
  EXPECT_EQ(refusal("a,b\n1,2\n3,\"open\n4,5\n"),
            "table `events`, events.csv line 3: a quote is opened and never closed");
}

TEST_F(CsvSource, texts_that_are_not_utf_8_are_refused) {
  EXPECT_EQ(refusal("a,b\n1,x\n2,Gr\xFC\xDF\n"),
            "table `events`, events.csv line 3, column `b`: `Gr\\xFC\\xDF` is not UTF-8; convert the file to UTF-8");
}

TEST_F(CsvSource, files_that_were_cut_off_are_refused) {
  std::string content = "id\n";
  for (int i = 0; i < 200'000; ++i) content += std::to_string(i * 7919) + "\n";
  const Table table = read_table({.table = "t", .from = folder_.write("t.csv", content), .columns = {}});
  for (const char* name : {"t.csv.gz", "t.csv.zst"}) {
    write_table(table, folder_ / name);
    const std::string whole = read_file(folder_ / name);
    folder_.write(name, std::string_view(whole).substr(0, whole.size() / 2));
    const auto thrown = thrown_by([&] { read_table({.table = "t", .from = folder_ / name, .columns = {}}); });
    EXPECT_THAT(without_folder(thrown.message), StartsWith("table `t`: " + std::string(name) + " cannot be read"));
    EXPECT_EQ(thrown.kind, Error::kInvalidInput) << name;
  }
}

TEST_F(CsvSource, absent_files_are_named) {
  for (const char* name : {"absent.csv", "absent-*.csv"}) {
    const auto thrown = thrown_by([&] { read_table({.table = "t", .from = folder_ / name, .columns = {}}); });
    EXPECT_EQ(thrown.kind, Error::kNotFound);
    EXPECT_THAT(thrown.message, EndsWith(name));
    EXPECT_THAT(thrown.message, StartsWith("table `t`: "));
    const auto unlisted = thrown_by([&] { source_columns({.table = "t", .from = folder_ / name, .columns = {}}); });
    EXPECT_EQ(unlisted.message, thrown.message);
  }
}

TEST_F(CsvSource, progress_ends_with_all_bytes_read) {
  std::string content = "id\n";
  for (int i = 0; i < 2'000'000; ++i) content += std::to_string(i) + "\n";
  std::uint64_t last = 0;
  std::uint64_t calls = 0;
  const Progress progress = [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(what, "reading big.csv");
    EXPECT_GE(done, last);
    EXPECT_EQ(total, content.size());
    last = done;
    ++calls;
  };
  read_table({.table = "t", .from = folder_.write("big.csv", content), .columns = {}, .threads = 2}, progress);
  EXPECT_EQ(last, content.size());
  EXPECT_GT(calls, 2U);
}

TEST_F(CsvSource, columns_are_guessed_from_the_first_records) {
  const std::string from = folder_.write("t.csv", "id,speed,at,name,nothing\n1,1.5,2024-01-01,a,\n2,2,2024-01-02,b,\n");
  const std::vector<SourceColumn> expected = {{"id", ColumnType::kInteger},
                                              {"speed", ColumnType::kReal},
                                              {"at", ColumnType::kTime},
                                              {"name", ColumnType::kText},
                                              {"nothing", ColumnType::kReal}};
  EXPECT_EQ(source_kind_of(from).columns({.table = "t", .from = from, .columns = {}}), expected);
}

TEST_F(CsvSource, the_fingerprint_changes_with_the_bytes) {
  const auto fingerprint = [&](const std::string& from) {
    const ReadRequest request{.table = "t", .from = from, .columns = {}};
    return source_kind_of(from).fingerprint(request, read_table(request));
  };
  const std::string first = fingerprint(folder_.write("a.csv", "id\n1\n"));
  EXPECT_EQ(fingerprint(folder_.write("b.csv", "id\n1\n")), first);
  EXPECT_NE(fingerprint(folder_.write("b.csv", "id\n2\n")), first);
  const std::string both = fingerprint(folder_ / "*.csv");
  EXPECT_NE(both, first);
  folder_.write("b.csv", "id\n3\n");
  EXPECT_NE(fingerprint(folder_ / "*.csv"), both);
}

}  // namespace
}  // namespace asof
