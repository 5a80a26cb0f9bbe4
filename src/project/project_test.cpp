#include "project/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/random.h"
#include "features/plan.h"
#include "testing/places.h"

namespace asof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMobileLender = R"(name: mobile-lender
note: simulated data
time_zone: Africa/Nairobi
tables:
  gps:      {from: data/gps.parquet, entity: user_id, time: time_of_fix, id: id, missing: {land_speed: [-1]}}
  events:   {from: "postgres:${DATABASE_URL}#events", entity: user_id, time: timestamp, id: id, known_at: received_at}
  features: {from: data/features.csv, entity: user_id, allow_undated: true}
  applications: {from: data/loan_outcomes.csv, entity: user_id, time: application_at}
target: {table: applications, label: is_repaid, good: 1, performance_window: 90d, observed_until: 2025-06-30}
features:
  application: [amount, term_days]
  define:
    night_share_30d: share(events over 30d where hour(timestamp) < 6)
    movement:
      speed_change: mean(gps.land_speed over 7d) / mean(gps.land_speed over 90d)
train: {holdout: 0.25, seed: 7, folds: 4, repeats: 3, candidates: [logistic, xgboost], group: household,
        texts: [target, frequency], clip: 0.005}
weight: exposure
)";

std::optional<std::string> database_only(const std::string& variable) {
  if (variable == "DATABASE_URL") return "postgresql://asof:s3cret-pass@db.example/lender";
  if (variable == "FOLDER") return "/data";
  if (variable == "EMPTY") return "";
  return std::nullopt;
}

Project parse(std::string text) { return parse_project(std::move(text), "/lender/asof.yaml", database_only); }

/// The message with which a text is refused; empty when it is not.
std::string refusal(std::string text) {
  try {
    parse(std::move(text));
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput) << error.what();
    return error.what();
  }
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

/// A small file with room for what a test is about: `tables`, `target` and `rest` are put in as they are.
std::string small(std::string_view table_keys = "", std::string_view target_keys = "", std::string_view rest = "") {
  return format(
      "name: small\n"
      "tables:\n"
      "  applications: {{from: a.csv, entity: user_id, time: application_at}}\n"
      "  events: {{from: e.csv, entity: user_id{}}}\n"
      "target: {{label: repaid, good: 1{}}}\n"
      "features: {{define: {{n: count(events)}}}}\n"
      "{}",
      table_keys.empty() ? ", time: at" : table_keys, target_keys, rest);
}

TEST(Project, reads_every_part_of_a_file) {
  const Project project = parse(kMobileLender);
  EXPECT_EQ(project.name, "mobile-lender");
  EXPECT_EQ(project.note, "simulated data");
  EXPECT_EQ(project.time_zone, "Africa/Nairobi");
  EXPECT_EQ(project.weight, "exposure");
  EXPECT_EQ(project.boundary, Boundary::kBefore);
  EXPECT_THAT(project.application_features, ElementsAre("amount", "term_days"));

  EXPECT_EQ(project.target.table, "applications");
  EXPECT_EQ(project.target.label, "is_repaid");
  EXPECT_EQ(project.target.good, "1");
  EXPECT_EQ(project.target.performance_window, parse_duration("90d"));
  EXPECT_EQ(to_string(project.target.observed_until), "2025-06-29T21:00:00Z") << "midnight in Nairobi";

  EXPECT_EQ(project.train.holdout, 0.25);
  EXPECT_EQ(project.train.seed, 7U);
  EXPECT_EQ(project.train.folds, 4);
  EXPECT_EQ(project.train.repeats, 3);
  EXPECT_THAT(project.train.candidates, ElementsAre("logistic", "xgboost"));
  EXPECT_EQ(project.train.group, "household");
  EXPECT_THAT(project.train.texts, ElementsAre("target", "frequency"));
  EXPECT_EQ(project.train.clip, 0.005);
}

TEST(Project, puts_the_applications_first_and_keeps_the_order_of_the_other_tables) {
  const Project project = parse(kMobileLender);
  std::vector<std::string> names;
  for (const TableSpec& table : project.tables) names.push_back(table.name);
  EXPECT_THAT(names, ElementsAre("applications", "gps", "events", "features"));
  EXPECT_EQ(project.applications().role, TableRole::kApplications);
  EXPECT_EQ(project.table("gps").role, TableRole::kEvents);
  EXPECT_EQ(project.table("features").role, TableRole::kUndated);
}

