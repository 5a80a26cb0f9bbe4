// Laws that hold for every aggregation and every pack, bit for bit: nothing at or after the application, or known only
// after it, changes a feature; one application alone gives what it gives among many; the order of the rows, and rows
// sent twice, change nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include "base/elementary.h"
#include "base/format.h"
#include "dataset/assemble.h"
#include "random_features.h"

namespace asof {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr Timestamp kFirstCutoff{1'700'000'000'000'000};
constexpr std::int64_t kUsers = 30;
constexpr std::int64_t kCutoffsPerUser = 3;
constexpr std::size_t kRowsPerUser = 40;
constexpr int kCallsPerAggregation = 12;
constexpr std::int64_t kTick = 1;

// ---------------------------------------------------------------- what features are computed from

/// Definitions and the tables they read.
struct Setting {
  std::string name;
  std::vector<Definition> definitions;
  TableSpec applications = applications_spec();
  std::vector<TableSpec> tables;
  PlanOptions options;
  Dictionary texts = {"a", "b", "c"};
};

using Tables = std::vector<Table>;

/// Rows that happen around the applications; about half of them are known later than they happen.
Column random_column(Random& random, const Setting& setting, const TableSpec& spec, const std::string& name,
                     std::size_t rows) {
  Column column{.name = name, .type = *spec.columns.at(name).type};
  if (column.type == ColumnType::kText) column.dictionary = std::make_shared<const Dictionary>(setting.texts);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool missing = random.below(8) == 0;
    if (column.type == ColumnType::kText) {
      column.codes.push_back(missing ? kMissingCode : static_cast<std::int32_t>(random.below(setting.texts.size())));
    } else if (column.type == ColumnType::kReal) {
      const bool whole = random.below(2) == 0;
      const double number = whole ? static_cast<double>(random.below(7)) - 3.0 : random.uniform() * 60 - 20;
      column.reals.push_back(missing ? kMissing : random.below(20) == 0 ? -0.0 : number);
    } else if (column.type == ColumnType::kTime) {
      const double days = 120 * portable_pow(random.uniform(), 4) - 3;
      column.integers.push_back((kFirstCutoff - Duration{static_cast<std::int64_t>(days * 86400e6)}).microseconds);
    } else {
      const std::uint64_t values = column.type == ColumnType::kBoolean ? 2 : 5;
      column.integers.push_back(missing ? kMissingInteger : static_cast<std::int64_t>(random.below(values)));
    }
  }
  return column;
}

Column& column_of(Table& table, const std::string& name) {
  return *std::ranges::find(table.columns, name, &Column::name);
}

/// The cutoffs of a user: some apart by a microsecond.
Timestamp cutoff_of(std::int64_t user, std::int64_t index) {
  const std::int64_t hours = index == 2 ? user : 0;
  return kFirstCutoff + Duration{(index == 1 ? kTick : 0) + hours * kHour.microseconds};
}

/// Makes `row` the one before it once more, but for the signs of zeros: what an order by values may not see.
void repeat_but_for_signs(Table& table, const TableSpec& spec, std::size_t row) {
  for (Column& column : table.columns) {
    if (column.name == spec.id) continue;
    if (!column.codes.empty()) column.codes[row] = column.codes[row - 1];
    if (!column.integers.empty()) column.integers[row] = column.integers[row - 1];
    if (column.reals.empty()) continue;
    const double before = column.reals[row - 1];
    column.reals[row] = before == 0.0 ? -before : before;
  }
}

Table random_table(Random& random, const Setting& setting, const TableSpec& spec, std::size_t rows_per_user) {
  const bool undated = spec.time.empty();
  const std::size_t per_user = undated ? 1 : rows_per_user;
  Table table{.name = spec.name, .columns = {}, .rows = per_user * static_cast<std::size_t>(kUsers)};
  for (const auto& [name, declared] : spec.columns)
    table.columns.push_back(random_column(random, setting, spec, name, table.rows));
  for (std::size_t row = 0; row < table.rows; ++row) {
    column_of(table, spec.entity).integers[row] = static_cast<std::int64_t>(row / per_user);
    if (!spec.id.empty()) column_of(table, spec.id).integers[row] = static_cast<std::int64_t>(row);
    if (undated) continue;
    std::int64_t& time = column_of(table, spec.time).integers[row];
    const Timestamp cutoff = cutoff_of(static_cast<std::int64_t>(row / per_user), row % kCutoffsPerUser);
    if (random.below(5) == 0) time = cutoff.microseconds + static_cast<std::int64_t>(random.below(3)) - kTick;
    if (row > 0 && random.below(6) == 0) time = column_of(table, spec.time).integers[row - 1];
    if (!spec.known_at.empty()) {
      std::int64_t& known_at = column_of(table, spec.known_at).integers[row];
      if (random.below(2) == 0) known_at = time;
      if (random.below(6) == 0) known_at = cutoff.microseconds + static_cast<std::int64_t>(random.below(3)) - kTick;
      if (random.below(8) == 0) known_at = kMissingInteger;
    }
    if (row % per_user > 0 && random.below(8) == 0) repeat_but_for_signs(table, spec, row);
  }
  return table;
}

Tables random_tables(Random& random, const Setting& setting) {
  Tables tables;
  for (const TableSpec& spec : setting.tables) tables.push_back(random_table(random, setting, spec, kRowsPerUser));
  return tables;
}

// ---------------------------------------------------------------- changing tables

Table only(const Table& table, const std::function<bool(std::size_t row)>& keep) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < table.rows; ++row) {
    if (keep(row)) rows.push_back(row);
  }
  return take(table, rows);
}

