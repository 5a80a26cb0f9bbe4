// From files to a labelled matrix: which applications take part, which outcome each has, and that none of them shows.
#include "dataset/assemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;
using testing::thrown_by;

/// A lender in two or three files. Person 1 applies three times; 2 and 3 once.
struct Lender {
  std::string applications =
      "user_id,application_at,repaid,outcome_at,staff,weight,branch\n"
      "1,2024-03-01T00:00:00Z,1,2024-04-01T00:00:00Z,f,1,a\n"
      "1,2024-05-01T00:00:00Z,0,2024-06-01T00:00:00Z,f,2,a\n"
      "1,2024-07-01T00:00:00Z,1,,f,1,b\n"
      "2,2024-03-02T00:00:00Z,0,2024-04-02T00:00:00Z,t,1,b\n"
      "3,2024-03-03T00:00:00Z,,,f,0.5,c\n";
  std::string outcomes =
      "user_id,application_at,repaid,outcome_at,status\n"
      "1,2024-03-01T00:00:00Z,1,2024-04-01T00:00:00Z,ok\n"
      "1,2024-05-01T00:00:00Z,0,,ok\n"
      "2,2024-03-02T00:00:00Z,0,2024-04-02T00:00:00Z,void\n";
  std::string tables = "  applications: {from: a.csv, entity: user_id, time: application_at}\n";
  std::string target = "{label: repaid, good: 1, known_at: outcome_at}";
  std::string define = "{n: count(events)}";
  std::string more;
};

constexpr const char* kOwnTarget = "{table: outcomes, label: repaid, good: 1, known_at: outcome_at}";
constexpr const char* kOwnTable =
    "  applications: {from: a.csv, entity: user_id, time: application_at}\n"
    "  outcomes: {from: o.csv, entity: user_id, time: application_at}\n";

Assembled assembled(const Lender& lender) {
  const TemporaryFolder folder;
  write_file(folder / "a.csv", lender.applications);
  write_file(folder / "o.csv", lender.outcomes);
  write_file(folder / "e.csv", "id,user_id,at\n1,1,2024-02-01T00:00:00Z\n2,2,2024-02-02T00:00:00Z\n");
  write_file(folder / "asof.yaml", "name: small\ntables:\n" + lender.tables +
                                       "  events: {from: e.csv, entity: user_id, time: at, id: id}\ntarget: " +
                                       lender.target + "\nfeatures: {define: " + lender.define + "}\n" + lender.more);
  return assemble(read_project(folder.path()), {});
}

std::string refusal(const Lender& lender) {
  return thrown_by([&] { static_cast<void>(assembled(lender)); }).message;
}