TEST(Project, definitions_keep_their_order_their_lines_and_their_families) {
  const Project project = parse(kMobileLender);
  ASSERT_EQ(project.definitions.size(), 2U);
  EXPECT_EQ(project.definitions[0], (Definition{.name = "night_share_30d",
                                                .expression = "share(events over 30d where hour(timestamp) < 6)",
                                                .origin = "asof.yaml",
                                                .line = 13}));
  EXPECT_EQ(project.definitions[1].family, "movement");
  EXPECT_EQ(project.definitions[1].line, 15);
}

TEST(Project, a_path_is_relative_to_the_file_and_a_url_is_filled_in_from_the_environment) {
  const Project project = parse(kMobileLender);
  EXPECT_EQ(project.table("gps").from, "/lender/data/gps.parquet");
  EXPECT_EQ(project.table("events").from, "postgres:postgresql://asof:s3cret-pass@db.example/lender#events");
  EXPECT_EQ(project.sources_as_written.at("events"), "postgres:${DATABASE_URL}#events");
  EXPECT_EQ(parse(replaced(small(), "e.csv", "../logs/*.csv")).table("events").from, "/logs/*.csv");
  EXPECT_EQ(parse(replaced(small(), "e.csv", "\"${FOLDER}/e.csv\"")).table("events").from, "/data/e.csv");
}

TEST(Project, what_the_environment_filled_in_is_hidden_in_texts) {
  const Project project = parse(kMobileLender);
  EXPECT_EQ(without_secrets(project, "cannot connect to postgresql://asof:s3cret-pass@db.example/lender: no"),
            "cannot connect to ${DATABASE_URL}: no");
  EXPECT_EQ(without_secrets(project, "tried s3cret-pass twice: s3cret-pass"),
            "tried ${DATABASE_URL} twice: ${DATABASE_URL}");
}

TEST(Project, a_variable_that_is_not_set_is_named) {
  EXPECT_THAT(
      refusal(replaced(small(), "e.csv", "\"postgres:${NOWHERE}#e\"")),
      HasSubstr("asof.yaml line 4, column 18: `tables.events.from`: the environment variable `NOWHERE` is not set"));
  EXPECT_THAT(refusal(replaced(small(), "e.csv", "\"postgres:${EMPTY}#e\"")), HasSubstr("`EMPTY` is empty"));
  EXPECT_THAT(refusal(replaced(small(), "e.csv", "\"postgres:${#e\"")), HasSubstr("expected `${NAME}`"));
}

TEST(Project, variables_are_filled_in_nowhere_else) {
  EXPECT_THAT(refusal(replaced(small(), "name: small", "name: small\nnote: ${HOME}")),
              HasSubstr("`note` cannot be read from the environment"));
}

TEST(Project, a_password_in_the_file_is_refused_and_not_repeated) {
  for (const char* from : {"postgres:postgresql://asof:hunter2@db/lender#events",
                           "postgres:postgresql://db/x?password=hunter2#e", "postgres:host=db password=hunter2#e"}) {
    const std::string message = refusal(replaced(small(), "e.csv", format("\"{}\"", from)));
    EXPECT_THAT(message, HasSubstr("a password is written out"));
    EXPECT_THAT(message, Not(HasSubstr("hunter2")));
  }
  EXPECT_EQ(refusal(replaced(small(), "e.csv", "\"postgres:postgresql://asof:${DATABASE_URL}@db/lender#events\"")), "");
}

TEST(Project, short_and_long_forms_of_columns_mean_the_same) {
  const Project short_form =
      parse(small(", time: at, epoch: seconds, missing: {speed: [-1, unknown]}, columns: {speed: real}"));
  const Project long_form =
      parse(small(", time: at, columns: {at: {epoch: seconds}, speed: {type: real, missing: [-1, unknown]}}"));
  EXPECT_EQ(short_form.table("events").columns, long_form.table("events").columns);
  EXPECT_THAT(short_form.table("events").columns.at("speed").missing, ElementsAre("-1", "unknown"));
  EXPECT_THAT(refusal(small(", time: at, missing: {speed: [-1]}, columns: {speed: {missing: [-2]}}")),
              HasSubstr("expected it in one place"));
  EXPECT_THAT(refusal(small(", time: at, epoch: seconds, columns: {at: {epoch: seconds}}")),
              HasSubstr("expected it in one place"));
  EXPECT_THAT(refusal(small(", time: at, columns: {at: {epoch: seconds, type: integer}}")),
              HasSubstr("expected `time`"));
}

