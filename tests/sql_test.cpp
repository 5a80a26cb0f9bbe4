// What `asof features --explain` gives as SQL, run in DuckDB against asof's own numbers, row by row.
// Oracle: DuckDB 2.0.1, on the simulated lender, at both boundaries.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>

#include <ranges>
#include "base/files.h"
#include "base/format.h"
#include "dataset/assemble.h"
#include "features/aggregation.h"
#include "features/sql.h"
#include "lender.h"

namespace asof {
namespace {

using testing::TemporaryFolder;

constexpr double kRelative = 1e-9;
constexpr double kAbsolute = 1e-12;  // a spread of zero may differ in the last bits of the mean

/// One definition for every aggregation that has SQL, and one for everything else that the language has.
std::string own_definitions() {
  std::string text;
  for (const Aggregation* aggregation : all_aggregations()) {
    if (aggregation->sql.empty()) continue;
    const bool condition = aggregation->takes == Takes::kCondition;
    std::string over = condition || aggregation->takes == Takes::kRows                           ? "events"
                       : aggregation->takes == Takes::kAny || aggregation->takes == Takes::kText ? "events.screen_name"
                                                                                                 : "gps.land_speed";
    for (const AggregationSetting& setting : aggregation->settings)
      over += setting.kind == AggregationSetting::kLength ? ", 7d" : format(", {}", setting.greatest * 0.75);
    if (condition) over += " where action = 'tap_screen' or hour(timestamp) < 6";
    text += format("    all_{0}: {0}({1})\n", aggregation->name, over);
  }
  return text + R"(    pair_of_week: last_bigram(events.screen_name over 7d where network_type = 'WIFI')
    number_last: last(gps.accuracy)
    number_first: first(gps.land_speed)
    screens_of_gps: distinct(gps.land_speed)
    week: count(events over 7d)
    week_ending: sum(gps.accuracy over 7d ending 36h before)
    before_yesterday: count(events over all ending 1d before)
    latest_five: mean(gps.land_speed over last 5 rows)
    latest_three_where: count(events over last 3 rows where network_type = 'WIFI')
    latest_share: share(events over last 4 rows where network_type = 'WIFI')
    rows_with_a_value: count(gps.land_speed)
    nights: share(events where hour(timestamp) < 6 and not (action = 'view_screen' or network_type is missing))
    weekdays: mean(gps.land_speed where weekday(time_of_fix) in (5, 6))
    ages: mean(age_days(gps.time_of_fix))
    calculated: mean(gps.land_speed / (gps.accuracy - gps.accuracy))
    quotient: latest_five / (week - week)
    ratio: mean(gps.accuracy over 7d) / mean(gps.accuracy over 90d)
    of_features: if(week > 3, ratio * 2 - 1, coalesce(ratio, -1)) + least(week, 5, latest_five) - greatest(2, week)
    functions: log1p(week) + log(week) + sqrt(week) + exp(-week) + abs(1 - week) + log1p(0.000000001 * week)
    undecided: if(latest_five > 3 or week = 0, 1, 0)
    decided: latest_five > 3
    clock: hour(application_at) * 10 + weekday(application_at)
    attribute: features.feature_1 * 2
    attribute_missing: features.feature_2 is missing
    applied: applications.amount / 2
)";
}

/// The lender with all that rows can be: at T itself, sent twice, late, of broken clocks, left out by `where:`.
void make_project(const std::filesystem::path& folder, const std::string& boundary, const std::string& features) {
  testing::make_lender(folder, {.users = 150, .own_columns = true});
  const auto rows = testing::csv_rows(folder / "data/events.csv");
  std::string events = "id,user_id,timestamp,screen_name,action,session_id,network_type,seen\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string row = join(rows[i], ",");
    const std::string seen = i % 7 == 0 ? "" : i % 5 == 0 ? "2099-01-01T00:00:00Z" : rows[i][2];
    events += format("{},{}\n", row, seen);
    if (i % 3 == 0) events += format("{},{}\n", row, rows[i][2]);
  }
  std::size_t id = 10'000'000;
  for (const auto& row : testing::csv_rows(folder / "data/loan_outcomes.csv")) {
    events += format("{0},{1},{2},at_the_moment,pay,,WIFI,{2}\n", id++, row[0], row[1]);
    events += format("{},{},2001-01-01T00:00:00Z,broken,pay,,WIFI,\n", id++, row[0]);
  }
  write_file(folder / "data/events.csv", events);
  write_file(folder / "asof.yaml", format(R"(name: lender
time_zone: Africa/Nairobi
boundary: {}
tables:
  applications: {{from: data/loan_outcomes.csv, entity: user_id, time: application_at}}
  gps: {{from: data/gps.csv, entity: user_id, time: time_of_fix, id: id, delay: 45m, missing: {{land_speed: [-1]}}}}
  events: {{from: data/events.csv, entity: user_id, time: timestamp, id: id, known_at: seen, valid_from: 2010-01-01, where: "action != 'scroll_screen'"}}
  features: {{from: data/features.csv, entity: user_id, allow_undated: true}}
target: {{table: applications, label: is_repaid, good: 1, known_at: outcome_known_at}}
features:
{}train: {{seed: 7}}
)",
                                          boundary, features));
}