std::vector<double> feature(const Assembled& result, std::size_t column = 0) {
  std::vector<double> values;
  for (std::size_t row = 0; row < result.dataset.rows(); ++row)
    values.push_back(result.dataset.features.row(row)[column]);
  return values;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST(Assemble, an_outcome_that_was_not_yet_known_is_neither_good_nor_bad_and_still_has_features) {
  const Assembled result = assembled({});
  EXPECT_EQ(result.outcomes.repaid, 1U);
  EXPECT_EQ(result.outcomes.defaulted, 2U);
  EXPECT_EQ(result.outcomes.not_observable, 1U);
  EXPECT_EQ(result.outcomes.unlabelled, 1U);
  EXPECT_TRUE(is_missing(result.dataset.good[2]));
  EXPECT_THAT(feature(result), ElementsAre(1, 1, 1, 1, 0));
}

TEST(Assemble, a_window_that_was_not_over_when_observation_ended_tells_nothing) {
  const Assembled result =
      assembled({.target = "{label: repaid, good: 1, performance_window: 60d, observed_until: 2024-08-01T00:00:00Z}"});
  EXPECT_EQ(result.outcomes.not_observable, 1U) << "applied for in July";
  EXPECT_EQ(result.dataset.known_at[0] - result.dataset.times[0], parse_duration("60d"));
}

TEST(Assemble, values_that_mean_neither_are_counted_and_never_bad) {
  Lender lender{.target = "{label: repaid, good: 1, known_at: outcome_at, indeterminate: [9]}"};
  lender.applications = replaced(lender.applications, "Z,0,2024-06", "Z,9,2024-06");
  const Assembled result = assembled(lender);
  EXPECT_EQ(result.outcomes.indeterminate, 1U);
  EXPECT_EQ(result.outcomes.defaulted, 1U);
  lender.target = "{label: repaid, good: 1, known_at: outcome_at}";
  EXPECT_THAT(refusal(lender), AllOf(HasSubstr("two values were expected"), HasSubstr("indeterminate")));
}

TEST(Assemble, where_leaves_out_applications_and_counts_them) {
  const Lender lender{.tables =
                          "  applications: {from: a.csv, entity: user_id, time: application_at, "
                          "where: \"staff = false\", columns: {staff: {type: boolean}}}\n"};
  const Assembled result = assembled(lender);
  EXPECT_EQ(result.dataset.rows(), 4U);
  EXPECT_EQ(result.outcomes.excluded, 1U);
}

TEST(Assemble, applications_of_broken_clocks_are_left_out_and_counted) {
  const Lender lender{.tables =
                          "  applications: {from: a.csv, entity: user_id, time: application_at, "
                          "valid_from: 2024-03-02T00:00:00Z, valid_to: 2024-07-01T00:00:00Z}\n"};
  const Assembled result = assembled(lender);
  EXPECT_EQ(result.dataset.rows(), 3U);
  EXPECT_EQ(result.applications_read.left_out.outside_valid, 2U);
}

/// 300 persons with eight texts each at random, a row with a missing one among them; three applications each.
std::filesystem::path lender_of_pairs(const TemporaryFolder& folder, bool turned_around) {
  Random random(5);
  std::vector<std::string> events, applications;
  for (int user = 0; user < 300; ++user) {
    for (int i = 0; i < 8; ++i) {
      const char* const kinds[] = {"home", "loan", "pay > off", "quit", ""};
      events.push_back(format("{},{},2024-0{}-0{}T00:00:00Z,{}\n", user * 8 + i, user, 1 + i / 3, 1 + i % 3,
                              kinds[random.below(5)]));
    }
    for (int month = 1; month < 4; ++month)
      applications.push_back(format("{},2024-0{}-28T00:00:00Z,{},2024-06-01T00:00:00Z\n", user, month, user % 2));
  }
  if (turned_around) std::ranges::reverse(events);
  write_file(folder / "a.csv", "user_id,application_at,repaid,outcome_at\n" + join(applications, ""));
  write_file(folder / "e.csv", "id,user_id,at,kind\n" + join(events, ""));
  write_file(folder / "asof.yaml", R"(name: small
tables:
  applications: {from: a.csv, entity: user_id, time: application_at}
  events: {from: e.csv, entity: user_id, time: at, id: id}
target: {label: repaid, good: 1, known_at: outcome_at}
features:
  define:
    top: top_bigram(events.kind over 60d)
    latest: last_bigram(events.kind where kind != 'quit')
    again: top
    homes: if(latest = 'home > home', 1, 0)
    kind: last(events.kind)
)");
  return folder.path();
}

TEST(Assemble, pairs_of_texts_are_the_same_for_any_threads_memory_and_order_of_rows) {
  const TemporaryFolder folder, other;
  const Assembled once = assemble(read_project(lender_of_pairs(folder, false)), {.threads = 1, .keep_histories = true});
  const std::vector<FeatureColumn>& columns = once.dataset.columns;
  EXPECT_THAT(columns[0].categories, Contains("home > pay > off"));
  EXPECT_EQ(columns[0].categories.size(), 16U);
  EXPECT_EQ(columns[1].categories.size(), 9U) << "without `quit`";
  EXPECT_EQ(columns[2].categories, columns[0].categories) << "another name of it";
  EXPECT_TRUE(std::ranges::is_sorted(columns[0].categories));
  EXPECT_THAT(feature(once, 0), Each(Not(kUnknownCategory)));
  const Assembled again =
      assemble(read_project(lender_of_pairs(other, true)), {.threads = 4, .memory = 1, .keep_histories = false});
  EXPECT_EQ(again.dataset.columns, columns);
  for (std::size_t row = 0; row < once.dataset.rows(); ++row) {
    std::vector<double> alone(columns.size());
    const std::uint32_t entity = once.applications.entity[row];
    once.plan.compute(once.applications.at(row), once.histories.of(entity), alone);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
      EXPECT_EQ(bits(again.dataset.features.row(row)[j]), bits(once.dataset.features.row(row)[j]));
      EXPECT_EQ(bits(alone[j]), bits(once.dataset.features.row(row)[j]));
    }
  }
}

TEST(Assemble, directions_are_those_of_features_that_are_numbers) {
  Lender lender{.define = "{n: count(events)}, application: [branch]"};
  lender.more = "directions: {n: decreases_risk}\n";
  const Assembled result = assembled(lender);
  for (const FeatureColumn& column : result.dataset.columns)
    EXPECT_EQ(column.direction, column.name == "n" ? Direction::kDecreasesRisk : Direction::kFree) << column.name;
  lender.more = "directions: {m: decreases_risk}\n";
  EXPECT_THAT(refusal(lender), HasSubstr("`directions` speaks of `m`, which is no feature; known: branch, n"));
  lender.more = "directions: {branch: decreases_risk}\n";
  EXPECT_THAT(refusal(lender), HasSubstr("`branch`, which is a text"));
  lender.more = "directions: {n: lowers_risk}\n";
  EXPECT_THAT(refusal(lender), HasSubstr("`directions.n` is `lowers_risk`"));
}