TEST(Project, an_unknown_key_is_answered_with_the_nearest_known_one) {
  EXPECT_EQ(refusal(small(", tme: at")),
            "/lender/asof.yaml line 4, column 42: unknown key `tme` in `tables.events`; did you mean `time`?\n"
            "      events: {from: e.csv, entity: user_id, tme: at}\n"
            "                                             ^");
  EXPECT_THAT(refusal(small("", "", "trian: {}\n")),
              HasSubstr("line 7, column 1: unknown key `trian`; did you mean `train`?"));
  EXPECT_THAT(refusal(small(", time: at, columns: {a: {tpye: real}}")),
              HasSubstr("unknown key `tpye` in `tables.events.columns.a`; did you mean `type`?"));
}

TEST(Project, a_key_given_twice_is_refused) {
  EXPECT_THAT(refusal(small(", time: at, time: on")), HasSubstr("`time` is given twice; the first one is in line 4"));
  EXPECT_THAT(refusal(replaced(small(), "target:", "  events: {from: f.csv, entity: user_id, time: at}\ntarget:")),
              HasSubstr("line 5, column 3: `events` is given twice; the first one is in line 4"));
}

struct WrongValue {
  const char* what;
  const char* by;
  const char* message;
};

class WrongValues : public ::testing::TestWithParam<WrongValue> {};

TEST_P(WrongValues, are_refused_with_what_was_expected) {
  EXPECT_THAT(refusal(replaced(kMobileLender, GetParam().what, GetParam().by)), HasSubstr(GetParam().message));
}

constexpr WrongValue kWrongValues[] = {
    {"name: mobile-lender", "name: ../lender",
     "`name` is `../lender`; expected a name of letters, digits, `.`, `_` and `-`"},
    {"name: mobile-lender\n", "", "line 1, column 1: `name` is missing; expected a name"},
    {"Africa/Nairobi", "Africa/Nairobbi", "line 3, column 12: `time_zone`: "},
    {"Africa/Nairobi", "Africa/Nairobbi", "Africa/Nairobi"},
    {"weight:", "boundary: after\nweight:", "`boundary` is `after`; expected `before` or `at`"},
    {"entity: user_id, time: time_of_fix, ", "time: time_of_fix, ",
     "`entity` is missing in `tables.gps`; expected the name of a column"},
    {"entity: user_id, time: time_of_fix, ", "entity: [user_id], time: time_of_fix, ",
     "`tables.gps.entity` is a list; expected the name of a column"},
    {"  gps: ", "  2gps: ", "`tables` is `2gps`; expected a name of letters, digits and `_`"},
    {"good: 1, ", "", "`good` is missing in `target`"},
    {"good: 1, ", "good: , ", "`target.good` is nothing; expected a value of the column"},
    {"90d", "90", "`target.performance_window` is `90`; expected a length of time such as `90d`"},
    {"2025-06-30", "30.06.2025", "`target.observed_until` is `30.06.2025`; expected a date or a time"},
    {"holdout: 0.25", "holdout: 25", "`train.holdout` is `25`; expected a number greater than 0 and less than 1"},
    {"seed: 7", "seed: '7'", "`train.seed` is the text '7'; expected an integer from 0 to"},
    {"seed: 7", "seed: 7.5", "`train.seed` is `7.5`; expected an integer"},
    {"folds: 4", "folds: 1", "`train.folds` is `1`; expected an integer from 2 to"},
    {"allow_undated: true", "allow_undated: yes",
     "`tables.features.allow_undated` is `yes`; expected `true` or `false`"},
    {"holdout: 0.25", "holdout: {}", "`train.holdout` is a mapping; expected a number"},
    {"texts: [target", "texts: [targets", "`targets`"},
    {"texts: [target, frequency]", "texts: []", "`texts` names no way; expected one at least"},
    {"clip: 0.005", "clip: 0.5", "`clip` is of either end; expected a share below 0.5"},
    {"candidates: [logistic", "candidates: [[logistic]", "`train.candidates` is a list; expected a text"},
    {"missing: {land_speed: [-1]}", "missing: land_speed",
     "`tables.gps.missing` is `land_speed`; expected a mapping from names"},
    {"    night_share_30d: ", "    night_share_30d: [a] #",
     "`features.define.night_share_30d` is a list; expected an expression"},
    {"train: {", "train: [", "this is not YAML: "},
    {"name: mobile-lender", "name: *other", "line 1, column 7: this is not YAML: "},
    {"name: mobile-lender", "name: &a mobile-lender", "anchors and aliases"},
    {"name: mobile-lender", "name: !!str mobile-lender", "the tag `tag:yaml.org,2002:str` is not read here"},
    {"weight:", "---\nweight:", "a second document begins"},
    {"weight:", "[a, b]: c\nweight:", "a list cannot be a key"},
};