/// Runs a script in DuckDB; what goes wrong is on standard error.
int run_in_duckdb(const std::string& script) {
  const char* elsewhere = std::getenv("ASOF_TEST_DUCKDB");
  const std::string duckdb = elsewhere == nullptr ? ASOF_DUCKDB : elsewhere;
  const std::string program = "import duckdb, sys; duckdb.connect().execute(open(sys.argv[1]).read())";
  return std::system(format("PYTHONPATH='{}' /usr/bin/python3 -c '{}' '{}'", duckdb, program, script).c_str());
}

/// The statements in the first lines of a query, with our files in place of the example's.
std::set<std::string> loading(const std::string& query, const std::filesystem::path& folder) {
  std::set<std::string> statements;
  for (std::size_t line = 0; query.compare(line, 2, "--") == 0; line = query.find('\n', line) + 1) {
    std::string statement = query.substr(line + 3, query.find('\n', line) - line - 3);
    if (!statement.ends_with(';')) continue;
    for (const char* table : {"applications", "gps", "events", "features"}) {
      const std::string file = format("'{}.csv'", table);
      if (const std::size_t at = statement.find(file); at != std::string::npos) {
        const std::string name = std::string_view(table) == "applications" ? "loan_outcomes" : table;
        statement.replace(at, file.size(), format("'{}'", (folder / "data" / (name + ".csv")).string()));
      }
    }
    statements.insert(statement);
  }
  return statements;
}

/// Rows of the matrix in the order of the queries' results.
std::vector<std::size_t> by_entity_and_time(const Applications& applications) {
  std::vector<std::size_t> order(applications.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(applications.keys[a], applications.times[a]) <
           std::pair(applications.keys[b], applications.times[b]);
  });
  return order;
}

void expect_equal(const std::string& theirs, double ours, const FeatureColumn& column, const std::string& where) {
  if (theirs.empty()) {
    EXPECT_TRUE(is_missing(ours)) << where << ": asof has " << ours << ", SQL nothing";
  } else if (!column.categories.empty()) {
    ASSERT_FALSE(is_missing(ours)) << where;
    EXPECT_EQ(column.categories.at(static_cast<std::size_t>(ours)), theirs) << where;
  } else {
    double value = kMissing;
    std::from_chars(theirs.data(), theirs.data() + theirs.size(), value);
    EXPECT_NEAR(ours, value, std::max(std::abs(value) * kRelative, kAbsolute)) << where;
  }
}

/// Runs every query that there is and compares every row; returns the names of the features compared.
std::set<std::string> compare_all(const std::filesystem::path& folder) {
  const Project project = read_project(folder);
  const Assembled assembled = assemble(project, {.threads = 2, .progress = {}});
  const FeaturePlan& plan = assembled.plan;
  const PlanOptions options{.boundary = project.boundary, .zone = zone_of(project)};
  std::set<std::string> before;
  std::string queries;
  std::vector<std::size_t> features;
  for (std::size_t i = 0; i < plan.definitions().size(); ++i) {
    const FeatureSql sql = feature_sql(plan, i, options);
    if (sql.query.empty()) continue;
    before.merge(loading(sql.query, folder));
    queries += format("copy (\n{}) to '{}';\n", sql.query, (folder / format("{}.csv", i)).string());
    features.push_back(i);
  }
  std::string script;
  for (const std::string& statement : std::ranges::reverse_view(before)) script += statement + "\n";
  write_file(folder / "script.sql", script + queries);
  std::set<std::string> compared;
  if (run_in_duckdb((folder / "script.sql").string()) != 0) {
    ADD_FAILURE() << "DuckDB refuses a query, or is not in " << ASOF_DUCKDB << "; tools/setup puts it there\n"
                  << script;
    return compared;
  }
  const std::vector<std::size_t> order = by_entity_and_time(assembled.applications);
  for (const std::size_t feature : features) {
    const FeatureColumn& column = plan.columns()[feature];
    const auto rows = testing::csv_rows(folder / format("{}.csv", feature));
    EXPECT_EQ(rows.size(), order.size()) << column.name;
    for (std::size_t i = 0; i < std::min(rows.size(), order.size()); ++i) {
      EXPECT_EQ(rows[i][0], to_string(assembled.applications.keys[order[i]]));
      expect_equal(rows[i][2], assembled.dataset.features.row(order[i])[feature], column,
                   format("{} of {}", column.name, rows[i][0]));
    }
    compared.insert(column.name);
  }
  return compared;
}

