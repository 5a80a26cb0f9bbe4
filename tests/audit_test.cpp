// `asof audit` finds leaks that were planted by tests/leaks.cpp, which it knows nothing of, and is quiet about lenders
// that nothing is wrong with.
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/check.h"
#include "audit/delays.h"
#include "audit/other_rows.h"
#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/random.h"
#include "leaks.h"
#include "lender.h"

namespace asof {
namespace {

using audit::Finding;
using audit::Severity;
using testing::TemporaryFolder;

constexpr std::uint64_t kUsers = 400;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kCleanLenders = 3;  // a sanitizer looks at the code, not at chance
#else
constexpr std::uint64_t kCleanLenders = 20;
#endif

std::vector<Finding> audit_of(const std::filesystem::path& folder) {
  const Project project = read_project(folder);
  const Assembled assembled = assemble(project, {.threads = 2, .keep_histories = true});
  return run_checks(audit::Evidence(project, assembled, {.threads = 2}));
}

std::string shown(const std::vector<Finding>& findings, Severity least) {
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.severity < least) continue;
    text += format("{} {} {}.{}: {}\n", to_string(finding.severity), finding.check, finding.table, finding.column,
                   finding.text);
  }
  return text;
}

bool has(const std::vector<Finding>& findings, Severity severity, std::string_view check, std::string_view table,
         std::string_view column = {}) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.severity == severity && finding.check == check && finding.table == table &&
           (column.empty() || finding.column == column);
  });
}

/// What is found after `plant` spoilt a clean lender.
template <class Plant>
std::vector<Finding> audit_with(const Plant& plant) {
  const TemporaryFolder folder;
  testing::make_clean_lender(folder.path(), kUsers, 5);
  plant(folder.path());
  return audit_of(folder.path());
}

TEST(Audit, twenty_clean_lenders_raise_no_alarm) {
  for (std::uint64_t seed = 1; seed <= kCleanLenders; ++seed) {
    const TemporaryFolder folder;
    testing::make_clean_lender(folder.path(), 300, 1000 + seed);
    const auto findings = audit_of(folder.path());
    EXPECT_EQ(shown(findings, Severity::kAlarm), "") << seed;
    // By design: rows after the application, arrival unknown, a table without times, and figures of the calendar in it.
    for (const Finding& finding : findings) {
      if (finding.severity == Severity::kOk) continue;
      EXPECT_TRUE(finding.check == "rows_after_cutoff" || finding.check == "arrival" || finding.check == "undated" ||
                  finding.check == "shuffled_label")
          << seed << " " << shown({finding}, Severity::kWarning);
    }
  }
}

TEST(Audit, a_clock_in_another_zone_is_an_alarm_that_says_by_how_much) {
  const auto late = audit_with(
      [](const auto& folder) { testing::plant_wrong_clock(folder, "events", Duration{3 * kHour.microseconds}); });
  EXPECT_TRUE(has(late, Severity::kAlarm, "clocks", "events")) << shown(late, Severity::kOk);
  EXPECT_NE(shown(late, Severity::kAlarm).find("+3.0 h"), std::string::npos);
  EXPECT_FALSE(has(late, Severity::kAlarm, "clocks", "gps"));

  const auto early = audit_with(
      [](const auto& folder) { testing::plant_wrong_clock(folder, "gps", Duration{-330 * kMinute.microseconds}); });
  EXPECT_TRUE(has(early, Severity::kAlarm, "clocks", "gps")) << shown(early, Severity::kOk);
  EXPECT_NE(shown(early, Severity::kAlarm).find("-5.5 h"), std::string::npos);
}

TEST(Audit, an_outcome_known_at_or_before_the_application_is_an_alarm) {
  const auto findings = audit_with(testing::plant_early_outcomes);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "outcome_times", "applications", "outcome_known_at"))
      << shown(findings, Severity::kOk);
  EXPECT_NE(shown(findings, Severity::kAlarm).find("40 of 400"), std::string::npos);
}

