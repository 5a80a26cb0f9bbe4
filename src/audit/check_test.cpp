// Leaks planted into tables of features, and what is said of clean ones. Leaks in projects: tests/audit_test.cpp.
#include "audit/check.h"

#include <gtest/gtest.h>

#include <set>

#include "audit/missing_by_month.h"
#include "audit/planted_features.h"
#include "testing/thrown.h"

namespace asof::audit {
namespace {

using planted::has;
using planted::shown;

TEST(AuditOfFeatures, twenty_clean_tables_raise_no_alarm_and_no_warning) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(shown(planted::audit(planted::clean(seed))), "") << seed;
  }
}

TEST(AuditOfFeatures, a_status_that_says_the_label_is_an_alarm) {
  Table table = planted::clean(1);
  planted::plant_status(table);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "label_copies", "status")) << shown(findings);
}

TEST(AuditOfFeatures, a_column_that_is_nearly_the_label_is_an_alarm_and_a_weaker_one_a_warning) {
  Table table = planted::clean(1);
  planted::plant_noisy_label(table, "collections", 0.03);
  planted::plant_noisy_label(table, "calls", 0.14);
  planted::plant_noisy_label(table, "rumour", 0.30);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "single_features", "collections")) << shown(findings);
  EXPECT_TRUE(has(findings, Severity::kWarning, "single_features", "calls")) << shown(findings);
  EXPECT_FALSE(has(findings, Severity::kWarning, "single_features", "rumour")) << shown(findings);
}

TEST(AuditOfFeatures, a_column_that_is_empty_for_those_who_defaulted_is_an_alarm) {
  Table table = planted::clean(1);
  planted::plant_telling_gap(table);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "single_features", "last_payment")) << shown(findings);
}

TEST(AuditOfFeatures, a_time_after_the_application_is_an_alarm_unless_it_is_ignored_by_name) {
  Table table = planted::clean(1);
  planted::plant_later_time(table);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "later_times", "last_login_at")) << shown(findings);
  FeatureTableRequest how = planted::request();
  how.ignore = {"last_login_at"};
  EXPECT_EQ(shown(planted::audit(table, how)), "");
}

TEST(AuditOfFeatures, a_time_at_the_application_is_none_after_it) {
  Table table = planted::clean(1);
  Column created = planted::column(table, "application_at");
  created.name = "created_at";
  table.columns.push_back(created);
  EXPECT_EQ(shown(planted::audit(table)), "");
}

TEST(AuditOfFeatures, the_same_row_under_two_entities_is_an_alarm) {
  Table table = planted::clean(1);
  planted::plant_twins(table);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kAlarm, "duplicates")) << shown(findings);
}

TEST(AuditOfFeatures, rows_of_zeros_and_missing_values_are_not_the_same_borrower) {
  Table table = planted::clean(1);
  for (const char* name : {"income", "ratio"}) std::fill_n(planted::column(table, name).reals.begin(), 100, kMissing);
  for (const char* name : {"visits", "age"}) std::fill_n(planted::column(table, name).integers.begin(), 100, 0);
  std::fill_n(planted::column(table, "region").codes.begin(), 100, kMissingCode);
  EXPECT_FALSE(has(planted::audit(table), Severity::kAlarm, "duplicates"));
}

TEST(AuditOfFeatures, applications_that_a_join_has_multiplied_are_a_warning) {
  Table table = planted::clean(1);
  planted::plant_repeated_applications(table);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kWarning, "duplicates")) << shown(findings);
}

TEST(AuditOfFeatures, a_column_that_begins_to_be_filled_in_is_a_warning) {
  Table table = planted::clean(1, 1200);
  planted::plant_beginning(table);
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kWarning, "missing_values", "ratio")) << shown(findings);
}