INSTANTIATE_TEST_SUITE_P(Project, WrongValues, ::testing::ValuesIn(kWrongValues));

TEST(Project, keys_that_do_not_go_together_are_refused) {
  EXPECT_THAT(refusal(small(", allow_undated: true, id: id")), HasSubstr("`id` is for rows with a time"));
  EXPECT_THAT(refusal(small(", time: at, allow_undated: true")), HasSubstr("so it is not undated"));
  EXPECT_THAT(refusal(small(", time: user_id")), HasSubstr("the same column"));
  EXPECT_THAT(refusal(small(", time: at, known_at: k, delay: 1d")), HasSubstr("expected either `known_at` or `delay`"));
  EXPECT_THAT(refusal(small(", time: at, valid_from: 2020-01-01T00:00:00Z, valid_to: 2019-01-01T00:00:00Z")),
              HasSubstr("no row would be left"));
  EXPECT_THAT(refusal(small(", epoch: seconds, allow_undated: true")), HasSubstr("this table has none"));
  EXPECT_THAT(refusal(small("", ", known_at: k, performance_window: 9d")),
              HasSubstr("expected either `known_at` or `performance_window`"));
  EXPECT_THAT(refusal(small("", ", observed_until: 2025-01-01T00:00:00Z")),
              HasSubstr("`performance_window`, which is missing"));
  EXPECT_THAT(refusal(small("", ", indeterminate: [0, 1]")), HasSubstr("`1` is `good`, and cannot be indeterminate"));
  EXPECT_THAT(refusal(replaced(small(), "time: application_at", "time: application_at, delay: 1d")),
              HasSubstr("known when they are made"));
  EXPECT_THAT(refusal(small("", "", "train: {group: repaid}\n")), HasSubstr("`group` is the outcome itself"));
}

DecisionRule decision_of(const std::string& keys) {
  return parse(small("", "", "decision: {" + keys + "}\n")).decision;
}

TEST(Project, a_decision_is_by_f1_or_as_its_block_says) {
  EXPECT_EQ(parse(small()).decision, DecisionRule());
  EXPECT_EQ(decision_of("by: f1"), DecisionRule());
  EXPECT_EQ(decision_of(""), DecisionRule());
  EXPECT_EQ(decision_of("by: cost, loss_given_default: 0.6, margin: 0.12"),
            (DecisionRule{.by = DecideBy::kCost, .costs = LoanCosts{0.6, 0.12}}));
  EXPECT_EQ(decision_of("by: approval_rate, approve: 0.7"),
            (DecisionRule{.by = DecideBy::kApprovalRate, .approve = 0.7}));
  EXPECT_EQ(decision_of("by: bad_rate, at_most: 0.05, loss_given_default: 1, margin: 1"),
            (DecisionRule{.by = DecideBy::kBadRate, .costs = LoanCosts{1.0, 1.0}, .at_most = 0.05}));
  EXPECT_EQ(decision_of("loss_given_default: 0.6, margin: 0.12"), (DecisionRule{.costs = LoanCosts{0.6, 0.12}}));
}