TEST(Audit, an_attribute_taken_after_the_outcome_is_an_alarm) {
  const auto exact = audit_with([](const auto& folder) { testing::plant_snapshot_after_outcome(folder, 0.0); });
  EXPECT_TRUE(has(exact, Severity::kAlarm, "label_copies", "", "feature_9")) << shown(exact, Severity::kOk);
  const auto noisy = audit_with([](const auto& folder) { testing::plant_snapshot_after_outcome(folder, 0.03); });
  EXPECT_TRUE(has(noisy, Severity::kAlarm, "single_features", "", "feature_9")) << shown(noisy, Severity::kOk);
}

TEST(Audit, an_attribute_that_grew_until_the_export_is_a_warning) {
  const auto findings = audit_with(testing::plant_growing_until_export);
  EXPECT_TRUE(has(findings, Severity::kWarning, "undated", "features", "feature_5")) << shown(findings, Severity::kOk);
}

TEST(Audit, a_borrower_under_two_numbers_is_an_alarm) {
  const auto findings = audit_with(testing::plant_twins);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "duplicates", "events")) << shown(findings, Severity::kOk);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "duplicates", "")) << shown(findings, Severity::kOk);
}

TEST(Audit, rows_that_are_there_twice_without_a_row_id_are_a_warning) {
  const auto findings = audit_with(testing::plant_repeated_events);
  EXPECT_TRUE(has(findings, Severity::kWarning, "duplicates", "events")) << shown(findings, Severity::kOk);
}

TEST(Audit, an_attribute_that_begins_to_be_filled_in_is_a_warning) {
  const auto findings = audit_with(testing::plant_beginning);
  EXPECT_TRUE(has(findings, Severity::kWarning, "missing_values", "", "feature_10")) << shown(findings, Severity::kOk);
}

/// Who defaults asks for help within the 10 minutes before the application; the others look at the menu. A day later
/// everybody who defaulted has a row of the collector.
void write_last_minutes(const std::filesystem::path& folder) {
  std::string loans = "user,applied,repaid,known\n", events = "user,at,what\n";
  const Timestamp begin = parse_timestamp("2024-01-01", TimeZone::named("UTC"));
  Random random(9);
  for (int user = 0; user < 300; ++user) {
    const Timestamp applied = begin + Duration{user * kHour.microseconds};
    const bool repaid = random.uniform() < 0.6;
    const bool seen = random.uniform() < 0.8;  // else the row says the contrary
    loans += format("{},{},{},{}\n", user, to_string(applied), repaid ? 1 : 0, to_string(applied + kDay));
    const auto row = [&](Timestamp at, std::string_view what) {
      events += format("{},{},{}\n", user, to_string(at), what);
    };
    row(applied - Duration{10 * kDay.microseconds}, "open");
    row(applied - Duration{static_cast<std::int64_t>(120e6 + random.uniform() * 120e6)},
        repaid == seen ? "menu" : "help");
    if (!repaid) row(applied + kDay, "collector");
  }
  write_file(folder / "loans.csv", loans);
  write_file(folder / "events.csv", events);
  write_file(folder / "asof.yaml", R"yaml(name: minutes
tables:
  applications: {from: loans.csv, entity: user, time: applied}
  events: {from: events.csv, entity: user, time: at, delay: 0s}
target: {table: applications, label: repaid, good: 1, known_at: known}
features:
  define:
    help: "count(events where what = 'help')"
    menu: "count(events where what = 'menu')"
    rows: count(events)
)yaml");
}

TEST(Audit, rows_after_the_application_are_priced_and_never_an_alarm) {
  const TemporaryFolder folder;
  write_last_minutes(folder.path());
  const auto findings = audit_of(folder.path());
  EXPECT_TRUE(has(findings, Severity::kWarning, "rows_after_cutoff", "events")) << shown(findings, Severity::kOk);
  EXPECT_EQ(shown(findings, Severity::kAlarm), "");
}

