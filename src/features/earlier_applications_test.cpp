// Earlier applications as history: which of them count, and when what became of them does.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "asof/error.h"
#include "features/plan.h"
#include "features/row_filter.h"

namespace asof {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000'000;
constexpr std::int64_t kDays = kDay.microseconds;

/// Of one person. Times are days; a label of -1 means neither.
struct Loan {
  int at = 0;
  double amount = 0.0;
  std::optional<int> label;
  std::optional<int> known;
};

enum class Clock { kKnownAt, kWindow, kNone };

TableSpec history_spec(Clock clock) {
  TableSpec spec{.name = "applications", .role = TableRole::kApplications, .entity = "user_id", .time = "at"};
  spec.outcome = OutcomeSpec{.label = "label", .good = "1", .indeterminate = {"-1"}};
  if (clock == Clock::kKnownAt) spec.outcome->known_at = "known";
  if (clock == Clock::kWindow) spec.outcome->performance_window = Duration{10 * kDays};
  return spec;
}

Table table_of(const std::vector<Loan>& loans) {
  Column user{.name = "user_id", .type = ColumnType::kInteger};
  Column at{.name = "at", .type = ColumnType::kTime};
  Column amount{.name = "amount", .type = ColumnType::kReal};
  Column label{.name = "label", .type = ColumnType::kInteger};
  Column known{.name = "known", .type = ColumnType::kTime};
  for (const Loan& loan : loans) {
    user.integers.push_back(1);
    at.integers.push_back(kStart + loan.at * kDays);
    amount.reals.push_back(loan.amount);
    label.integers.push_back(loan.label ? *loan.label : kMissingInteger);
    known.integers.push_back(loan.known ? kStart + *loan.known * kDays : kMissingInteger);
  }
  return {.name = "applications", .columns = {user, at, amount, label, known}, .rows = loans.size()};
}

struct Setting {
  Clock clock = Clock::kKnownAt;
  Boundary boundary = Boundary::kBefore;
};

/// One value per definition, for an application of the person at day `at`.
std::vector<double> values_of(const std::vector<std::string>& expressions, const std::vector<Loan>& loans, int at,
                              const Setting& setting = {}) {
  Table rows = table_of(loans);
  const TableSpec spec = with_types(history_spec(setting.clock), rows.columns);
  TableSpec applications{.name = "applications", .role = TableRole::kApplications, .entity = "user_id", .time = "at"};
  std::vector<Definition> definitions;
  for (std::size_t i = 0; i < expressions.size(); ++i)
    definitions.push_back({"x" + std::to_string(i), expressions[i], {}, "test", 1});
  const FeaturePlan plan(definitions, applications, {spec}, {.boundary = setting.boundary});
  const EntityKey key = std::int64_t{1};
  const EventLog log = event_log(plan.tables().front(), std::move(rows), EntityIndex(key), TimeZone());
  std::vector<double> values(definitions.size());
  plan.compute({.entity = key, .at = {kStart + at * kDays}}, {{&log, log.rows_of(0)}}, values);
  return values;
}

double value_of(const std::string& expression, const std::vector<Loan>& loans, int at, const Setting& setting = {}) {
  return values_of({expression}, loans, at, setting).front();
}

std::string refusal_of(const std::string& expression, const Setting& setting = {}) {
  try {
    value_of(expression, {}, 0, setting);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const std::vector<Loan> kLoans = {{0, 100, 1, 10}, {20, 200, 0, 50}, {40, 300, -1, 45}, {60, 400, 1, 90}};

// --- examples

TEST(EarlierApplications, can_be_counted_and_aggregated_like_events) {
  EXPECT_EQ(value_of("count(applications)", kLoans, 60), 3);
  EXPECT_EQ(value_of("count(applications over 30d)", kLoans, 60), 1);
  EXPECT_EQ(value_of("mean(applications.amount over all)", kLoans, 60), 200);
  EXPECT_EQ(value_of("days_since_last(applications)", kLoans, 61), 1);
  EXPECT_EQ(value_of("sum(applications.amount over all where amount > 150)", kLoans, 60), 500);
  EXPECT_TRUE(is_missing(value_of("last(applications.amount)", kLoans, 0)));
}

TEST(EarlierApplications, an_application_never_counts_itself_whatever_the_boundary) {
  const Setting at{.boundary = Boundary::kAt};
  EXPECT_EQ(value_of("count(applications)", kLoans, 60, at), 3);
  EXPECT_EQ(value_of("count(applications over all ending 20d before)", kLoans, 60, at), 2) << "strictly before";
  EXPECT_EQ(value_of("count(applications over last 2 rows)", kLoans, 60, at), 2);
  EXPECT_EQ(value_of("last(applications.amount)", kLoans, 60, at), 300);
}

TEST(EarlierApplications, two_rows_of_one_time_are_one_application_and_the_one_with_an_outcome_stays) {
  std::vector<Loan> loans = {{0, 100, {}, {}}, {0, 100, 1, 10}, {5, 7, {}, {}}, {5, 7, {}, {}}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(value_of("count(applications)", loans, 60), 2);
    EXPECT_EQ(value_of("count(applications where repaid)", loans, 60), 1);
    std::ranges::reverse(loans);
  }
}

TEST(EarlierApplications, an_outcome_counts_from_the_moment_it_was_known) {
  EXPECT_EQ(value_of("count(applications where repaid is missing)", kLoans, 9), 1);
  EXPECT_EQ(value_of("mean(applications.repaid)", kLoans, 10), 1) << "known at T";
  EXPECT_EQ(value_of("mean(applications.repaid)", kLoans, 49), 1);
  EXPECT_EQ(value_of("mean(applications.repaid)", kLoans, 50), 0.5);
  EXPECT_EQ(value_of("share(applications over all where repaid)", kLoans, 61), 0.25)
      << "an open loan is not repaid yet";
  EXPECT_EQ(value_of("count(applications where not repaid)", kLoans, 61), 1) << "nor is it a default";
  EXPECT_EQ(value_of("count(applications where repaid is missing)", kLoans, 100), 1) << "-1 is neither, for ever";
  EXPECT_EQ(value_of("last(applications.amount where repaid)", kLoans, 100), 400);
}

TEST(EarlierApplications, a_performance_window_says_when_as_well) {
  const Setting window{.clock = Clock::kWindow};
  EXPECT_TRUE(is_missing(value_of("mean(applications.repaid)", kLoans, 9, window)));
  EXPECT_EQ(value_of("mean(applications.repaid)", kLoans, 10, window), 1);
  EXPECT_EQ(value_of("mean(applications.repaid)", kLoans, 30, window), 0.5);
}

TEST(EarlierApplications, an_outcome_without_a_time_is_refused) {
  EXPECT_NE(refusal_of("mean(applications.repaid)", {.clock = Clock::kNone}).find("declare `known_at`"),
            std::string::npos);
  EXPECT_EQ(refusal_of("count(applications)", {.clock = Clock::kNone}), "");
}

TEST(EarlierApplications, the_columns_of_the_outcome_are_refused_by_their_own_names) {
  EXPECT_NE(refusal_of("mean(applications.label)").find("write `repaid`"), std::string::npos);
  EXPECT_NE(refusal_of("count(applications where known is missing)").find("write `repaid`"), std::string::npos);
}

// --- laws

const std::vector<std::string> kExpressions = {"count(applications)",
                                               "count(applications over 30d)",
                                               "mean(applications.amount over all)",
                                               "last(applications.amount)",
                                               "days_since_last(applications)",
                                               "share(applications over all where repaid)",
                                               "mean(applications.repaid over 50d)",
                                               "sum(applications.amount over last 3 rows where not repaid)",
                                               "count(applications where repaid is missing)",
                                               "last(applications.repaid)"};

rc::Gen<std::vector<Loan>> any_loans() {
  const auto loan = rc::gen::apply(
      [](int at, int amount, int label, int days) {
        Loan made{at, static_cast<double>(amount), label, at + days};
        if (label == 2) made.label.reset();
        if (days == 40) made.known.reset();
        return made;
      },
      rc::gen::inRange(0, 100), rc::gen::inRange(0, 5), rc::gen::inRange(-1, 3), rc::gen::inRange(1, 41));
  return rc::gen::container<std::vector<Loan>>(loan);
}

std::vector<double> shown(std::vector<double> values) {
  std::ranges::replace_if(values, is_missing, -999.0);
  return values;
}

RC_GTEST_PROP(EarlierApplications, applications_from_T_on_change_nothing, ()) {
  const std::vector<Loan> loans = *any_loans();
  const int at = *rc::gen::inRange(0, 100);
  const Setting setting{.boundary = *rc::gen::element(Boundary::kBefore, Boundary::kAt)};
  std::vector<Loan> earlier = loans;
  std::erase_if(earlier, [&](const Loan& loan) { return loan.at >= at; });
  RC_ASSERT(shown(values_of(kExpressions, loans, at, setting)) == shown(values_of(kExpressions, earlier, at, setting)));
}

RC_GTEST_PROP(EarlierApplications, outcomes_known_after_T_change_nothing, ()) {
  const std::vector<Loan> loans = *any_loans();
  const int at = *rc::gen::inRange(0, 100);
  std::vector<Loan> others = loans;
  for (Loan& loan : others) {
    if (loan.known && *loan.known <= at) continue;
    loan.label = *rc::gen::inRange(-1, 2);
    if (loan.known) loan.known = *rc::gen::inRange(at + 1, at + 50);
  }
  RC_ASSERT(shown(values_of(kExpressions, loans, at)) == shown(values_of(kExpressions, others, at)));
}

// --- oracle: the same by loops over the list of loans

struct Naive {
  double count = 0, open = 0, repaid = 0, defaulted = 0, amount = 0, last_at = -1;
};

Naive naive(const std::vector<Loan>& loans, int at) {
  Naive sums;
  for (const Loan& loan : loans) {
    if (loan.at >= at) continue;
    const bool known = loan.known && *loan.known <= at && loan.label && *loan.label != -1;
    ++sums.count;
    sums.amount += loan.amount;
    sums.last_at = std::max<double>(sums.last_at, loan.at);
    ++(!known ? sums.open : *loan.label == 1 ? sums.repaid : sums.defaulted);
  }
  return sums;
}

RC_GTEST_PROP(EarlierApplications, agree_with_loops_over_the_list, ()) {
  std::vector<Loan> loans = *any_loans();
  std::ranges::sort(loans, {}, &Loan::at);
  const auto copies = std::ranges::unique(loans, {}, &Loan::at);
  loans.erase(copies.begin(), copies.end());
  const int at = *rc::gen::inRange(0, 100);
  const Naive wanted = naive(loans, at);
  const std::vector<double> got = shown(values_of(
      {"count(applications)", "sum(applications.amount)", "days_since_last(applications)",
       "count(applications where repaid is missing)", "count(applications where repaid)",
       "count(applications where not repaid)", "share(applications where repaid)", "mean(applications.repaid)"},
      loans, at));
  const double told = wanted.repaid + wanted.defaulted;
  RC_ASSERT(got[0] == wanted.count);
  RC_ASSERT(got[1] == (wanted.count == 0 ? got[1] : wanted.amount));
  RC_ASSERT(got[2] == (wanted.count == 0 ? -999.0 : at - wanted.last_at));
  RC_ASSERT(got[3] == wanted.open);
  RC_ASSERT(got[4] == wanted.repaid);
  RC_ASSERT(got[5] == wanted.defaulted);
  RC_ASSERT(got[6] == (wanted.count == 0 ? -999.0 : wanted.repaid / wanted.count));
  RC_ASSERT(got[7] == (told == 0 ? -999.0 : wanted.repaid / told));
}

}  // namespace
}  // namespace asof
