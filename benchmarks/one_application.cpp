// One application alone, its rows in memory: what live scoring spends on features. Every pack for mobile lenders, by
// FeaturePlan::compute, the one function from rows to features.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "features/plan.h"
#include "features/row_filter.h"

namespace asof {
namespace {

// Rows before the application: near the means of the simulated lender, of which half the users have far fewer.
constexpr std::size_t kEvents = 622;
constexpr std::size_t kFixes = 95;
constexpr Timestamp kApplication{1'700'000'000'000'000};
constexpr std::uint64_t kHistoryDays = 90;
constexpr std::int64_t kUser = 1;

/// A moment in the days before the application.
std::int64_t moment(Random& random) {
  const auto before = static_cast<std::int64_t>(random.below(kHistoryDays * kDay.microseconds)) + 1;
  return kApplication.microseconds - before;
}

/// Columns of one table about one user, filled row by row in no order of time.
class Rows {
 public:
  Rows(std::string name, std::size_t rows, std::uint64_t seed) : random_(seed) {
    table_.name = std::move(name);
    table_.rows = rows;
    add({.name = "user_id", .type = ColumnType::kInteger, .integers = std::vector<std::int64_t>(rows, kUser)});
  }

  Rows& ids(std::string name) {
    Column column{.name = std::move(name), .type = ColumnType::kInteger};
    for (std::size_t row = 0; row < table_.rows; ++row) column.integers.push_back(static_cast<std::int64_t>(row));
    return add(std::move(column));
  }

  Rows& times(std::string name) {
    Column column{.name = std::move(name), .type = ColumnType::kTime};
    for (std::size_t row = 0; row < table_.rows; ++row) column.integers.push_back(moment(random_));
    return add(std::move(column));
  }

  /// `least <= value < least + range`
  Rows& numbers(std::string name, double least, double range) {
    Column column{.name = std::move(name), .type = ColumnType::kReal};
    for (std::size_t row = 0; row < table_.rows; ++row) column.reals.push_back(least + range * random_.uniform());
    return add(std::move(column));
  }

  /// Integers of which three in ten rows have one.
  Rows& sessions(std::string name, std::uint64_t different) {
    constexpr double kShareWithSession = 0.3;
    Column column{.name = std::move(name), .type = ColumnType::kInteger};
    for (std::size_t row = 0; row < table_.rows; ++row) {
      const bool has_one = random_.uniform() < kShareWithSession;
      column.integers.push_back(has_one ? static_cast<std::int64_t>(random_.below(different)) : kMissingInteger);
    }
    return add(std::move(column));
  }

  Rows& texts(std::string name, std::vector<std::string> values) {
    Column column{.name = std::move(name), .type = ColumnType::kText};
    for (std::size_t row = 0; row < table_.rows; ++row)
      column.codes.push_back(static_cast<std::int32_t>(random_.below(values.size())));
    column.dictionary = std::make_shared<const Dictionary>(std::move(values));
    return add(std::move(column));
  }

  Table take() { return std::move(table_); }

 private:
  Rows& add(Column column) {
    table_.columns.push_back(std::move(column));
    return *this;
  }

  Table table_;
  Random random_;
};

std::vector<std::string> numbered(const std::string& stem, int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back(stem + std::to_string(i));
  return names;
}

Table events() {
  constexpr int kScreens = 40;
  constexpr int kActions = 15;
  constexpr std::uint64_t kSessions = 25;
  return Rows("events", kEvents, 1)
      .ids("id")
      .times("timestamp")
      .texts("screen_name", numbered("screen_", kScreens))
      .texts("action", numbered("action_", kActions))
      .sessions("session_id", kSessions)
      .texts("network_type", {"WIFI", "LTE", "3G", "2G"})
      .take();
}

Table gps() {
  return Rows("gps", kFixes, 2)
      .ids("id")
      .times("time_of_fix")
      .numbers("accuracy", 3.0, 60.0)
      .numbers("land_speed", 0.0, 20.0)
      .texts("location_provider", {"gps", "network", "fused"})
      .numbers("latitude", -1.3, 0.2)
      .numbers("longitude", 36.8, 0.2)
      .take();
}

Table features() {
  constexpr int kColumns = 10;
  Rows rows("features", 1, 3);
  for (const std::string& name : numbered("feature_", kColumns)) rows.numbers(name, 0.0, 1.0);
  return rows.take();
}

TableSpec spec_of(const Table& table) {
  TableSpec spec;
  spec.name = table.name;
  spec.entity = "user_id";
  spec.role = TableRole::kUndated;
  spec.allow_undated = true;
  for (const Column& column : table.columns) {
    if (column.name == "id") spec.id = column.name;
    if (column.type != ColumnType::kTime) continue;
    spec.time = column.name;
    spec.role = TableRole::kEvents;
    spec.allow_undated = false;
  }
  return with_types(std::move(spec), table.columns);
}

TableSpec applications() {
  TableSpec spec;
  spec.name = "applications";
  spec.role = TableRole::kApplications;
  spec.entity = "user_id";
  spec.time = "application_at";
  return spec;
}

/// One user's rows and a plan for a pack over them.
class OneUser {
 public:
  explicit OneUser(const std::string& pack) : plan_(plan_for(pack)) {
    const EntityKey key = kUser;
    std::map<std::string, Table> tables = all_tables();
    std::vector<const EventLog*> logs;
    logs_.reserve(plan_.tables().size());
    for (const TableSpec& spec : plan_.tables()) {
      logs_.push_back(event_log(spec, std::move(tables.at(spec.name)), EntityIndex(key), TimeZone()));
      logs.push_back(&logs_.back());
      history_.push_back({&logs_.back(), logs_.back().rows_of(0)});
    }
    plan_.learn_categories(logs, Table{});
  }

  const FeaturePlan& plan() const { return plan_; }
  const History& history() const { return history_; }

 private:
  static std::map<std::string, Table> all_tables() {
    return {{"events", events()}, {"features", features()}, {"gps", gps()}};
  }

  static FeaturePlan plan_for(const std::string& pack) {
    std::map<std::string, Table> tables = all_tables();
    const auto columns_of = [&](std::string_view table) {
      std::vector<std::string> names;
      for (const Column& column : tables.at(std::string(table)).columns) {
        if (column.name != "user_id") names.push_back(column.name);
      }
      return names;
    };
    std::vector<TableSpec> specs;
    for (const auto& [name, table] : tables) specs.push_back(spec_of(table));
    return FeaturePlan(expand_families(pack_definitions(pack), columns_of), applications(), std::move(specs), {});
  }

  FeaturePlan plan_;
  std::vector<EventLog> logs_;
  History history_;
};

void one_application(benchmark::State& state, const std::string& pack) {
  const OneUser user(pack);
  const Application application{.entity = kUser, .at = kApplication};
  std::vector<double> features(user.plan().columns().size());
  Workspace workspace;  // as a thread that scores keeps one
  for (const auto _ : state) {
    user.plan().compute(application, user.history(), workspace, features);
    benchmark::DoNotOptimize(features.data());
    benchmark::ClobberMemory();
  }
  state.counters["features"] = static_cast<double>(features.size());
}

}  // namespace
}  // namespace asof

int main(int count, char** values) {
  for (const std::string& pack : asof::pack_names()) {
    if (!pack.starts_with("mobile-lender/")) continue;
    benchmark::RegisterBenchmark(pack.c_str(), asof::one_application, pack)->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&count, values);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