TEST(DelaySensitivity, says_what_rows_of_the_last_minutes_are_worth) {
  const TemporaryFolder folder;
  write_last_minutes(folder.path());
  const Assembled assembled = assemble(read_project(folder.path()), {.threads = 2, .keep_histories = true});
  const audit::DelaySensitivity found = audit::delay_sensitivity(assembled, {.threads = 2});
  ASSERT_EQ(found.rows.size(), 4U);  // one table: a minute, 5 minutes, an hour, a day
  EXPECT_GT(found.in_time.value, 0.7);
  EXPECT_EQ(found.rows[0].as_it_is_change.value, 0.0);
  for (const std::size_t late : {1U, 2U, 3U}) {
    EXPECT_NEAR(found.rows[late].as_it_is.value, 0.5, 0.05);
    EXPECT_LT(found.rows[late].retrained_change.errors_above(0.0), -4.0);
  }
}

TEST(DelaySensitivity, no_delay_changes_no_feature) {
  const TemporaryFolder folder;
  testing::make_clean_lender(folder.path(), 200, 5);
  const Assembled assembled = assemble(read_project(folder.path()), {.threads = 2, .keep_histories = true});
  std::vector<EventLog> logs;
  std::vector<const EventLog*> same;
  logs.reserve(assembled.histories.logs.size());
  for (const EventLog& log : assembled.histories.logs) {
    logs.push_back(log.times().empty() ? log : audit::later(log, Duration{}));
    same.push_back(&logs.back());
  }
  const Matrix features = audit::with_logs(assembled, same, {});
  ASSERT_EQ(features.values.size(), assembled.dataset.features.values.size());
  for (std::size_t i = 0; i < features.values.size(); ++i) {
    const double expected = assembled.dataset.features.values[i];
    EXPECT_TRUE(features.values[i] == expected || (is_missing(features.values[i]) && is_missing(expected))) << i;
  }
}

TEST(Audit, the_program_says_what_it_found_and_ends_with_1_at_an_alarm) {
  const TemporaryFolder folder;
  testing::make_clean_lender(folder.path(), 200, 5);
  const auto clean = testing::run_asof({"audit", folder.path().string(), "--delays", "--json", "--quiet"});
  EXPECT_EQ(clean.code, 0) << clean.err << clean.out;
  const Json said = parse_json(clean.out);
  EXPECT_FALSE(said.at("missing_by_month").as_array().empty());
  EXPECT_EQ(said.at("alarms").as_integer(), 0);
  EXPECT_EQ(said.at("delays").at("rows").as_array().size(), 12U);  // gps, events and both

  testing::plant_early_outcomes(folder.path());
  const auto spoilt = testing::run_asof({"audit", folder.path().string(), "--quiet"});
  EXPECT_EQ(spoilt.code, 1) << spoilt.err;
  EXPECT_EQ(spoilt.out.find("alarm"), 0U) << spoilt.out;
}

TEST(Audit, a_table_of_features_that_asof_made_passes_and_one_with_the_outcome_in_it_does_not) {
  const TemporaryFolder folder;
  testing::make_clean_lender(folder.path(), 300, 5);
  const std::string table = (folder.path() / "table.csv").string();
  ASSERT_EQ(testing::run_asof({"features", folder.path().string(), "--out", table, "--quiet"}).code, 0);
  const std::vector<std::string> audit = {"audit",  "--features",     table,     "--entity",  "user_id",
                                          "--time", "application_at", "--label", "is_repaid", "--quiet"};
  const auto clean = testing::run_asof(audit);
  EXPECT_EQ(clean.code, 0) << clean.err << clean.out;

  std::string text = read_file(table), spoilt;
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = text.find('\n', line);
    const std::string row = text.substr(line, end - line);
    const std::string last = row.substr(row.rfind(',') + 1);
    spoilt += row + "," + (line == 0 ? "status" : last == "1" ? "closed" : "sold") + "\n";
    line = end + 1;
  }
  write_file(table, spoilt);
  const auto found = testing::run_asof(audit);
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_NE(found.out.find("table.csv.status: every one of its values goes with one outcome alone"), std::string::npos)
      << found.out;
}

TEST(Audit, what_it_needs_is_said_when_it_is_not_given) {
  const auto without = testing::run_asof({"audit", "--features", "table.csv", "--entity", "user_id"});
  EXPECT_EQ(without.code, 2);
  EXPECT_NE(without.err.find("--features needs --time too"), std::string::npos) << without.err;
}

}  // namespace
}  // namespace asof
