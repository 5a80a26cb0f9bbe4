// Every reason for which a row does not count, at least once; and the rows that do, aggregated by hand, give the value.
#include "features/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "base/format.h"

namespace asof {
namespace {

constexpr Timestamp kT{1'700'000'000'000'000};
constexpr std::int64_t kHourOfT = kHour.microseconds;

struct Row {
  std::int64_t id;
  std::int64_t hour;  // from T
  double value;
  const char* kind;
  std::int64_t known = kMissingInteger;  // hours from T
};

constexpr double kNone = kMissing;

const std::vector<Row> kRows = {
    {1, -9000, 1, "good"},     // outside valid_from
    {2, -200, 2, "good"},      // before a week's window
    {3, -100, 3, "good"},      //
    {4, -50, 4, "bad"},        // where:
    {5, -40, 5, "odd"},        // the condition is false
    {6, -39, 6, ""},           // undecided
    {7, -30, kNone, "good"},   // no value
    {8, -20, 8, "good", -19},  //
    {8, -20, 8, "good", -10},  // sent twice
    {9, -5, 9, "good", 1},     // known later
    {10, -1, 10, "good", 0},   //
    {11, 0, 11, "good"},       // at T
    {12, 5, 12, "good"},       // after it
};

class Traced {
 public:
  explicit Traced(const std::string& expression, Boundary boundary = Boundary::kBefore) {
    options_.boundary = boundary;
    Table rows = table();
    TableSpec spec{.name = "events", .entity = "user_id", .time = "at", .id = "id", .known_at = "seen"};
    spec.valid_from = kT - Duration{8000 * kHourOfT};
    spec.where = "kind != 'bad' or kind is missing";
    spec = with_types(spec, rows.columns);
    const TableSpec applications{
        .name = "applications", .role = TableRole::kApplications, .entity = "user_id", .time = "application_at"};
    const Definition feature{"x", expression, {}, "test", 1};
    const Definition base{"base", "max(events.value)", {}, "test", 2};
    const Definition all[] = {feature, base};
    const TableSpec tables[] = {spec};
    parts_ = parts_of(feature, all, tables);
    std::vector<Definition> definitions = parts_.features;
    definitions.insert(definitions.end(), parts_.parts.begin(), parts_.parts.end());
    const FeaturePlan plan(definitions, applications, {spec}, options_);
    tables_.push_back(traced_table(spec, rows, EntityIndex(EntityKey(std::int64_t{1})), TimeZone()));
    values_.resize(definitions.size());
    plan.compute({.entity = std::int64_t{1}, .at = kT}, {{&tables_[0].log, tables_[0].rows()}}, values_);
    const RowTracer tracer(plan, options_);
    const History history = {{&tables_[0].log, tables_[0].rows()}};
    for (std::size_t i = 0; i < parts_.parts.size(); ++i) {
      rows_.push_back(tracer.trace(parts_.features.size() + i, kT, tables_));
      latest_used_.push_back(tracer.used(parts_.features.size() + i, kT, history, 2));
    }
  }

  double value() const { return values_.front(); }
  double part_value(std::size_t part) const { return values_[parts_.features.size() + part]; }
  const FeatureParts& parts() const { return parts_; }

  const UsedRows& latest_used(std::size_t part = 0) const { return latest_used_.at(part); }

  /// "hour value: fate", one per row.
  std::string shown(std::size_t part = 0) const {
    std::string text;
    for (const TracedRow& row : rows_.at(part))
      text += format("{} {}: {}\n", (row.time - kT).microseconds / kHourOfT, row.value, to_string(row.fate));
    return text;
  }

  std::vector<double> used(std::size_t part = 0) const {
    std::vector<double> values;
    for (const TracedRow& row : rows_.at(part)) {
      if (row.fate != Fate::kUsed) continue;
      double value = kMissing;
      std::from_chars(row.value.data(), row.value.data() + row.value.size(), value);
      values.push_back(value);
    }
    return values;
  }

 private:
  static Table table() {
    Table table{.name = "events", .columns = {}, .rows = kRows.size() + 1};
    Column user{.name = "user_id", .type = ColumnType::kInteger};
    Column id{.name = "id", .type = ColumnType::kInteger};
    Column at{.name = "at", .type = ColumnType::kTime};
    Column seen{.name = "seen", .type = ColumnType::kTime};
    Column value{.name = "value", .type = ColumnType::kReal};
    Column kind{.name = "kind", .type = ColumnType::kText};
    const Dictionary kinds = {"good", "bad", "odd"};
    const auto moment = [](std::int64_t hour) { return kT.microseconds + hour * kHourOfT; };
    for (const Row& row : kRows) {
      user.integers.push_back(1);
      id.integers.push_back(row.id);
      at.integers.push_back(moment(row.hour));
      seen.integers.push_back(row.known == kMissingInteger ? kMissingInteger : moment(row.known));
      value.reals.push_back(row.value);
      const auto code = std::ranges::find(kinds, row.kind) - kinds.begin();
      kind.codes.push_back(code == std::ssize(kinds) ? kMissingCode : static_cast<std::int32_t>(code));
    }
    user.integers.push_back(2);  // somebody else's
    id.integers.push_back(99);
    at.integers.push_back(moment(-2));
    seen.integers.push_back(kMissingInteger);
    value.reals.push_back(99);
    kind.codes.push_back(0);
    kind.dictionary = std::make_shared<const Dictionary>(kinds);
    table.columns = {user, id, at, seen, value, kind};
    return table;
  }

  PlanOptions options_;
  FeatureParts parts_;
  std::vector<TracedTable> tables_;
  std::vector<double> values_;
  std::vector<std::vector<TracedRow>> rows_;
  std::vector<UsedRows> latest_used_;
};

TEST(Trace, the_latest_rows_used_are_listed_and_all_are_counted) {
  const Traced traced("sum(events.value over 7d where kind = 'good')");
  ASSERT_EQ(traced.used(), (std::vector<double>{3, 8, 10}));
  const UsedRows& used = traced.latest_used();
  EXPECT_EQ(used.count, 3U);
  ASSERT_EQ(used.rows.size(), 2U);
  EXPECT_EQ(used.rows[0].value, "8");
  EXPECT_EQ(used.rows[1].value, "10");
  EXPECT_EQ(used.rows[1].time, kT - kHour);
}

TEST(Trace, every_row_has_a_fate) {
  const Traced traced("sum(events.value over 7d where kind = 'good')");
  EXPECT_EQ(traced.shown(), R"(-200 2: before the window
-100 3: used
-40 5: the condition is false
-39 6: the condition cannot be decided
-30 : no value
-20 8: used
-5 9: known only after the application
-1 10: used
0 11: not before the application
5 12: not before the application
-9000 1: outside valid_from and valid_to
-50 4: left out by where:
-20 8: sent twice
)");
  EXPECT_EQ(traced.value(), 3.0 + 8.0 + 10.0);
}

TEST(Trace, windows_that_end_earlier_and_the_latest_rows_are_told_apart) {
  const Traced ending("count(events over 3d ending 24h before)");
  EXPECT_EQ(ending.shown(), R"(-200 : before the window
-100 : before the window
-40 : used
-39 : used
-30 : used
-20 : after the window
-5 : known only after the application
-1 : after the window
0 : not before the application
5 : not before the application
-9000 : outside valid_from and valid_to
-50 : left out by where:
-20 : sent twice
)");
  const Traced latest("mean(events.value over last 2 rows)");
  EXPECT_EQ(latest.used(), (std::vector<double>{8, 10}));
  EXPECT_NE(latest.shown().find("-39 6: not among the latest\n"), std::string::npos) << latest.shown();
}

TEST(Trace, a_row_at_the_application_is_used_at_its_boundary) {
  EXPECT_EQ(Traced("sum(events.value over 4h)").used(), (std::vector<double>{10}));
  EXPECT_EQ(Traced("sum(events.value over 4h)", Boundary::kAt).used(), (std::vector<double>{10, 11}));
}

TEST(Trace, each_aggregation_within_arithmetic_is_a_part_also_of_the_features_it_is_made_of) {
  const Traced traced("base / count(events over 7d) + base + mean(events.value * 2)");
  ASSERT_EQ(traced.parts().parts.size(), 3U);
  EXPECT_EQ(traced.parts().features.size(), 2U);
  EXPECT_EQ(traced.parts().parts[0].expression, "max(events.value)");
  EXPECT_EQ(traced.parts().parts[1].expression, "count(events over 7d)");
  EXPECT_EQ(traced.parts().parts[2].expression, "mean(events.value * 2)");
  const double sum = traced.part_value(0) / traced.part_value(1) + traced.part_value(0) + traced.part_value(2);
  EXPECT_EQ(traced.value(), sum);
}

TEST(Trace, the_rows_used_aggregated_by_hand_give_the_value) {
  for (const Boundary boundary : {Boundary::kBefore, Boundary::kAt}) {
    for (const char* rest : {"", " over 7d", " over 3d ending 1d before", " over last 3 rows", " where kind = 'good'",
                             " over 2w where hour(at) >= 12", " over last 4 rows where kind = 'good'"}) {
      const Traced traced(format("sum(events.value{0}) + 0 * count(events{0})", rest), boundary);
      double sum = 0.0;
      for (const double value : traced.used(0)) sum += value;
      EXPECT_EQ(traced.value(), sum) << rest;
      EXPECT_EQ(traced.part_value(1), static_cast<double>(traced.used(1).size())) << rest;
    }
  }
}

}  // namespace
}  // namespace asof