TEST(Project, a_decision_with_a_setting_too_few_or_too_many_is_refused) {
  const auto refused = [](const std::string& keys) { return refusal(small("", "", "decision: {" + keys + "}\n")); };
  EXPECT_THAT(refused("by: costs"),
              HasSubstr("line 7, column 16: `decision.by` is `costs`; expected `f1`, `cost`, `approval_rate` or "
                        "`bad_rate`; did you mean `cost`?"));
  EXPECT_THAT(refused("by: cost, loss_given_defalt: 0.6"),
              HasSubstr("unknown key `loss_given_defalt` in `decision`; did you mean `loss_given_default`?"));
  EXPECT_THAT(refused("by: cost"), HasSubstr("expected `loss_given_default` and `margin`"));
  EXPECT_THAT(refused("by: cost, margin: 0.1"), HasSubstr("line 7, column 30: `margin` stands alone"));
  EXPECT_THAT(refused("loss_given_default: 0.6"), HasSubstr("`loss_given_default` stands alone"));
  EXPECT_THAT(refused("by: cost, loss_given_default: 60, margin: 0.1"),
              HasSubstr("`decision.loss_given_default` is `60`; expected a number greater than 0 and not above 1"));
  EXPECT_THAT(refused("by: cost, loss_given_default: 0.6, margin: 0"), HasSubstr("`decision.margin` is `0`; expected"));
  EXPECT_THAT(refused("by: approval_rate"), HasSubstr("`by: approval_rate` needs `approve`; expected a number"));
  EXPECT_THAT(refused("by: bad_rate"), HasSubstr("`by: bad_rate` needs `at_most`; expected a number"));
  EXPECT_THAT(refused("by: approval_rate, approve: 1"), HasSubstr("`decision.approve` is `1`; expected a number"));
  EXPECT_THAT(
      refused("by: approval_rate, approve: 0.7, at_most: 0.05"),
      HasSubstr("column 54: `at_most` is read by `by: bad_rate` alone, and this decision is by `approval_rate`"));
  EXPECT_THAT(refused("approve: 0.7"), HasSubstr("`approve` is read by `by: approval_rate` alone"));
}

TEST(Project, a_moment_without_an_offset_needs_the_time_zone) {
  EXPECT_THAT(refusal(small(", time: at, valid_from: 2020-01-01")), HasSubstr("give the file a `time_zone`"));
  EXPECT_EQ(refusal(small(", time: at, valid_from: 2020-01-01", "", "time_zone: UTC\n")), "");
}

TEST(Project, an_undated_table_must_be_allowed_by_name) {
  const std::string message = refusal(small(", allow_undated: false"));
  EXPECT_THAT(message, HasSubstr("table `events` has no `time`: its rows cannot be shown to predate the application"));
  EXPECT_THAT(message, HasSubstr("write `allow_undated: true`"));
  EXPECT_EQ(parse(small(", allow_undated: true")).table("events").role, TableRole::kUndated);
}

TEST(Project, latest_makes_a_table_one_of_dated_attributes) {
  EXPECT_EQ(parse(small(", time: at, latest: true")).table("events").role, TableRole::kDated);
}

TEST(Project, without_a_table_named_applications_the_target_is_what_is_scored) {
  const std::string text = replaced(small("", ", table: loans"), "applications:", "loans:");
  EXPECT_EQ(parse(text).applications().name, "loans");
  EXPECT_THAT(refusal(replaced(small("", ", table: loan"), "applications:", "loans:")),
              HasSubstr("there is no table `loan`; did you mean `loans`?"));
  EXPECT_THAT(refusal(replaced(small(), "applications:", "loans:")), HasSubstr("there is no table `applications`"));
}

TEST(Project, applications_need_a_time) {
  EXPECT_THAT(refusal(replaced(small(), "time: application_at", "allow_undated: true")),
              HasSubstr("table `applications` holds the applications and has no `time`"));
}

TEST(Project, outcomes_in_a_table_of_their_own_are_history_only_once_they_were_known) {
  const std::string text =
      replaced(small("", ", table: outcomes, known_at: outcome_at"),
               "target:", "  outcomes: {from: o.csv, entity: user_id, time: application_at}\ntarget:");
  const Project project = parse(text);
  EXPECT_EQ(project.applications().name, "applications");
  EXPECT_EQ(project.table("outcomes").known_at, "outcome_at");
  const Project delayed = parse(replaced(text, "known_at: outcome_at", "performance_window: 30d"));
  EXPECT_EQ(delayed.table("outcomes").delay, parse_duration("30d"));
  EXPECT_THAT(refusal(replaced(text, "time: application_at}\ntarget", "allow_undated: true}\ntarget")),
              HasSubstr("cannot be joined to the applications"));
}

TEST(Project, the_outcome_is_never_a_feature) {
  EXPECT_THAT(refusal(replaced(small(), "{define:", "{application: [repaid], define:")),
              HasSubstr("`repaid` tells the outcome"));
  EXPECT_THAT(refusal(replaced(small(), "count(events)", "applications.repaid")),
              HasSubstr("asof.yaml line 6: feature `n` reads `applications.repaid`, which tells the outcome"));
  EXPECT_EQ(refusal(replaced(small(), "count(events)", "applications.amount")), "");
  EXPECT_EQ(refusal(replaced(small(), "time: application_at", "time: application_at, where: repaid != 9")), "")
      << "which applications take part may depend on it";
}