class Sql : public ::testing::TestWithParam<const char*> {};

TEST_P(Sql, of_every_form_of_the_language_gives_the_same_numbers) {
  const TemporaryFolder folder;
  make_project(folder.path(), GetParam(), "  define:\n" + own_definitions());
  const std::set<std::string> compared = compare_all(folder.path());
  for (const char* name : {"all_count", "all_share", "all_sum", "all_mean", "all_min", "all_max", "all_distinct",
                           "all_median", "all_stddev", "all_last", "all_hours_since_last", "of_features", "functions"})
    EXPECT_TRUE(compared.contains(name)) << name;
}

TEST_P(Sql, of_every_feature_of_the_packs_gives_the_same_numbers) {
  for (const std::string& pack : pack_names()) {
    if (!pack.starts_with("mobile-lender/")) continue;
    SCOPED_TRACE(pack);
    const TemporaryFolder folder;
    make_project(folder.path(), GetParam(), format("  packs: [{}]\n", pack));
    const std::set<std::string> compared = compare_all(folder.path());
    EXPECT_FALSE(compared.empty());
    if (pack == "mobile-lender/classic") {
      EXPECT_EQ(compared.size(), definitions_of(read_project(folder.path())).size());
    }
  }
}

TEST_P(Sql, of_earlier_applications_gives_the_same_numbers) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "data");
  std::set<std::string> seen;
  std::string loans = "user_id,applied,amount,status,known\n";
  for (int i = 0; i < 400; ++i) {  // some repeat another's time, some have no outcome yet, some never one
    const int user = i * 7 % 31;
    const bool again = !seen.insert(format("{} {} {}", user, i % 6, i % 4)).second;
    const char* status = again || i % 5 == 0 ? "" : i % 11 == 0 ? "void" : i % 3 == 0 ? "lost" : "paid";
    const std::string known = i % 13 == 0 ? "" : format("2024-0{}-15T00:00:00Z", 3 + i % 7);
    loans += format("{},2024-0{}-{:02}T00:00:00Z,{},{},{}\n", user, 1 + i % 6, 1 + i % 4, i % 17, status, known);
  }
  write_file(folder / "data/loan_outcomes.csv", loans);
  write_file(folder / "asof.yaml", format(R"(name: lender
boundary: {}
tables:
  applications: {{from: data/loan_outcomes.csv, entity: user_id, time: applied}}
target: {{table: applications, label: status, good: paid, indeterminate: [void], known_at: known}}
features:
  define:
    loans_90d: count(applications over 90d)
    amounts: sum(applications.amount)
    paid: mean(applications.repaid)
    paid_share: share(applications where repaid)
    lost: count(applications where not repaid)
    open: count(applications over all ending 30d before where repaid is missing)
    last_paid: last(applications.amount where repaid)
)",
                                          GetParam()));
  EXPECT_EQ(compare_all(folder.path()).size(), 7U);
}

TEST_P(Sql, of_columns_that_are_called_like_words_of_sql_gives_the_same_numbers) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "data");
  std::string loans = "user,order,limit,status,known\n";
  std::string events = "row id,user,select,seen by,group,where,from\n";
  for (int i = 0; i < 120; ++i) {
    const int month = 2 + i % 6, day = 1 + i % 28;
    loans += format("{},2024-0{}-{:02}T00:00:00Z,{},{},2024-09-01T00:00:00Z\n", i % 40, month, day, i % 17, i % 2);
    const int seconds = 1'704'067'200 + i * 86'400;
    events += format("{},{},2024-0{}-{:02}T06:00:00Z,{},{},{},k{}\n", i, i % 40, 1 + i % 5, day, seconds, i % 11,
                     seconds, i % 4);
  }
  write_file(folder / "data/loan_outcomes.csv", loans);
  write_file(folder / "data/events.csv", events);
  write_file(folder / "asof.yaml", format(R"(name: lender
boundary: {}
tables:
  applications: {{from: data/loan_outcomes.csv, entity: user, time: order}}
  events: {{from: data/events.csv, entity: user, time: select, id: row id, known_at: seen by, columns: {{seen by: {{epoch: seconds}}, where: {{epoch: seconds}}}}}}
target: {{table: applications, label: status, good: 1, known_at: known}}
features:
  define:
    groups: sum(events.group over 90d)
    froms: last(events.from)
    wheres: mean(age_days(events.where) where from != 'k1')
    limits: applications.limit + sum(applications.limit)
)",
                                          GetParam()));
  EXPECT_EQ(compare_all(folder.path()).size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Boundaries, Sql, ::testing::Values("before", "at"));

}  // namespace
}  // namespace asof