/// Both tables have the same columns in the same order, and dictionaries of the same texts.
Table joined(Table table, const Table& more) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    Column& column = table.columns[i];
    column.reals.insert(column.reals.end(), more.columns[i].reals.begin(), more.columns[i].reals.end());
    column.integers.insert(column.integers.end(), more.columns[i].integers.begin(), more.columns[i].integers.end());
    column.codes.insert(column.codes.end(), more.columns[i].codes.begin(), more.columns[i].codes.end());
  }
  table.rows += more.rows;
  return table;
}

Table shuffled(Random& random, const Table& table) {
  std::vector<std::uint32_t> rows(table.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  random.shuffle(std::span(rows));
  return take(table, rows);
}

/// The same texts by other codes, as another source of the same rows would give them.
void recode(Table& table) {
  for (Column& column : table.columns) {
    if (column.type != ColumnType::kText) continue;
    Dictionary texts;
    for (std::int32_t& code : column.codes) {
      if (code == kMissingCode) continue;
      const std::string& text = (*column.dictionary)[static_cast<std::size_t>(code)];
      const auto place = std::ranges::find(texts, text);
      code = static_cast<std::int32_t>(place - texts.begin());
      if (place == texts.end()) texts.push_back(text);
    }
    column.dictionary = std::make_shared<const Dictionary>(std::move(texts));
  }
}

bool is_future(const Table& table, const TableSpec& spec, std::size_t row, Timestamp cutoff, Boundary boundary) {
  if (spec.time.empty()) return false;
  const std::int64_t time = table.at(spec.time).integers[row];
  if (boundary == Boundary::kAt ? time > cutoff.microseconds : time >= cutoff.microseconds) return true;
  return !spec.known_at.empty() && table.at(spec.known_at).integers[row] > cutoff.microseconds;
}

/// Every column but whose row it is, which row, when it was and when it was known, is something else now.
Table with_other_values(Random& random, const Setting& setting, const TableSpec& spec, Table table) {
  const std::set<std::string> kept = {spec.entity, spec.time, spec.id, spec.known_at};
  for (Column& column : table.columns) {
    if (!kept.contains(column.name)) column = random_column(random, setting, spec, column.name, table.rows);
  }
  return table;
}

/// Rows that happen at or after the cutoff, or are known after it: new ones, and corrections of rows that were there.
Table future_rows(Random& random, const Setting& setting, const TableSpec& spec, const Table& there, Timestamp cutoff,
                  Boundary boundary) {
  Table rows = only(random_table(random, setting, spec, 5), [&](std::size_t) { return !spec.time.empty(); });
  const std::int64_t first = cutoff.microseconds + (boundary == Boundary::kAt ? kTick : 0);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (!spec.id.empty()) column_of(rows, spec.id).integers[row] = 1'000'000 + static_cast<std::int64_t>(row);
    const bool late = !spec.known_at.empty() && random.below(2) == 0;
    if (late) column_of(rows, spec.known_at).integers[row] = cutoff.microseconds + kTick;
    if (!late) column_of(rows, spec.time).integers[row] = first + static_cast<std::int64_t>(row % 7);
  }
  if (spec.id.empty() || spec.known_at.empty()) return rows;
  Table corrections =
      with_other_values(random, setting, spec, only(there, [&](std::size_t) { return random.below(6) == 0; }));
  for (std::int64_t& known_at : column_of(corrections, spec.known_at).integers) known_at = cutoff.microseconds + kTick;
  return joined(std::move(rows), corrections);
}

// ---------------------------------------------------------------- computing