TEST(AuditOfFeatures, a_column_that_ceases_to_be_filled_in_is_a_warning_unless_the_last_rows_are_few) {
  constexpr std::int64_t kMay2024 = 1'714'521'600'000'000;
  Table table = planted::clean(1, 1200);
  const std::vector<std::int64_t> times = planted::column(table, "application_at").integers;
  const auto missing_from = [&](std::int64_t begin) {
    Table changed = table;
    for (std::size_t row = 0; row < changed.rows; ++row) {
      if (times[row] >= begin) planted::column(changed, "ratio").reals[row] = kMissing;
    }
    return has(planted::audit(changed), Severity::kWarning, "missing_values", "ratio");
  };
  EXPECT_TRUE(missing_from(kMay2024));
  std::vector<std::int64_t> sorted = times;
  std::ranges::sort(sorted);
  EXPECT_FALSE(missing_from(sorted[sorted.size() - 8])) << "eight rows are no change";
}

TEST(AuditOfFeatures, the_missing_values_of_every_month_are_counted) {
  const FeatureTable table = make_feature_table(planted::request(), planted::clean(1, 1200));
  const std::vector<MissingByMonth> columns = missing_by_month(Evidence(table, {}));
  const auto income = std::ranges::find(columns, "income", &MissingByMonth::column);
  ASSERT_NE(income, columns.end());
  EXPECT_EQ(income->table, "features.csv");
  EXPECT_EQ(income->months.size(), 24U);
  EXPECT_EQ(income->months.begin()->first, "2023-01");
  Cells all;
  for (const auto& [month, cells] : income->months) {
    all.rows += cells.rows;
    all.missing += cells.missing;
  }
  Table rows = planted::clean(1, 1200);
  const std::vector<double>& incomes = planted::column(rows, "income").reals;
  EXPECT_EQ(all.rows, 1200U);
  EXPECT_EQ(all.missing, static_cast<std::size_t>(std::ranges::count_if(incomes, is_missing)));
  EXPECT_EQ(to_string(MissingByMonth{"gps", "speed", {{"2024-01", {8, 1}}, {"2024-02", {4, 4}}}}),
            "gps.speed  2024-01 12.5 %  2024-02 100.0 %");
}

TEST(AuditOfFeatures, every_check_that_says_something_of_a_table_has_a_name_of_the_list) {
  std::set<std::string> names;
  for (const Check* check : all_checks()) EXPECT_TRUE(names.insert(std::string(check->name)).second) << check->name;
  for (const Finding& finding : planted::audit(planted::clean(1))) EXPECT_TRUE(names.contains(finding.check));
}

TEST(AuditOfFeatures, a_check_that_cannot_be_run_says_so_and_the_others_go_on) {
  Table table = planted::clean(1, 12);
  auto& label = planted::column(table, "is_repaid").integers;
  std::ranges::fill(label, 1);
  label.front() = 0;
  const auto findings = planted::audit(table);
  EXPECT_TRUE(has(findings, Severity::kWarning, "single_features")) << shown(findings);
  EXPECT_TRUE(has(findings, Severity::kOk, "later_times")) << shown(findings);
}

TEST(AuditOfFeatures, threads_change_no_finding) {
  const FeatureTable table = make_feature_table(planted::request(), planted::clean(2));
  EXPECT_EQ(run_checks(Evidence(table, {.threads = 1})), run_checks(Evidence(table, {.threads = 3})));
}

TEST(FeatureTable, refuses_what_it_cannot_audit_with_a_sentence) {
  const auto refused = [](FeatureTableRequest how, const Table& table) {
    return testing::thrown_by([&] { make_feature_table(how, table); }).message;
  };
  const Table table = planted::clean(1);
  FeatureTableRequest how = planted::request();
  how.good = "paid";
  EXPECT_NE(refused(how, table).find("name the value that means repaid by --good"), std::string::npos);
  how = planted::request();
  how.label = "visits";
  EXPECT_NE(refused(how, table).find("three or more"), std::string::npos);
  how = planted::request();
  how.time = "age";
  EXPECT_NE(refused(how, table).find("times were expected"), std::string::npos);
  how = planted::request();
  how.ignore = {"incone"};
  EXPECT_NE(refused(how, table).find("did you mean `income`"), std::string::npos);
  Table gap = table;
  planted::column(gap, "user_id").integers[7] = kMissingInteger;
  EXPECT_NE(refused(planted::request(), gap).find("row 8"), std::string::npos) << refused(planted::request(), gap);
}

}  // namespace
}  // namespace asof::audit
