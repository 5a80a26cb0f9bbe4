#include "project/starter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "project/guess.h"
#include "project/project.h"

namespace asof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

SurveyedTable table(const std::string& name, std::vector<SourceColumn> columns) {
  return {.name = name, .from = name + ".csv", .written = name + ".csv", .columns = std::move(columns)};
}

constexpr auto kInteger = ColumnType::kInteger;
constexpr auto kReal = ColumnType::kReal;
constexpr auto kText = ColumnType::kText;
constexpr auto kTime = ColumnType::kTime;

std::vector<SurveyedTable> lender() {
  return {table("events", {{"id", kInteger},
                           {"user_id", kInteger},
                           {"timestamp", kTime},
                           {"received_at", kTime},
                           {"screen_name", kText},
                           {"status", kText}}),
          table("features", {{"user_id", kInteger}, {"feature_1", kReal}, {"feature_2", kReal}}),
          table("gps", {{"id", kInteger}, {"user_id", kInteger}, {"time_of_fix", kInteger}, {"land_speed", kReal}}),
          table("loan_outcomes", {{"user_id", kInteger},
                                  {"application_at", kTime},
                                  {"outcome_at", kTime},
                                  {"amount", kReal},
                                  {"is_repaid", kInteger}})};
}

/// A log in which every table looks the same: labels 0 and 1, epochs in milliseconds.
Peek peek(bool naive) {
  return {.values = [](const SurveyedTable&, const std::string& column,
                       std::size_t) -> std::optional<std::vector<ValueCount>> {
            if (column == "is_repaid") return std::vector<ValueCount>{{"0", 60}, {"1", 40}};
            if (column == "status") return std::vector<ValueCount>{{"ok", 9}, {"failed", 1}};
            return std::nullopt;
          },
          .range =
              [](const SurveyedTable&, const std::string&) {
                return std::pair<std::int64_t, std::int64_t>{1'700'000'000'000, 1'710'000'000'000};
              },
          .naive = [naive](const SurveyedTable&, const std::string&) { return naive; }};
}

std::string answered(std::string text, std::string_view question, std::string_view answer) {
  const std::size_t at = text.find(question);
  EXPECT_NE(at, std::string::npos) << question;
  return at == std::string::npos ? text : text.replace(at, question.size(), answer);
}

Project parse(std::string text) {
  return parse_project(std::move(text), "/lender/asof.yaml", [](const std::string&) { return std::nullopt; });
}

TEST(Guess, finds_the_parts_that_columns_play) {
  const std::vector<SurveyedTable> tables = lender();
  const Guess guess = guess_roles(tables, peek(false));
  for (const Roles& roles : guess.roles) EXPECT_EQ(roles.entity, "user_id");
  EXPECT_EQ(guess.roles[0].time, "timestamp");
  EXPECT_EQ(guess.roles[0].known_at, "received_at");
  EXPECT_EQ(guess.roles[0].id, "id");
  EXPECT_EQ(guess.roles[1].time, "");
  EXPECT_EQ(guess.roles[2].time, "time_of_fix");
  EXPECT_EQ(guess.roles[2].epoch, EpochUnit::kMilliseconds);
  EXPECT_EQ(guess.roles[3].time, "application_at");
  EXPECT_EQ(guess.roles[3].outcome_at, "outcome_at");
  EXPECT_EQ(guess.roles[3].label, "is_repaid");
  EXPECT_EQ(guess.target, 3U) << "events have a `status` too";
}

TEST(Guess, a_label_says_which_of_its_values_is_good) {
  EXPECT_EQ(meaning_of_label("isRepaid"), LabelMeaning::kRepaid);
  EXPECT_EQ(meaning_of_label("default.payment.next.month"), LabelMeaning::kDefaulted);
  EXPECT_EQ(meaning_of_label("y"), LabelMeaning::kUnknown);
  EXPECT_TRUE(means_repaid("Fully Paid"));
  EXPECT_FALSE(means_repaid("not paid"));
  EXPECT_FALSE(means_repaid("Charged Off"));
}

