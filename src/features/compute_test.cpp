// Point-in-time rules at every edge: T - 1 us, T, T + 1 us, T - w, T - w - 1 us, and what was known late.
#include "features/compute.h"

#include <gtest/gtest.h>

#include "asof/error.h"
#include "features/aggregation.h"
#include "features/plan.h"
#include "features/row_filter.h"

namespace asof {
namespace {

constexpr Timestamp kT{1'700'000'000'000'000};
constexpr std::int64_t kTick = 1;  // a microsecond

struct Row {
  std::int64_t offset;  // microseconds from T
  double value = 1.0;
  std::int64_t known = kMissingInteger;  // microseconds from T
};

TableSpec spec(bool with_known_at) {
  TableSpec spec;
  spec.name = "events";
  spec.entity = "user_id";
  spec.time = "at";
  if (with_known_at) spec.known_at = "seen";
  return spec;
}

TableSpec applications() {
  TableSpec spec;
  spec.name = "applications";
  spec.entity = "user_id";
  spec.time = "application_at";
  return spec;
}

/// The value of one definition over rows of one user.
double value_of(const std::string& expression, const std::vector<Row>& rows, bool with_known_at = false,
                Boundary boundary = Boundary::kBefore) {
  Table table{.name = "events", .columns = {}, .rows = rows.size()};
  Column user{.name = "user_id", .type = ColumnType::kInteger};
  Column at{.name = "at", .type = ColumnType::kTime};
  Column value{.name = "value", .type = ColumnType::kReal};
  Column seen{.name = "seen", .type = ColumnType::kTime};
  for (const Row& row : rows) {
    user.integers.push_back(1);
    at.integers.push_back(kT.microseconds + row.offset);
    value.reals.push_back(row.value);
    seen.integers.push_back(row.known == kMissingInteger ? kMissingInteger : kT.microseconds + row.known);
  }
  table.columns = {user, at, value};
  if (with_known_at) table.columns.push_back(seen);
  const TableSpec typed = with_types(spec(with_known_at), table.columns);
  const FeaturePlan plan({{"x", expression, {}, "test", 1}}, applications(), {typed}, {.boundary = boundary});
  const EntityKey key = std::int64_t{1};
  const EventLog log = event_log(typed, std::move(table), EntityIndex(key), TimeZone());
  std::vector<double> out(1);
  plan.compute({key, kT}, {{&log, log.rows_of(0)}}, out);
  return out[0];
}

TEST(AsOf, a_row_counts_strictly_before_the_application) {
  const std::vector<Row> rows = {{-kTick}, {0}, {kTick}};
  EXPECT_EQ(value_of("count(events)", rows), 1.0);
  EXPECT_EQ(value_of("count(events)", rows, false, Boundary::kAt), 2.0);
}

TEST(AsOf, a_row_counts_only_once_it_was_known) {
  // Known at T itself is known; known a microsecond later is not; not recorded is taken as known when it happened.
  const std::vector<Row> rows = {{-10, 1.0, -5}, {-9, 10.0, 0}, {-8, 100.0, kTick}, {-7, 1000.0, kMissingInteger}};
  EXPECT_EQ(value_of("sum(events.value)", rows, true), 1011.0);
}

TEST(AsOf, windows_are_half_open_to_the_microsecond) {
  const std::int64_t week = 7 * kDay.microseconds;
  const std::vector<Row> rows = {
      {-week - kTick, 1.0}, {-week, 10.0}, {-week + kTick, 100.0}, {-kTick, 1000.0}, {0, 10000.0}};
  EXPECT_EQ(value_of("sum(events.value over 7d)", rows), 1110.0);
  EXPECT_EQ(value_of("sum(events.value over all)", rows), 1111.0);
}

TEST(AsOf, a_window_that_ends_earlier_is_half_open_too) {
  const std::int64_t day = kDay.microseconds;
  const std::vector<Row> rows = {
      {-2 * day - kTick, 1.0}, {-2 * day, 10.0}, {-day - kTick, 100.0}, {-day, 1000.0}, {-kTick, 10000.0}};
  EXPECT_EQ(value_of("sum(events.value over 24h ending 24h before)", rows), 110.0);
}

TEST(AsOf, the_last_rows_are_those_for_which_the_condition_holds) {
  const std::vector<Row> rows = {{-5, 1.0}, {-4, 10.0}, {-3, 100.0}, {-2, -1.0}, {kTick, 1000.0}};
  EXPECT_EQ(value_of("sum(events.value over last 2 rows)", rows), 99.0);
  EXPECT_EQ(value_of("sum(events.value over last 2 rows where value > 0)", rows), 110.0);
}

TEST(Missing, is_never_zero) {
  EXPECT_EQ(value_of("count(events)", {}), 0.0);
  EXPECT_EQ(value_of("sum(events.value)", {}), 0.0);
  EXPECT_TRUE(is_missing(value_of("mean(events.value)", {})));
  EXPECT_TRUE(is_missing(value_of("hours_since_last(events)", {})));
  EXPECT_TRUE(is_missing(value_of("1 / count(events)", {})));
  EXPECT_EQ(value_of("mean(events.value)", {{-3, 4.0}, {-2, kMissing}, {-1, 6.0}}), 5.0);
  EXPECT_EQ(value_of("count(events.value)", {{-3, 4.0}, {-2, kMissing}}), 1.0);
  EXPECT_EQ(value_of("share(events where value > 1)", {{-3, 4.0}, {-2, kMissing}}), 0.5);
}

TEST(Missing, conditions_have_three_values) {
  const std::vector<Row> rows = {{-3, kMissing}, {-2, 1.0}};
  EXPECT_EQ(value_of("count(events where value > 0 or true)", rows), 2.0);
  EXPECT_EQ(value_of("count(events where not (value > 5))", rows), 1.0);
  EXPECT_EQ(value_of("count(events where value is missing)", rows), 1.0);
}

/// A call of the aggregation over the rows above.
std::string call_of(const Aggregation& aggregation, const std::string& window) {
  const bool of_rows = aggregation.takes == Takes::kRows || aggregation.takes == Takes::kCondition;
  std::string call = std::string(aggregation.name) + "(" + (of_rows ? "events" : "events.value");
  if (aggregation.takes == Takes::kPlaces) call += ", events.value";
  for (const AggregationSetting& setting : aggregation.settings) {
    if (is_missing(setting.otherwise)) call += setting.kind == AggregationSetting::kLength ? ", 2d" : ", 0.5";
  }
  return call + window + (aggregation.takes == Takes::kCondition ? " where value > 3" : "") + ")";
}

TEST(Law, rows_at_or_after_the_application_change_no_aggregation) {
  const std::vector<Row> before = {
      {-3 * kDay.microseconds, 4.0}, {-kDay.microseconds, 2.0}, {-kHour.microseconds, 9.0}};
  std::vector<Row> with_future = before;
  for (const std::int64_t offset : {std::int64_t{0}, kTick, kDay.microseconds}) with_future.push_back({offset, 1000.0});
  for (const Aggregation* aggregation : all_aggregations()) {
    if (aggregation->takes == Takes::kText) continue;  // the rows here have no text
    for (const std::string window : {"", " over 2d", " over last 2 rows"}) {
      const std::string expression = call_of(*aggregation, window);
      const double alone = value_of(expression, before);
      EXPECT_TRUE(alone == value_of(expression, with_future) || is_missing(alone)) << expression;
      EXPECT_EQ(is_missing(alone), is_missing(value_of(expression, with_future))) << expression;
    }
  }
}

TEST(Where, leaves_out_rows_of_a_table_and_counts_them) {
  TableSpec filtered = spec(false);
  filtered.where = "value > 2";
  Table table{.name = "events", .columns = {}, .rows = 3};
  table.columns = {{.name = "user_id", .type = ColumnType::kInteger, .integers = {1, 1, 1}},
                   {.name = "at", .type = ColumnType::kTime, .integers = {1, 2, 3}},
                   {.name = "value", .type = ColumnType::kReal, .reals = {1.0, 3.0, kMissing}}};
  const EventLog log = event_log(filtered, table, EntityIndex(EntityKey(std::int64_t{1})), TimeZone());
  EXPECT_EQ(log.left_out().by_where, 2U);
  EXPECT_EQ(log.table().rows, 1U);
}

TEST(Undated, two_rows_of_one_entity_are_refused) {
  TableSpec undated = spec(false);
  undated.role = TableRole::kUndated;
  undated.time.clear();
  Table table{
      .name = "events", .columns = {{.name = "user_id", .type = ColumnType::kInteger, .integers = {1, 1}}}, .rows = 2};
  EXPECT_THROW(event_log(undated, table, EntityIndex(EntityKey(std::int64_t{1})), TimeZone()), Error);
}

}  // namespace
}  // namespace asof
