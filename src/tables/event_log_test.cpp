// Rows of one entity stand together, oldest first; where they stood in the source changes nothing.
#include "tables/event_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "asof/error.h"
#include "base/random.h"

namespace asof {
namespace {

Column integers(std::string name, std::vector<std::int64_t> values, ColumnType type = ColumnType::kInteger) {
  return {.name = std::move(name), .type = type, .integers = std::move(values)};
}

Column texts(std::string name, const std::vector<std::string>& values) {
  Column column{.name = std::move(name), .type = ColumnType::kText};
  Dictionary dictionary;
  for (const std::string& value : values) {
    const auto place = std::ranges::find(dictionary, value);
    column.codes.push_back(static_cast<std::int32_t>(place - dictionary.begin()));
    if (place == dictionary.end()) dictionary.push_back(value);
  }
  column.dictionary = std::make_shared<const Dictionary>(std::move(dictionary));
  return column;
}

TableSpec spec(std::string id = {}) {
  TableSpec spec;
  spec.name = "events";
  spec.entity = "user_id";
  spec.time = "at";
  spec.id = std::move(id);
  return spec;
}

Table table(std::vector<Column> columns) {
  Table table{.name = "events", .columns = std::move(columns), .rows = 0};
  table.rows = table.columns.front().size();
  return table;
}

std::vector<std::string> shown(const EventLog& log, const std::string& column) {
  std::vector<std::string> values;
  for (std::size_t row = 0; row < log.table().rows; ++row) values.push_back(log.table().at(column).display(row));
  return values;
}

using Texts = std::vector<std::string>;

TEST(EventLog, rows_are_grouped_by_entity_and_sorted_by_time) {
  const EntityIndex entities(integers("user_id", {7, 5}));
  const EventLog log =
      EventLog::build(spec(),
                      table({integers("user_id", {5, 7, 5, 7}), integers("at", {30, 20, 10, 40}, ColumnType::kTime),
                             texts("what", {"c", "b", "a", "d"})}),
                      entities);
  EXPECT_EQ(shown(log, "what"), (Texts{"b", "d", "a", "c"}));
  EXPECT_EQ(log.rows_of(0).size(), 2U);
  EXPECT_EQ(log.rows_of(1).begin, 2U);
  EXPECT_EQ(log.rows_of(kNoEntity).size(), 0U);
  EXPECT_EQ(log.table().find("user_id"), nullptr);
}

TEST(EventLog, ties_in_time_are_broken_by_the_row_id) {
  const EntityIndex entities(integers("user_id", {1}));
  const EventLog log =
      EventLog::build(spec("id"),
                      table({integers("user_id", {1, 1, 1}), integers("at", {5, 5, 5}, ColumnType::kTime),
                             integers("id", {30, 10, 20}), texts("what", {"a", "b", "c"})}),
                      entities);
  EXPECT_EQ(shown(log, "what"), (Texts{"b", "c", "a"}));
}

TEST(EventLog, without_a_row_id_ties_are_broken_by_the_values_of_the_columns) {
  const EntityIndex entities(integers("user_id", {1}));
  const EventLog log =
      EventLog::build(spec(),
                      table({integers("user_id", {1, 1, 1}), integers("at", {5, 5, 5}, ColumnType::kTime),
                             texts("what", {"c", "a", "b"})}),
                      entities);
  EXPECT_EQ(shown(log, "what"), (Texts{"a", "b", "c"}));
}

TEST(EventLog, ties_that_differ_in_the_sign_of_a_zero_have_an_order_too) {
  const EntityIndex entities(integers("user_id", {5}));
  for (const std::vector<double>& values : {std::vector{0.0, -0.0}, {-0.0, 0.0}}) {
    Column value{.name = "value", .type = ColumnType::kReal, .reals = values};
    const Table rows = table({integers("user_id", {5, 5}), integers("at", {10, 10}, ColumnType::kTime), value});
    EXPECT_EQ(shown(EventLog::build(spec(), rows, entities), "value"), (Texts{"-0", "0"}));
  }
}

TEST(EventLog, a_row_sent_twice_counts_once) {
  const EntityIndex entities(integers("user_id", {1, 2}));
  const EventLog log =
      EventLog::build(spec("id"),
                      table({integers("user_id", {1, 1, 2, 1}), integers("at", {5, 5, 5, 6}, ColumnType::kTime),
                             integers("id", {10, 10, 10, 10}), texts("what", {"a", "a", "a", "a"})}),
                      entities);
  EXPECT_EQ(log.left_out().repeated_id, 1U);
  EXPECT_EQ(log.rows_of(0).size(), 2U);
  EXPECT_EQ(log.rows_of(1).size(), 1U);
}

TEST(EventLog, of_a_row_sent_twice_the_copy_that_was_known_first_stays) {
  TableSpec arriving = spec();
  arriving.id = "id";
  arriving.known_at = "had";
  const EntityIndex entities(integers("user_id", {1}));
  const Column user = integers("user_id", {1, 1});
  const Column at = integers("at", {10, 10}, ColumnType::kTime);
  const Column id = integers("id", {5, 5});
  for (const bool turned : {false, true}) {
    const Column had = integers("had", turned ? std::vector<std::int64_t>{90, 20} : std::vector<std::int64_t>{20, 90},
                                ColumnType::kTime);
    const Column amount =
        integers("amount", turned ? std::vector<std::int64_t>{1, 2} : std::vector<std::int64_t>{2, 1});
    const EventLog log = EventLog::build(arriving, table({user, at, id, had, amount}), entities);
    ASSERT_EQ(log.table().rows, 1U);
    EXPECT_EQ(log.known_at()[0], 20) << "what arrives later changes nothing that was known before";
  }
}

TEST(EventLog, rows_that_must_have_arrived_and_have_not_are_left_out_and_counted) {
  TableSpec arriving = spec();
  arriving.known_at = "had";
  const EntityIndex entities(integers("user_id", {1}));
  const auto rows = [] {
    return table({integers("user_id", {1, 1}), integers("at", {10, 11}, ColumnType::kTime),
                  integers("had", {kMissingInteger, 20}, ColumnType::kTime)});
  };
  EXPECT_EQ(EventLog::build(arriving, rows(), entities).table().rows, 2U);
  arriving.known_at_required = true;
  const EventLog log = EventLog::build(arriving, rows(), entities);
  EXPECT_EQ(log.table().rows, 1U);
  EXPECT_EQ(log.left_out().never_known, 1U);
}

TEST(EventLog, rows_left_out_are_counted_by_reason) {
  TableSpec with_clock = spec();
  with_clock.valid_from = {100};
  with_clock.valid_to = {200};
  const EntityIndex entities(integers("user_id", {1}));
  const EventLog log =
      EventLog::build(with_clock,
                      table({integers("user_id", {1, kMissingInteger, 1, 1, 1, 9, 1}),
                             integers("at", {100, 150, kMissingInteger, 99, 200, 150, 199}, ColumnType::kTime)}),
                      entities, 1, {false, false, false, false, false, false, true});
  EXPECT_EQ(log.left_out().no_entity, 1U);
  EXPECT_EQ(log.left_out().no_time, 1U);
  EXPECT_EQ(log.left_out().outside_valid, 2U);
  EXPECT_EQ(log.left_out().other_entities, 1U);
  EXPECT_EQ(log.left_out().by_where, 1U);
  EXPECT_EQ(log.table().rows, 1U);
}

TEST(EventLog, a_declared_delay_says_when_rows_were_known) {
  TableSpec late = spec();
  late.delay = {7};
  const EntityIndex entities(integers("user_id", {1}));
  const EventLog log = EventLog::build(
      late, table({integers("user_id", {1, 1}), integers("at", {20, 10}, ColumnType::kTime)}), entities);
  EXPECT_EQ(std::vector<std::int64_t>(log.known_at().begin(), log.known_at().end()),
            (std::vector<std::int64_t>{17, 27}));
}

TEST(EventLog, entities_of_another_type_are_refused) {
  const EntityIndex entities(texts("user_id", {"a"}));
  EXPECT_THROW(
      EventLog::build(spec(), table({integers("user_id", {1}), integers("at", {1}, ColumnType::kTime)}), entities),
      Error);
}

TEST(EventLog, the_order_of_the_source_and_the_number_of_threads_change_nothing) {
  Random random(1);
  std::vector<std::uint32_t> order(2'000);
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> times;
  std::vector<std::string> what;
  for (std::size_t i = 0; i < order.size(); ++i) {
    users.push_back(static_cast<std::int64_t>(random.below(700)));
    times.push_back(static_cast<std::int64_t>(random.below(3)));
    what.emplace_back(1, static_cast<char>('a' + random.below(5)));
  }
  const Table source =
      table({integers("user_id", users), integers("at", times, ColumnType::kTime), texts("what", what)});
  std::vector<std::int64_t> everyone(700);
  for (std::size_t i = 0; i < everyone.size(); ++i) everyone[i] = static_cast<std::int64_t>(i);
  const EntityIndex entities(integers("user_id", everyone));
  const EventLog expected = EventLog::build(spec(), source, entities);
  for (const int threads : {1, 2, 3}) {
    random.shuffle(std::span(order));
    const EventLog log = EventLog::build(spec(), take(source, order), entities, threads);
    EXPECT_EQ(shown(log, "what"), shown(expected, "what"));
    EXPECT_EQ(shown(log, "at"), shown(expected, "at"));
  }
}

}  // namespace
}  // namespace asof