TEST(Project, features_name_something) {
  EXPECT_THAT(refusal(replaced(small(), "{define: {n: count(events)}}", "{}")),
              HasSubstr("names nothing to compute a score from"));
  EXPECT_THAT(refusal(replaced(small(), "define: {n: count(events)}", "packs: mobile-lender/clasic")),
              HasSubstr("there is no feature pack `mobile-lender/clasic`"));
}

TEST(Project, texts_are_kept_as_written) {
  EXPECT_EQ(parse(replaced(small(), "good: 1", "good: 007")).target.good, "007");
  EXPECT_EQ(parse(replaced(small(), "good: 1", "good: no")).target.good, "no");
  EXPECT_EQ(parse(replaced(small(), "good: 1", "good: 'true'")).target.good, "true");
}

TEST(Project, columns_are_counted_in_characters_and_line_ends_do_not_matter) {
  EXPECT_THAT(refusal(replaced(small(), "name: small", "name: small\nnote: \"Kéñya\"\r\nsummary: x\r")),
              HasSubstr("line 3, column 1: unknown key `summary`"));
  EXPECT_THAT(refusal("{note: \"Kéñya\", nmae: x}"), HasSubstr("line 1, column 17: unknown key `nmae`"));
  EXPECT_EQ(parse("\xEF\xBB\xBF" + small()).name, "small");
}

TEST(Project, a_file_that_is_no_mapping_is_refused) {
  EXPECT_THAT(refusal(""), HasSubstr("the file is nothing; expected a mapping of keys"));
  EXPECT_THAT(refusal("- a\n"), HasSubstr("the file is a list"));
  EXPECT_THAT(refusal(std::string(100'000, '[')), HasSubstr("this is not YAML"));
}

TEST(Project, whatever_the_text_it_is_read_or_refused_in_words) {
  constexpr std::size_t kTexts = 4000;
  constexpr std::string_view kBytes = "{}[]:,#&*!|>'\"%@`-? \n\t\r~0a$\\\xC3\xA9\xFF";
  const std::string original = kMobileLender;
  for (std::size_t i = 0; i < kTexts; ++i) {
    Random random(7, i);
    std::string text = original;
    for (std::uint64_t change = 1 + random.below(4); change > 0; --change) {
      const std::size_t at = random.below(text.size());
      const std::size_t length = std::min<std::size_t>(random.below(4), text.size() - at);
      text.replace(at, length, random.below(3), kBytes[random.below(kBytes.size())]);
    }
    try {
      parse(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kInvalidInput) << text;
      EXPECT_NE(std::string_view(error.what()), "") << text;
    }
  }
}

TEST(Project, a_folder_stands_for_the_file_in_it) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "project_folder";
  std::filesystem::create_directories(folder);
  write_file(folder / "asof.yaml", small());
  EXPECT_EQ(read_project(folder).file, folder / "asof.yaml");
  EXPECT_EQ(read_project(folder / "asof.yaml").table("events").from, (folder / "e.csv").string());
  std::filesystem::remove_all(folder);
  try {
    read_project(folder / "asof.yaml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("`asof init`"));
  }
}

TEST(Project, the_examples_can_be_read) {
  const std::filesystem::path examples = std::filesystem::path(testing::kSourceFolder) / "examples";
  std::size_t read = 0;
  for (const auto& folder : std::filesystem::directory_iterator(examples)) {
    if (!std::filesystem::exists(folder.path() / "asof.yaml")) continue;
    EXPECT_NO_THROW(read_project(folder.path())) << folder.path();
    ++read;
  }
  EXPECT_GE(read, 1U);
}

TEST(Project, the_credit_card_score_reads_no_protected_attribute) {
  const Project project = read_project(std::filesystem::path(testing::kSourceFolder) / "examples" / "credit-card");
  const ColumnsRead read = columns_read(project.definitions, project.applications(), project.history());
  EXPECT_EQ(read.of_tables.at("clients"), (std::set<std::string>{"education", "limit_bal"}));
}

TEST(Project, a_table_that_does_not_exist_is_answered_with_the_nearest) {
  const Project project = parse(kMobileLender);
  EXPECT_THROW(static_cast<void>(project.table("event")), Error);
}

}  // namespace
}  // namespace asof