TEST(Assemble, weights_come_from_their_column_and_must_weigh_something) {
  Lender lender{.more = "weight: weight\n"};
  EXPECT_THAT(assembled(lender).dataset.weights, ElementsAre(1, 2, 1, 1, 0.5));
  for (const char* bad : {"0", "-1", ""}) {
    Lender wrong = lender;
    wrong.applications = replaced(lender.applications, "f,2,a", std::string("f,") + bad + ",a");
    EXPECT_THAT(refusal(wrong), AllOf(HasSubstr("table `applications`"), HasSubstr("column `weight`"),
                                      HasSubstr("a weight is a number above 0")))
        << bad;
  }
}

TEST(Assemble, rows_of_one_group_or_person_belong_together) {
  const Assembled result = assembled({.more = "train: {group: branch}\n"});
  const auto& groups = result.dataset.groups;
  EXPECT_EQ(groups[0], groups[1]);
  EXPECT_EQ(groups[1], groups[2]) << "the same person at two branches";
  EXPECT_EQ(groups[2], groups[3]) << "another person at one of these branches";
  EXPECT_NE(groups[3], groups[4]);
}

TEST(Assemble, an_application_without_a_time_is_refused_by_name_and_place) {
  Lender lender;
  lender.applications = replaced(lender.applications, "2,2024-03-02T00:00:00Z", "2,");
  EXPECT_THAT(refusal(lender), AllOf(HasSubstr("table `applications`"), HasSubstr("column `application_at`"),
                                     HasSubstr("an application needs a time")));
}

TEST(Assemble, two_labels_for_one_application_are_refused_unless_where_leaves_one) {
  Lender lender{.tables = kOwnTable, .target = kOwnTarget};
  lender.outcomes += "1,2024-03-01T00:00:00Z,0,2024-04-01T00:00:00Z,void\n";
  EXPECT_THAT(refusal(lender), AllOf(HasSubstr("table `outcomes`"), HasSubstr("two labels for one application")));
  lender.tables = replaced(kOwnTable, "o.csv,", "o.csv, where: \"status = 'ok'\",");
  const Assembled result = assembled(lender);
  EXPECT_EQ(result.outcomes.repaid, 1U);
  EXPECT_EQ(result.outcomes.unlabelled, 3U) << "the label of person 2 is void";
}

TEST(Assemble, an_outcome_without_a_time_is_refused) {
  Lender lender{.tables = kOwnTable, .target = kOwnTarget};
  lender.outcomes += "1,,0,2024-04-01T00:00:00Z,ok\n";
  EXPECT_THAT(refusal(lender), HasSubstr("belongs to no application"));
}

TEST(Assemble, earlier_outcomes_are_history_only_once_they_were_known) {
  const Lender lender{
      .tables = kOwnTable, .target = kOwnTarget, .define = "{n: count(outcomes), last: last(outcomes.repaid)}"};
  const Assembled result = assembled(lender);
  EXPECT_THAT(feature(result), ElementsAre(0, 1, 1, 0, 0)) << "of two earlier loans in July one is still open";
  EXPECT_EQ(feature(result, 1)[2], 1.0);
}

TEST(Assemble, outcomes_are_no_feature_where_nothing_says_when_they_were_known) {
  const Lender lender{.tables = kOwnTable,
                      .target = "{table: outcomes, label: repaid, good: 1}",
                      .define = "{x: last(outcomes.repaid)}"};
  EXPECT_THAT(refusal(lender),
              AllOf(HasSubstr("feature `x` reads `outcomes.repaid`"), HasSubstr("performance_window")));
  Lender other = lender;
  other.target = kOwnTarget;
  other.tables = replaced(kOwnTable, "o.csv,", "o.csv, delay: 1d,");
  EXPECT_THAT(refusal(other), HasSubstr("feature `x` reads `outcomes.repaid`")) << "a day is not when it was known";
}

TEST(Assemble, a_family_over_all_columns_holds_no_outcome) {
  const Assembled result = assembled({.define = "{\"for c in applications.*: own_{c}\": \"applications.{c}\"}"});
  std::vector<std::string> names;
  for (const FeatureColumn& column : result.dataset.columns) names.push_back(column.name);
  EXPECT_THAT(names, ElementsAre("own_staff", "own_weight", "own_branch"));
  EXPECT_THAT(refusal({.define = "{\"for c in [repaid]: own_{c}\": \"applications.{c}\"}"}),
              HasSubstr("tells the outcome"));
}

}  // namespace
}  // namespace asof
