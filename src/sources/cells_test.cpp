#include "sources/cells.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "asof/error.h"

namespace asof {
namespace {

using Texts = std::vector<std::string>;

/// Texts in Arrow's layout.
struct Piece {
  std::string bytes;
  std::vector<std::int32_t> ends = {0};

  explicit Piece(const Texts& texts) {
    for (const std::string& text : texts) {
      bytes += text;
      ends.push_back(static_cast<std::int32_t>(bytes.size()));
    }
  }
  TextCells cells() const { return {.rows = ends.size() - 1, .bytes = bytes.data(), .ends = ends.data()}; }
};

const TimeZone kUtc = TimeZone::named("UTC");

Column read(const Texts& texts, const ColumnRequest& request = {.name = "x"}, const TimeZone& zone = kUtc) {
  const Piece piece(texts);
  const TextCells cells = piece.cells();
  return read_cells({&cells, 1}, request, zone, 1);
}

/// "type: value value ..."; a missing value is shown as `-`, a refusal as "row: reason".
std::string outcome(const Texts& texts, const ColumnRequest& request = {.name = "x"}, const TimeZone& zone = kUtc) {
  try {
    const Column column = read(texts, request, zone);
    std::string result = std::string(to_string(column.type)) + ":";
    for (std::size_t row = 0; row < column.size(); ++row) {
      result += " " + (column.missing(row) ? "-" : column.display(row));
    }
    return result;
  } catch (const CellError& error) {
    return std::to_string(error.row) + ": " + error.reason;
  }
}

ColumnRequest as(ColumnType type, Texts missing = {}) {
  return {.name = "x", .type = type, .missing = std::move(missing)};
}
ColumnRequest counting(EpochUnit unit) { return {.name = "x", .epoch = unit}; }

struct Example {
  Texts texts;
  const char* expected;
};

TEST(Cells, without_a_declared_type_all_values_decide) {
  const Example examples[] = {
      {{"1", "-2", ""}, "integer: 1 -2 -"},
      {{"1", "2.5"}, "real: 1 2.5"},
      {{"1", "1e3"}, "real: 1 1000"},
      {{"007", "8"}, "text: 007 8"},
      {{"8", "007"}, "text: 8 007"},
      {{"+7", "8"}, "text: +7 8"},
      {{"0712345678"}, "text: 0712345678"},
      {{"1", "x"}, "text: 1 x"},
      {{"true", "F", ""}, "boolean: true false -"},
      {{"true", "1"}, "text: true 1"},
      {{"2024-01-01", "2024-01-01T10:00:00Z"}, "time: 2024-01-01T00:00:00Z 2024-01-01T10:00:00Z"},
      {{"2024-01-01", "soon"}, "text: 2024-01-01 soon"},
      {{"", ""}, "real: - -"},
      {{"NA", "null"}, "real: - -"},
      {{"1", "NA", "NULL", "\\N", "None", "N/A", "nan", "NaN", "null"}, "integer: 1 - - - - - - - -"},
      {{"x", "NA"}, "text: x NA"},
      {{"inf", "1.5"}, "text: inf 1.5"},
      {{}, "real:"},
  };
  for (const Example& example : examples) EXPECT_EQ(outcome(example.texts), example.expected);
}

TEST(Cells, integers_that_do_not_fit_stay_texts_so_that_none_become_equal) {
  EXPECT_EQ(outcome({"123456789012345678901", "123456789012345678902"}),
            "text: 123456789012345678901 123456789012345678902");
  EXPECT_EQ(outcome({"1", "123456789012345678901"}), "text: 1 123456789012345678901");
  EXPECT_EQ(outcome({"0.5", "100000000000000000000"}), "real: 0.5 1e+20") << "among reals it is a real";
  EXPECT_EQ(outcome({"100000000000000000000", "0.5"}), "real: 1e+20 0.5");
}

TEST(Cells, a_late_value_contradicts_the_first_thousand) {
  Texts texts(5000, "1");
  texts.back() = "1.5";
  EXPECT_EQ(read(texts).type, ColumnType::kReal);
  texts.back() = "x";
  EXPECT_EQ(read(texts).type, ColumnType::kText);
  Texts times(5000, "2024-01-01");
  times.back() = "never";
  EXPECT_EQ(read(times).type, ColumnType::kText);
  Texts late(5000, "");
  late.back() = "t";
  EXPECT_EQ(read(late).type, ColumnType::kBoolean);
}

TEST(Cells, the_order_of_rows_does_not_change_the_type) {
  for (const char* const odd : {"2.0", "1.5", "007", "x", "-0", "100000000000000000000", "true", "2024-01-01"}) {
    for (const char* const usual : {"1", "0.5", "false", "2023-12-31T00:00:00Z", "y"}) {
      Texts texts(5000, usual);
      texts.back() = odd;
      const ColumnType late = read(texts).type;
      std::ranges::reverse(texts);
      EXPECT_EQ(late, read(texts).type) << odd << " among " << usual;
    }
  }
  Texts texts(5000, "1");
  texts.back() = "2.0";
  EXPECT_EQ(read(texts).type, ColumnType::kReal) << "written with decimals, it is no integer";
}

TEST(Cells, a_declared_type_holds_for_every_value) {
  EXPECT_EQ(outcome({"1", "2"}, as(ColumnType::kReal)), "real: 1 2");
  EXPECT_EQ(outcome({"1", "007"}, as(ColumnType::kText)), "text: 1 007");
  EXPECT_EQ(outcome({"5.0", "7"}, as(ColumnType::kInteger)), "integer: 5 7");
  EXPECT_EQ(outcome({"1", "0", "true", "f"}, as(ColumnType::kBoolean)), "boolean: true false true false");
  EXPECT_EQ(outcome({"", "NA"}, as(ColumnType::kTime)), "time: - -");
  EXPECT_EQ(outcome({"7", "1.5"}, as(ColumnType::kInteger)), "1: `1.5` is not an integer");
  EXPECT_EQ(outcome({"7", "007"}, as(ColumnType::kInteger)).substr(0, 8), "1: `007`");
  EXPECT_EQ(outcome({"7", "abc"}, as(ColumnType::kReal)), "1: `abc` is not a number");
  EXPECT_EQ(outcome({"7", "inf"}, as(ColumnType::kReal)),
            "1: `inf` is infinite; declare it as missing if that is meant");
  EXPECT_EQ(outcome({"yes"}, as(ColumnType::kBoolean)), "0: `yes` is not a boolean (true, false, t, f, 1, 0)");
  EXPECT_EQ(outcome({"2024-13-01"}, as(ColumnType::kTime)),
            "0: `2024-13-01` is not a time: the month is not between 01 and 12");
}

TEST(Cells, a_number_is_a_time_only_with_a_declared_unit) {
  EXPECT_NE(outcome({"1709210096"}, as(ColumnType::kTime)).find("declare the unit that it counts since 1970"),
            std::string::npos);
  EXPECT_EQ(outcome({"1709210096", "", "1709210096.0"}, counting(EpochUnit::kSeconds)),
            "time: 2024-02-29T12:34:56Z - 2024-02-29T12:34:56Z");
  EXPECT_EQ(outcome({"1709210096123"}, counting(EpochUnit::kMilliseconds)), "time: 2024-02-29T12:34:56.123000Z");
  EXPECT_NE(outcome({"2024-01-01"}, counting(EpochUnit::kSeconds)).find("is not a count"), std::string::npos);
}

TEST(Cells, times_without_an_offset_need_a_zone) {
  const TimeZone nairobi = TimeZone::named("Africa/Nairobi");
  EXPECT_EQ(outcome({"2024-01-01T03:00:00", "2024-01-01T03:00:00Z"}, as(ColumnType::kTime), nairobi),
            "time: 2024-01-01T00:00:00Z 2024-01-01T03:00:00Z");
  for (const ColumnRequest& request : {as(ColumnType::kTime), ColumnRequest{.name = "x"}}) {
    const std::string refused = outcome({"", "2024-01-01T03:00:00"}, request, TimeZone());
    EXPECT_EQ(refused.substr(0, 26), "1: `2024-01-01T03:00:00` h") << refused;
    EXPECT_NE(refused.find("write `time_zone:` in the project file"), std::string::npos) << refused;
  }
}

TEST(Cells, local_times_that_exist_twice_are_refused) {
  EXPECT_EQ(outcome({"2024-10-27T01:00:00", "2024-10-27T02:30:00"}, {.name = "x"}, TimeZone::named("Europe/Berlin"))
                .substr(0, 50),
            "1: `2024-10-27T02:30:00` exists twice in Europe/Be");
}

TEST(Cells, spaces_around_values_count_only_in_texts) {
  EXPECT_EQ(outcome({" 1", "2\t", "  "}), "integer: 1 2 -");
  EXPECT_EQ(outcome({" 2024-01-01 "}), "time: 2024-01-01T00:00:00Z");
  EXPECT_EQ(read({" a", "a"}).dictionary->size(), 2U);
}

TEST(Cells, declared_values_mean_missing_and_numbers_are_compared_as_numbers) {
  EXPECT_EQ(outcome({"1", "-1", "-1.0", "2"}, as(ColumnType::kReal, {"-1"})), "real: 1 - - 2");
  EXPECT_EQ(outcome({"1", "-1", "-1.0"}, as(ColumnType::kInteger, {"-1.0"})), "integer: 1 - -");
  EXPECT_EQ(outcome({"1", "unknown"}, as(ColumnType::kReal, {"unknown"})), "real: 1 -");
  EXPECT_EQ(outcome({"1.5", "unknown"}, {.name = "x", .missing = {"unknown"}}), "real: 1.5 -") << "also when inferred";
  EXPECT_EQ(outcome({"home", "unknown"}, as(ColumnType::kText, {"unknown"})), "text: home -");
  EXPECT_EQ(outcome({"1", "inf"}, as(ColumnType::kReal, {"inf"})), "real: 1 -");
  EXPECT_EQ(outcome({"true", "-1"}, as(ColumnType::kBoolean, {"-1"})), "boolean: true -");
  EXPECT_EQ(outcome({"2024-01-01", "1970-01-01T00:00:00Z"}, as(ColumnType::kTime, {"1970-01-01"})),
            "time: 2024-01-01T00:00:00Z -");
  EXPECT_EQ(outcome({"1709210096", "0"}, {.name = "x", .epoch = EpochUnit::kSeconds, .missing = {"0"}}),
            "time: 2024-02-29T12:34:56Z -");
  const Column text = read({"a", "unknown", "b"}, as(ColumnType::kText, {"unknown"}));
  EXPECT_EQ(*text.dictionary, (Dictionary{"a", "b"})) << "a text that means missing is not in the dictionary";
}

TEST(Cells, texts_must_be_utf_8) {
  EXPECT_EQ(outcome({"Grüße", "Gr\xFC\xDF"}), "1: `Gr\\xFC\\xDF` is not UTF-8; convert the file to UTF-8");
  EXPECT_EQ(outcome({"日本"}), "text: 日本");
}

TEST(Cells, nulls_and_empty_fields_are_the_same) {
  const Piece piece({"1", "2", "3", "4"});
  TextCells cells = piece.cells();
  const std::uint8_t valid = 0b10100;
  cells.valid = &valid;
  cells.first_valid = 1;  // rows 0 to 3 are bits 1 to 4
  const Column column = read_cells({&cells, 1}, {.name = "x"}, kUtc, 1);
  EXPECT_EQ(column.integers, (std::vector<std::int64_t>{kMissingInteger, 2, kMissingInteger, 4}));
}

TEST(Cells, pieces_and_threads_change_nothing) {
  std::vector<Piece> pieces;
  std::vector<TextCells> cells;
  Texts all;
  for (int i = 0; i < 20; ++i) {
    Texts texts;
    for (int j = 0; j < 100; ++j) texts.push_back("text " + std::to_string((i * 37 + j * j) % 61));
    all.insert(all.end(), texts.begin(), texts.end());
    pieces.emplace_back(texts);
  }
  for (const Piece& piece : pieces) cells.push_back(piece.cells());
  const Column whole = read(all);
  for (const int threads : {1, 4}) {
    const Column column = read_cells(cells, {.name = "x"}, kUtc, threads);
    EXPECT_EQ(column.codes, whole.codes);
    EXPECT_EQ(*column.dictionary, *whole.dictionary);
  }
}

TEST(Cells, the_first_refused_row_is_named_whatever_the_threads) {
  std::vector<Piece> pieces(50, Piece({"1", "x"}));
  pieces.front() = Piece({"1", "2"});
  std::vector<TextCells> cells;
  for (const Piece& piece : pieces) cells.push_back(piece.cells());
  for (int repetition = 0; repetition < 20; ++repetition) {
    try {
      read_cells(cells, as(ColumnType::kInteger), kUtc, 4);
      FAIL() << "nothing was thrown";
    } catch (const CellError& error) {
      EXPECT_EQ(error.row, 3U);
    }
  }
}

}  // namespace
}  // namespace asof