std::vector<std::pair<std::int64_t, Timestamp>> everybody() {
  std::vector<std::pair<std::int64_t, Timestamp>> asked;
  for (std::int64_t user = 0; user < kUsers; ++user) {
    for (std::int64_t index = 0; index < kCutoffsPerUser; ++index) asked.emplace_back(user, cutoff_of(user, index));
  }
  return asked;
}

/// A plan that knows the categories of these tables.
FeaturePlan plan_over(const Setting& setting, const Tables& tables) {
  FeaturePlan plan(setting.definitions, setting.applications, setting.tables, setting.options);
  std::vector<EventLog> logs;
  for (const TableSpec& spec : plan.tables()) {
    const auto table = std::ranges::find(tables, spec.name, &Table::name);
    Column users{.name = "user_id", .type = ColumnType::kInteger};
    for (std::int64_t user = 0; user < kUsers; ++user) users.integers.push_back(user);
    logs.push_back(event_log(spec, *table, EntityIndex(users), setting.options.zone));
  }
  std::vector<const EventLog*> pointers;
  for (const EventLog& log : logs) pointers.push_back(&log);
  plan.learn_categories(pointers, {});
  Workspace workspace;
  PairsSeen pairs;
  for (const auto& [user, cutoff] : everybody()) {
    History history;
    for (const EventLog& log : logs) history.push_back({&log, log.rows_of(static_cast<std::uint32_t>(user))});
    const Application application{user, cutoff};
    plan.count_pairs({&application, 1}, history, workspace, pairs);
  }
  plan.learn_pairs(pairs);
  return plan;
}

Applications applications_of(const Setting& setting, const std::vector<std::pair<std::int64_t, Timestamp>>& asked) {
  Column users{.name = setting.applications.entity, .type = ColumnType::kInteger};
  Column times{.name = setting.applications.time, .type = ColumnType::kTime};
  for (const auto& [user, cutoff] : asked) {
    users.integers.push_back(user);
    times.integers.push_back(cutoff.microseconds);
  }
  return make_applications(setting.applications,
                           {.name = "applications", .columns = {users, times}, .rows = asked.size()});
}

/// As a batch does it: the applications of a user together.
Matrix features_of(const FeaturePlan& plan, const Setting& setting, const Tables& tables,
                   const std::vector<std::pair<std::int64_t, Timestamp>>& asked, int threads) {
  const Applications applications = applications_of(setting, asked);
  Histories histories;
  for (const TableSpec& spec : plan.tables()) {
    const auto table = std::ranges::find(tables, spec.name, &Table::name);
    histories.logs.push_back(event_log(spec, *table, applications.entities, setting.options.zone, threads));
  }
  Matrix matrix(applications.size(), plan.columns().size());
  for (std::uint32_t entity = 0; entity < applications.entities.size(); ++entity) {
    std::vector<Application> of_entity;
    std::vector<std::span<double>> features;
    for (std::size_t row = 0; row < applications.size(); ++row) {
      if (applications.entity[row] != entity) continue;
      of_entity.push_back(applications.at(row));
      features.push_back(matrix.row(row));
    }
    Workspace workspace;
    plan.compute(of_entity, histories.of(entity), workspace, features);
  }
  return matrix;
}

void expect_same_bits(const Setting& setting, std::span<const double> a, std::span<const double> b,
                      const std::string& when) {
  ASSERT_EQ(a.size(), b.size());
  std::size_t told = 0;
  for (std::size_t i = 0; i < a.size() && told < 5; ++i) {
    if (std::bit_cast<std::uint64_t>(a[i]) == std::bit_cast<std::uint64_t>(b[i])) continue;
    ++told;
    const Definition& definition = setting.definitions[i % setting.definitions.size()];
    ADD_FAILURE() << setting.name << ": " << definition.name << " = " << definition.expression << " is "
                  << round_trippable(a[i]) << ", and " << round_trippable(b[i]) << " " << when;
  }
}

// ---------------------------------------------------------------- the settings

/// Every aggregation over the table `events`, in calls at random.
Setting every_aggregation(const EventsDeclared& declared, Boundary boundary, std::uint64_t seed) {
  Random random(kSeed, seed);
  Setting setting;
  setting.name = format("every aggregation, boundary {}, {} id, {} known_at", to_string(boundary),
                        declared.id ? "with" : "without", declared.seen ? "with" : "without");
  setting.tables = {events_spec(declared)};
  setting.options = {.boundary = boundary, .zone = TimeZone::named("America/New_York")};
  for (const Aggregation* aggregation : all_aggregations()) {
    for (int call = 0; call < kCallsPerAggregation; ++call) {
      setting.definitions.push_back(
          {format("{}_{}", aggregation->name, call), random_call(random, *aggregation).expression, {}, "law", 0});
    }
  }
  return setting;
}

