#include "asof/table.h"

#include <gtest/gtest.h>

#include "asof/error.h"

namespace asof {
namespace {

Table example() {
  Table table{"events", {}, 3};
  table.columns.push_back({"user_id", ColumnType::kInteger, {}, {5, kMissingInteger, -7}, {}, nullptr});
  table.columns.push_back({"speed", ColumnType::kReal, {0.1, kMissing, 1e-7}, {}, {}, nullptr});
  table.columns.push_back({"rooted", ColumnType::kBoolean, {}, {1, kMissingInteger, 0}, {}, nullptr});
  const auto dictionary = std::make_shared<const Dictionary>(Dictionary{"home", "loan"});
  table.columns.push_back({"screen", ColumnType::kText, {}, {}, {1, kMissingCode, 0}, dictionary});
  table.columns.push_back({"timestamp", ColumnType::kTime, {}, {0, kMissingInteger, 1500000}, {}, nullptr});
  return table;
}

std::vector<std::string> row(const Table& table, std::size_t index) {
  std::vector<std::string> values;
  for (const Column& column : table.columns) values.push_back(column.display(index));
  return values;
}

using Values = std::vector<std::string>;

TEST(Table, values_are_shown_as_csv_would_show_them) {
  EXPECT_EQ(row(example(), 0), (Values{"5", "0.1", "true", "loan", "1970-01-01T00:00:00Z"}));
  EXPECT_EQ(row(example(), 2), (Values{"-7", "1e-07", "false", "home", "1970-01-01T00:00:01.500000Z"}));
}

TEST(Table, missing_is_a_value_of_its_own_in_every_type) {
  const Table table = example();
  EXPECT_EQ(row(table, 1), Values(5));
  for (const Column& column : table.columns) {
    EXPECT_TRUE(column.missing(1)) << column.name;
    EXPECT_FALSE(column.missing(0)) << column.name;
    EXPECT_EQ(column.size(), 3U) << column.name;
    EXPECT_TRUE(column.type == ColumnType::kText || is_missing(column.number(1))) << column.name;
  }
}

TEST(Table, every_type_but_text_is_also_a_number) {
  const Table table = example();
  EXPECT_EQ(table.at("user_id").number(2), -7.0);
  EXPECT_EQ(table.at("speed").number(0), 0.1);
  EXPECT_EQ(table.at("rooted").number(0), 1.0);
  EXPECT_EQ(table.at("timestamp").number(2), 1.5e6);
  EXPECT_THROW(table.at("screen").number(0), Error);
}

TEST(Table, an_unknown_column_is_answered_with_the_nearest_known_ones) {
  const Table table = example();
  EXPECT_EQ(table.find("timestmp"), nullptr);
  try {
    table.at("timestmp");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    EXPECT_STREQ(error.what(), "table `events` has no column `timestmp`; did you mean `timestamp`?");
  }
}

TEST(Table, taken_rows_come_in_the_order_asked_for) {
  const Table table = example();
  const std::vector<std::uint32_t> rows = {2, 0, 2, 1};
  const Table taken = take(table, rows);
  ASSERT_EQ(taken.rows, 4U);
  EXPECT_EQ(taken.name, "events");
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(row(taken, i), row(table, rows[i]));
  EXPECT_EQ(take(table, {}).rows, 0U);
}

TEST(Table, a_row_knows_where_it_came_from_however_often_rows_are_taken) {
  Table table = example();
  EXPECT_EQ(table.place(1), "row 2");
  EXPECT_EQ(take(table, std::vector<std::uint32_t>{2}).place(0), "row 1") << "it came from nowhere";
  table.source_place = [](std::size_t row) { return "line " + std::to_string(10 * row); };
  EXPECT_EQ(table.place(2), "line 20");
  const Table turned = take(table, std::vector<std::uint32_t>{2, 1, 0});
  EXPECT_EQ(turned.place(0), "line 20");
  const Table again = take(turned, std::vector<std::uint32_t>{1, 0});
  EXPECT_EQ(again.place(0), "line 10");
  EXPECT_EQ(again.place(1), "line 20");
}

TEST(Table, integer_and_text_entities_show_alike_but_are_different) {
  EXPECT_EQ(to_string(EntityKey(std::int64_t{7})), "7");
  EXPECT_EQ(to_string(EntityKey(std::string("007"))), "007");
  EXPECT_NE(EntityKey(std::int64_t{7}), EntityKey(std::string("7")));
}

TEST(Table, types_are_named_as_the_project_file_names_them) {
  EXPECT_EQ(to_string(ColumnType::kInteger), "integer");
  EXPECT_EQ(to_string(ColumnType::kReal), "real");
  EXPECT_EQ(to_string(ColumnType::kBoolean), "boolean");
  EXPECT_EQ(to_string(ColumnType::kText), "text");
  EXPECT_EQ(to_string(ColumnType::kTime), "time");
}

}  // namespace
}  // namespace asof
