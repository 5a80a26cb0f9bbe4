#include "dataset/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "base/format.h"

namespace asof {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

constexpr const char* kApplications =
    "user_id,application_at,repaid\n1,2024-03-01T00:00:00Z,1\n2,2024-03-02T00:00:00Z,0\n3,2024-03-03T00:00:00Z,1\n";
constexpr const char* kEvents =
    "id,user_id,at,screen\n1,1,2024-02-01T00:00:00Z,home\n2,2,2024-02-02T00:00:00Z,pay\n3,3,2024-02-02T00:00:00Z,pay\n";
constexpr const char* kProject = R"(name: small
tables:
  applications: {from: a.csv, entity: user_id, time: application_at}
  events: {from: e.csv, entity: user_id, time: at, id: id, delay: 1m}
target: {label: repaid, good: 1, performance_window: 30d}
features: {define: {n: count(events), screens: distinct(events.screen)}}
)";

struct Lender {
  std::string applications = kApplications;
  std::string events = kEvents;
  std::string project = kProject;
};

std::string with(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

std::vector<Finding> check(const Lender& lender) {
  const fs::path folder = fs::path(::testing::TempDir()) / "check";
  fs::remove_all(folder);
  fs::create_directories(folder);
  write_file(folder / "a.csv", lender.applications);
  write_file(folder / "e.csv", lender.events);
  write_file(folder / "asof.yaml", lender.project);
  return check_project(read_project(folder), {.now = parse_timestamp("2025-01-01T00:00:00Z", {})}).findings;
}

auto finding(Verdict verdict, std::string_view table, std::string_view text) {
  return AllOf(Field(&Finding::verdict, verdict), Field(&Finding::table, std::string(table)),
               Field(&Finding::text, HasSubstr(std::string(text))));
}

TEST(Check, a_file_that_fits_its_data_has_only_good_findings) {
  const std::vector<Finding> findings = check({});
  for (const Finding& finding : findings)
    EXPECT_EQ(finding.verdict, Verdict::kOk) << finding.table << ": " << finding.text;
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "applications", "3 applications of 3 user_ids")));
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "applications", "`repaid`: 1 (2 rows), 0 (1 rows)")));
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "applications", "2 repaid, 1 defaulted")));
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "events", "0 of 3 applications have no row that counts")));
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "", "2 features from events")));
}

TEST(Check, a_table_that_does_not_say_when_its_rows_were_had_is_a_warning) {
  EXPECT_THAT(check({.project = with(kProject, ", delay: 1m", "")}),
              Contains(finding(Verdict::kWarning, "events", "Arrival unknown: `events` declares neither")));
}

TEST(Check, a_table_that_cannot_be_read_does_not_hide_the_others) {
  const std::vector<Finding> findings = check({.project = with(kProject, "a.csv", "nowhere.csv")});
  EXPECT_THAT(findings, Contains(Field(&Finding::verdict, Verdict::kError)));
  EXPECT_THAT(findings, Contains(finding(Verdict::kError, "applications", "nowhere.csv")));
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "events", "`at` goes from 2024-02-01T00:00:00Z")));
}

TEST(Check, a_missing_column_is_named_with_its_neighbour) {
  EXPECT_THAT(check({.project = with(kProject, "time: at,", "time: att,")}),
              Contains(finding(Verdict::kError, "events", "there is no column `att`; did you mean `at`?")));
  EXPECT_THAT(check({.project = with(kProject, "events.screen", "events.scren")}),
              Contains(finding(Verdict::kError, "events", "`scren`; did you mean `screen`?")));
}

TEST(Check, times_without_an_offset_need_a_zone) {
  EXPECT_THAT(check({.events = with(kEvents, "2024-02-02T00:00:00Z,pay", "2024-02-02T00:00:00,pay")}),
              Contains(Field(&Finding::verdict, Verdict::kError)));
}