/// Definitions over rows that look at when the application was made: nothing of them is the same for two applications.
Setting ages_of_rows(Boundary boundary) {
  Setting setting;
  setting.name = format("ages of rows, boundary {}", to_string(boundary));
  setting.tables = {events_spec({.id = true, .seen = false})};
  setting.options = {.boundary = boundary, .zone = TimeZone::named("UTC")};
  for (const char* expression : {"mean(age_days(events.at))", "count(events where age_days(at) < 1)",
                                 "max(events.value where at > application_at)", "distinct(events.kind over 6h)"}) {
    setting.definitions.push_back({format("age_{}", setting.definitions.size()), expression, {}, "law", 0});
  }
  return setting;
}

struct TablesOfPack {
  std::vector<std::string> events;
  std::vector<std::string> undated;
};

/// A pack that is not in here fails the tests.
const std::map<std::string, TablesOfPack, std::less<>>& tables_of_packs() {
  static const std::map<std::string, TablesOfPack, std::less<>> all = {
      {"mobile-lender/classic", {{"events", "gps"}, {"features"}}},
      {"mobile-lender/full", {{"events", "gps"}, {"features"}}},
      {"bank-transactions/full", {{"transactions"}, {}}},
      {"statements/full", {{"statements"}, {"clients"}}},
  };
  return all;
}

ColumnType type_of(const std::string& column) {
  static const std::set<std::string> kTexts = {"location_provider", "screen_name", "action",      "session_id",
                                               "network_type",      "category",    "counterparty"};
  static const std::set<std::string> kTimes = {"timestamp", "time_of_fix", "at", "known_at"};
  if (kTexts.contains(column)) return ColumnType::kText;
  if (column == "user_id" || column == "row_id") return ColumnType::kInteger;
  return kTimes.contains(column) ? ColumnType::kTime : ColumnType::kReal;
}

/// A table with its row id and when rows were known.
TableSpec spec_of(const std::string& name, TableRole role) {
  TableSpec spec{.name = name, .role = role, .entity = "user_id"};
  std::set<std::string> columns = {"user_id"};
  if (role == TableRole::kEvents) {
    spec.time = name == "gps" ? "time_of_fix" : name == "events" ? "timestamp" : "at";
    spec.id = "row_id";
    spec.known_at = "known_at";
    columns.insert({spec.time, spec.id, spec.known_at});
  }
  for (const std::string& column : columns) spec.columns[column].type = type_of(column);
  return spec;
}

/// The texts in quotes of the definitions, and one more.
Dictionary texts_in(const std::vector<Definition>& definitions) {
  std::set<std::string> texts = {"something else"};
  for (const Definition& definition : definitions) {
    const std::vector<std::string> parts = [&] {
      std::vector<std::string> between;
      std::size_t begin = 0;
      for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = definition.expression.find('\'', begin);
        between.push_back(definition.expression.substr(begin, end - begin));
      }
      return between;
    }();
    for (std::size_t i = 1; i < parts.size(); i += 2) texts.insert(parts[i]);
  }
  return {texts.begin(), texts.end()};
}

Setting pack(const std::string& name, Boundary boundary) {
  Setting setting;
  setting.name = format("{}, boundary {}", name, to_string(boundary));
  setting.options = {.boundary = boundary, .zone = TimeZone::named("Europe/Berlin")};
  setting.definitions = expand_families(pack_definitions(name), [](std::string_view) {
    return std::vector<std::string>{"feature_1", "feature_2"};
  });
  setting.texts = texts_in(setting.definitions);
  const TablesOfPack& tables = tables_of_packs().at(name);
  for (const std::string& table : tables.events) setting.tables.push_back(spec_of(table, TableRole::kEvents));
  for (const std::string& table : tables.undated) setting.tables.push_back(spec_of(table, TableRole::kUndated));
  for (const auto& [table, columns] :
       columns_read(setting.definitions, setting.applications, setting.tables).of_tables) {
    const auto spec = std::ranges::find(setting.tables, table, &TableSpec::name);
    if (spec == setting.tables.end()) continue;  // the applications
    for (const std::string& column : columns) spec->columns[column].type = type_of(column);
  }
  return setting;
}