TEST(Starter, can_be_read_once_its_questions_are_answered) {
  const std::vector<SurveyedTable> tables = lender();
  std::string text = guess_project("lender", tables, peek(true));
  EXPECT_THROW(parse(text), Error) << "undated rows are not allowed before somebody says so";
  text = answered(text, "# time_zone:", "time_zone:");
  text = answered(text, "# allow_undated:", "allow_undated:");
  const Project project = parse(text);

  EXPECT_EQ(project.applications().name, "loan_outcomes");
  EXPECT_EQ(project.applications().time, "application_at");
  EXPECT_EQ(project.target.label, "is_repaid");
  EXPECT_EQ(project.target.good, "1");
  EXPECT_EQ(project.target.known_at, "outcome_at");
  EXPECT_EQ(project.table("events").known_at, "received_at");
  EXPECT_EQ(project.table("gps").columns.at("time_of_fix").epoch, EpochUnit::kMilliseconds);
  EXPECT_EQ(project.table("features").role, TableRole::kUndated);
  std::vector<std::string> names;
  for (const Definition& definition : project.definitions) names.push_back(definition.name);
  EXPECT_THAT(names,
              ElementsAre("events_count", "events_count_30d", "events_days_since_last", "events_screen_name_distinct",
                          "events_status_distinct", "for column in features.*: features_{column}", "gps_count",
                          "gps_count_30d", "gps_days_since_last", "gps_land_speed_mean"));
}

TEST(Starter, asks_what_data_cannot_tell) {
  const std::vector<SurveyedTable> tables = lender();
  const std::string text = guess_project("lender", tables, peek(true));
  for (const char* question :
       {"# ? In which time zone are these times? They have no offset", "#   loan_outcomes.application_at",
        "# ? No column says when these rows happened", "# ? Which value means repaid?",
        "# ? Which of these were known when the application was made?", "# application: [amount]"}) {
    EXPECT_THAT(text, HasSubstr(question));
  }
  EXPECT_EQ(questions_in(text), 7U) << text;
}

TEST(Starter, leaves_out_applications_that_wait_to_be_scored) {
  std::vector<SurveyedTable> tables = lender();
  tables.insert(tables.begin(),
                table("to_predict", {{"user_id", kInteger}, {"application_at", kTime}, {"amount", kReal}}));
  const std::string text = guess_project("lender", tables, peek(false));
  EXPECT_THAT(text, HasSubstr("# To score it: asof predict --applications to_predict.csv\n"));
  EXPECT_THAT(text, Not(HasSubstr("from: to_predict.csv")));
  EXPECT_THAT(text, Not(HasSubstr("count(to_predict")));
}

TEST(Starter, leaves_out_what_a_score_may_not_read) {
  std::vector<SurveyedTable> tables = lender();
  tables[1] =
      table("clients",
            {{"user_id", kInteger}, {"Sex", kInteger}, {"age", kInteger}, {"credit_limit", kReal}, {"wage", kReal}});
  const std::string text = guess_project("lender", tables, peek(false));
  EXPECT_THAT(text, HasSubstr("# ? May the score read these? In many countries it may not: Sex, age\n"));
  EXPECT_THAT(text, HasSubstr("\"for column in [credit_limit, wage]: clients_{column}\": clients.{column}"));
}

TEST(Starter, without_a_label_asks_for_the_target) {
  std::vector<SurveyedTable> tables = lender();
  tables.pop_back();
  const Peek nothing = {.values = [](const SurveyedTable&, const std::string&, std::size_t) { return std::nullopt; },
                        .range = [](const SurveyedTable&, const std::string&) { return std::nullopt; },
                        .naive = [](const SurveyedTable&, const std::string&) { return false; }};
  EXPECT_THAT(guess_project("lender", tables, nothing), HasSubstr("# ? Which table and column hold the outcome"));
}