TEST(Check, times_that_no_clock_showed_are_counted) {
  const std::vector<Finding> some = check({.events = with(kEvents, "2024-02-01", "1970-01-01")});
  EXPECT_THAT(some, Contains(finding(Verdict::kWarning, "events", "1 of `at` are before 1990")));
  Lender lender{.events = "id,user_id,at,screen\n1,1,1706745600,home\n",
                .project = with(kProject, "time: at,", "time: at, epoch: milliseconds,")};
  EXPECT_THAT(check(lender), Contains(finding(Verdict::kError, "events", "no `at` is between 1990 and tomorrow")));
  lender.project = with(kProject, "time: at,", "time: at, epoch: seconds,");
  EXPECT_THAT(check(lender), Not(Contains(finding(Verdict::kError, "events", ""))));
}

TEST(Check, entities_of_another_type_or_value_do_not_match) {
  EXPECT_THAT(check({.events = "id,user_id,at,screen\n1,u1,2024-02-01T00:00:00Z,home\n"}),
              Contains(finding(Verdict::kError, "events", "user_id")));
  EXPECT_THAT(check({.events = "id,user_id,at,screen\n1,77,2024-02-01T00:00:00Z,home\n"}),
              Contains(finding(Verdict::kError, "events", "are the values of `user_id` the same in both tables?")));
}

TEST(Check, rows_after_the_applications_are_counted) {
  const std::vector<Finding> findings =
      check({.events = std::string(kEvents) + "4,1,2024-03-01T00:00:00Z,home\n5,1,2024-04-01T00:00:00Z,home\n"});
  EXPECT_THAT(findings, Contains(finding(Verdict::kOk, "events",
                                         "2 of 5 rows are at or after the last application of their entity (40.0 %)")));
  EXPECT_THAT(findings,
              Contains(finding(
                  Verdict::kWarning, "events",
                  "1 of 3 applications have a row at their very moment, which does not count at `boundary: before`")));
}

TEST(Check, repeated_ids_are_counted) {
  EXPECT_THAT(check({.events = with(kEvents, "\n3,3,", "\n2,3,")}),
              Contains(finding(Verdict::kWarning, "events", "1 of 3 rows repeat the `id` of another one")));
}

TEST(Check, rows_that_arrived_before_they_happened_are_counted) {
  const Lender lender{.events =
                          "id,user_id,at,screen,had\n1,1,2024-02-01T03:00:00Z,home,2024-02-01T00:00:00Z\n2,2,2024-02-"
                          "02T00:00:00Z,pay,\n",
                      .project = with(kProject, "delay: 1m", "known_at: had")};
  EXPECT_THAT(
      check(lender),
      Contains(finding(Verdict::kWarning, "events",
                       "1 of 2 rows were known before they happened, by `had`, half of them 3.00 hours or more")));
  EXPECT_THAT(check(lender), Contains(finding(Verdict::kWarning, "events", "1 of 2 rows have no `had`")));
}

TEST(Check, a_label_with_other_values_than_declared_is_shown) {
  EXPECT_THAT(check({.project = with(kProject, "good: 1", "good: yes")}),
              Contains(finding(Verdict::kError, "applications", "is `good: yes` the value that means repaid?")));
  EXPECT_THAT(check({.applications = with(kApplications, "00Z,0", "00Z,2") + "4,2024-03-03T00:00:00Z,0\n"}),
              Contains(Field(&Finding::verdict, Verdict::kError)));
  EXPECT_THAT(check({.project = with(kProject, ", performance_window: 30d", "")}),
              Contains(finding(Verdict::kWarning, "applications", "when an outcome was known is not said")));
}

TEST(Check, a_definition_that_cannot_be_computed_is_shown) {
  EXPECT_THAT(check({.project = with(kProject, "distinct(events.screen)", "mean(events.screen)")}),
              Contains(finding(Verdict::kError, "", "screens")));
}

TEST(Check, an_application_without_a_time_is_counted) {
  EXPECT_THAT(check({.applications = std::string(kApplications) + "4,,1\n"}),
              Contains(finding(Verdict::kError, "applications", "1 of 4 applications have no `application_at`")));
}

}  // namespace
}  // namespace asof