std::vector<Setting> all_settings() {
  std::vector<Setting> settings;
  std::uint64_t seed = 0;
  for (const Boundary boundary : {Boundary::kBefore, Boundary::kAt}) {
    for (const bool id : {true, false}) {
      for (const bool seen : {true, false})
        settings.push_back(every_aggregation({.id = id, .seen = seen}, boundary, seed++));
    }
    settings.push_back(ages_of_rows(boundary));
    for (const std::string& name : pack_names()) settings.push_back(pack(name, boundary));
  }
  return settings;
}

// ---------------------------------------------------------------- the laws

TEST(Law, every_pack_is_known_to_these_tests) {
  for (const std::string& name : pack_names())
    EXPECT_TRUE(tables_of_packs().contains(name)) << name << ": add its tables to tests/law_test.cpp";
}

TEST(Law, nothing_at_or_after_the_application_or_known_after_it_changes_a_feature) {
  for (const Setting& setting : all_settings()) {
    Random random(kSeed, 1000);
    const Tables tables = random_tables(random, setting);
    const FeaturePlan plan = plan_over(setting, tables);
    for (std::int64_t index = 0; index < 2; ++index) {  // of all users the same cutoff
      const Timestamp cutoff = cutoff_of(0, index);
      std::vector<std::pair<std::int64_t, Timestamp>> asked;
      for (std::int64_t user = 0; user < kUsers; ++user) asked.emplace_back(user, cutoff);
      Tables deleted;
      Tables changed;
      Tables added;
      std::size_t future = 0;
      for (std::size_t i = 0; i < tables.size(); ++i) {
        const TableSpec& spec = setting.tables[i];
        const auto later = [&](std::size_t row) {
          return is_future(tables[i], spec, row, cutoff, setting.options.boundary);
        };
        deleted.push_back(only(tables[i], [&](std::size_t row) { return !later(row); }));
        changed.push_back(joined(deleted.back(), with_other_values(random, setting, spec, only(tables[i], later))));
        added.push_back(
            joined(tables[i], future_rows(random, setting, spec, tables[i], cutoff, setting.options.boundary)));
        future += tables[i].rows - deleted.back().rows;
      }
      ASSERT_GT(future, static_cast<std::size_t>(kUsers)) << setting.name << ": there is hardly a future to change";
      const Matrix before = features_of(plan, setting, tables, asked, 1);
      const auto expect_same = [&](const Tables& other, const std::string& when) {
        expect_same_bits(setting, before.values, features_of(plan, setting, other, asked, 1).values, when);
      };
      expect_same(deleted, "without the rows to come");
      expect_same(changed, "with other values in the rows to come");
      expect_same(added, "with more rows to come");
    }
  }
}

TEST(Law, one_application_alone_gives_what_it_gives_among_many_on_many_threads) {
  for (const Setting& setting : all_settings()) {
    Random random(kSeed, 2000);
    const Tables tables = random_tables(random, setting);
    const FeaturePlan plan = plan_over(setting, tables);
    const auto asked = everybody();
    const Matrix batch = features_of(plan, setting, tables, asked, 1);
    expect_same_bits(setting, batch.values, features_of(plan, setting, tables, asked, 4).values, "on four threads");
    for (std::size_t i = 0; i < asked.size(); ++i) {
      Tables own;
      for (const Table& table : tables) {
        const std::vector<std::int64_t>& users = table.at("user_id").integers;
        own.push_back(only(table, [&](std::size_t row) { return users[row] == asked[i].first; }));
        recode(own.back());
      }
      const Matrix alone = features_of(plan, setting, own, {asked[i]}, 1);
      expect_same_bits(setting, batch.row(i), alone.values, format("alone, of user {}", asked[i].first));
    }
  }
}

TEST(Law, the_order_of_rows_and_rows_sent_twice_change_nothing) {
  for (const Setting& setting : all_settings()) {
    Random random(kSeed, 3000);
    const Tables tables = random_tables(random, setting);
    const FeaturePlan plan = plan_over(setting, tables);
    const Matrix before = features_of(plan, setting, tables, everybody(), 1);
    Tables in_other_order;
    Tables repeated;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      in_other_order.push_back(shuffled(random, tables[i]));
      repeated.push_back(tables[i]);
      if (setting.tables[i].id.empty()) continue;
      const Table twice = only(tables[i], [&](std::size_t) { return random.below(3) == 0; });
      repeated.back() = shuffled(random, joined(tables[i], twice));
    }
    expect_same_bits(setting, before.values, features_of(plan, setting, in_other_order, everybody(), 1).values,
                     "with the rows in another order");
    expect_same_bits(setting, before.values, features_of(plan, setting, repeated, everybody(), 1).values,
                     "with rows sent twice");
  }
}

}  // namespace
}  // namespace asof