TEST(GuessedFile, values_and_names_with_line_breaks_stay_on_their_line) {
  std::vector<SurveyedTable> tables = lender();
  tables[3].columns.push_back({"odd\nname", kReal});
  tables.erase(tables.begin() + 1);  // undated, which is a question of its own
  Peek odd = peek(false);
  odd.values = [](const SurveyedTable&, const std::string& column, std::size_t) {
    return column == "is_repaid" ? std::optional(std::vector<ValueCount>{{"0\n\ttable: x\x01", 60}, {"1", 40}})
                                 : std::nullopt;
  };
  const std::string text = guess_project("lender", tables, odd);
  EXPECT_THAT(text, HasSubstr("label: is_repaid  # \"0\\n\\ttable: x\\x01\" (60 rows), 1 (40 rows)\n"));
  EXPECT_THAT(text, HasSubstr("\"odd\\nname\""));
  EXPECT_THAT(text, Not(HasSubstr("odd\n")));
  EXPECT_EQ(parse(text).target.label, "is_repaid");
}

TEST(Survey, tables_of_one_name_get_names_of_their_own) {
  const fs::path folder = fs::path(testing::TempDir()) / "survey_names";
  fs::remove_all(folder);
  std::vector<fs::path> inputs;
  for (const char* const name : {"1/a.csv", "2/a.csv", "a_2.csv", "3/a.csv"}) {
    inputs.push_back(folder / name);
    fs::create_directories(inputs.back().parent_path());
    write_file(inputs.back(), "id\n1\n");
  }
  std::vector<std::string> names;
  for (const SurveyedTable& surveyed : survey_files(inputs, folder)) names.push_back(surveyed.name);
  EXPECT_THAT(names, ElementsAre("a", "a_2", "a_2_2", "a_3"));
}

TEST(Survey, files_become_tables_with_names_and_paths_of_the_project) {
  const fs::path folder = fs::path(testing::TempDir()) / "survey";
  fs::remove_all(folder);
  fs::create_directories(folder / "data");
  write_file(folder / "data" / "loan-outcomes.csv",
             "user_id,application_at,is_repaid\n1,2024-03-01T00:00:00,1\n2,2024-03-02T00:00:00,0\n");
  write_file(folder / "data" / "2023 gps.csv",
             "user_id,time_of_fix,accuracy\n1,2024-02-01T00:00:00Z,4.5\n2,2024-02-01T00:00:00Z,7\n");
  const fs::path inputs[] = {folder / "data"};
  const std::vector<SurveyedTable> tables = survey_files(inputs, folder);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].name, "t_2023_gps");
  EXPECT_EQ(tables[1].name, "loan_outcomes");
  EXPECT_EQ(tables[1].written, "data/loan-outcomes.csv");

  const std::string text = guess_project("lender", tables, peek_into_sources(1, {}));
  EXPECT_THAT(text, HasSubstr("from: \"data/2023 gps.csv\""));
  EXPECT_THAT(text, HasSubstr("label: is_repaid  # 0 (1 rows), 1 (1 rows)"));
  EXPECT_THAT(text, HasSubstr("#   loan_outcomes.application_at\n"));
  EXPECT_THAT(text, Not(HasSubstr("#   t_2023_gps.time_of_fix\n")));
  const Project project = parse_project(answered(text, "# time_zone:", "time_zone:"), folder / "asof.yaml",
                                        [](const std::string&) { return std::nullopt; });
  EXPECT_EQ(project.table("t_2023_gps").from, (folder / "data" / "2023 gps.csv").string());
  EXPECT_EQ(project.target.good, "1");

  const fs::path empty[] = {folder};
  EXPECT_THROW(survey_files(empty, folder), Error);
}

}  // namespace
}  // namespace asof
