// The classic features against an independent implementation: SQL inside PostgreSQL, on the simulated lender, at both
// boundaries. Oracle: PostgreSQL 15 count, avg, stddev_samp, max, count(distinct), extract(epoch).
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>

#include "base/format.h"
#include "dataset/assemble.h"
#include "lender.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

using testing::PostgresServer;
using testing::TemporaryFolder;

constexpr double kRelative = 1e-9;

std::string sql(std::string_view compare) {
  return format(R"(
select a.user_id,
  count(g.user_id), avg(g.accuracy), stddev_samp(g.accuracy), avg(nullif(g.land_speed, -1)), max(nullif(g.land_speed, -1)),
  count(distinct g.location_provider), extract(epoch from a.application_at - max(g.time_of_fix)) / 3600,
  e.total_events, e.unique_screens, e.unique_actions, e.total_sessions, e.unique_networks, e.recency
from parity_applications a
left join parity_gps g on g.user_id = a.user_id and g.time_of_fix {0} a.application_at
left join lateral (
  select count(*) total_events, count(distinct screen_name) unique_screens, count(distinct action) unique_actions,
    count(distinct session_id) total_sessions, count(distinct network_type) unique_networks,
    extract(epoch from a.application_at - max(e.timestamp)) / 3600 recency
  from parity_events e where e.user_id = a.user_id and e.timestamp {0} a.application_at) e on true
group by a.user_id, a.application_at, e.total_events, e.unique_screens, e.unique_actions, e.total_sessions, e.unique_networks, e.recency
order by a.user_id)",
                compare);
}

constexpr const char* kFeatures[] = {"gps_count",          "avg_accuracy",   "std_accuracy",      "avg_speed",
                                     "max_speed",          "providers",      "gps_recency_hours", "total_events",
                                     "unique_screens",     "unique_actions", "total_sessions",    "unique_networks",
                                     "event_recency_hours"};

double number(const std::string& text) {
  double value = kMissing;
  if (!text.empty()) std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class Parity : public ::testing::TestWithParam<const char*> {};

TEST_P(Parity, classic_features_equal_sql) {
  const bool at = std::string(GetParam()) == "at";
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 400, .boundary = GetParam()});
  PostgresServer& postgres = PostgresServer::shared();
  postgres.run_sql(
      "drop table if exists parity_applications, parity_gps, parity_events;"
      "create table parity_applications (user_id bigint, application_at timestamptz, is_repaid int, outcome_known_at "
      "timestamptz);"
      "create table parity_gps (id bigint, user_id bigint, time_of_fix timestamptz, accuracy double precision, "
      "land_speed double precision,"
      " location_provider text, latitude double precision, longitude double precision);"
      "create table parity_events (id bigint, user_id bigint, timestamp timestamptz, screen_name text, action text, "
      "session_id text,"
      " network_type text);");
  postgres.copy_csv("parity_applications", folder / "data/loan_outcomes.csv");
  postgres.copy_csv("parity_gps", folder / "data/gps.csv");
  postgres.copy_csv("parity_events", folder / "data/events.csv");
  postgres.run_sql("create index on parity_gps (user_id); create index on parity_events (user_id); analyze;");

  const Assembled assembled = assemble(read_project(folder.path()), {.threads = 2, .progress = {}});
  const auto expected = postgres.run_sql(sql(at ? "<=" : "<"));
  ASSERT_EQ(expected.size(), assembled.dataset.rows());
  for (std::size_t row = 0; row < expected.size(); ++row) {
    ASSERT_EQ(expected[row][0], to_string(assembled.applications.keys[row]));
    for (std::size_t i = 0; i < std::size(kFeatures); ++i) {
      ASSERT_EQ(assembled.dataset.columns[i].name, kFeatures[i]);
      const double oracle = number(expected[row][i + 1]);
      const double ours = assembled.dataset.features.row(row)[i];
      if (is_missing(oracle)) {
        EXPECT_TRUE(is_missing(ours)) << kFeatures[i] << " of " << expected[row][0];
      } else {
        // A recency of seconds is the difference of two exact times; a spread of zero may differ in the last bits of
        // the mean.
        EXPECT_NEAR(ours, oracle, std::max(std::abs(oracle) * kRelative, 1e-12))
            << kFeatures[i] << " of " << expected[row][0];
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Boundaries, Parity, ::testing::Values("before", "at"));

}  // namespace
}  // namespace asof
