// The program as a person meets it: exit codes, sentences, and files that are never half-written.
#include <gtest/gtest.h>

#include <set>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "features/aggregation.h"
#include "lender.h"
#include "score/bundle.h"
#include "sources/source.h"

namespace asof {
namespace {

using testing::Ran;
using testing::run_asof;
using testing::TemporaryFolder;

/// One sentence on standard error, no more.
void expect_failure(const Ran& ran, int code, std::string_view said) {
  EXPECT_EQ(ran.code, code) << ran.err;
  EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
  EXPECT_TRUE(ran.err.starts_with("asof: ")) << ran.err;
}

TEST(CommandLine, every_command_has_help_with_an_example) {
  const Ran list = run_asof({"list", "commands", "--json"});
  ASSERT_EQ(list.code, 0) << list.err;
  const Json listed = parse_json(list.out);
  for (const Json& command : listed.at("commands").as_array()) {
    const std::string& name = command.at("name").as_string();
    const Ran help = run_asof({name, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_NE(help.out.find("asof " + name), std::string::npos) << help.out;
  }
}

TEST(CommandLine, what_is_unknown_is_answered_with_the_nearest_names) {
  expect_failure(run_asof({"trian"}), 2, "did you mean `train`");
  expect_failure(run_asof({"train", "--sed", "1"}), 2, "--sed");
  expect_failure(run_asof({"list", "metric"}), 2, "did you mean `metrics`");
  expect_failure(run_asof({}), 2, "asof --help");
}

TEST(CommandLine, a_missing_file_is_named) {
  expect_failure(run_asof({"train", "/nowhere/asof.yaml"}), 1, "/nowhere/asof.yaml");
  expect_failure(run_asof({"bundle", "/nowhere"}), 1, "/nowhere");
}

class WithLender : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    testing::make_lender(folder_->path(), {.users = 300});
    const Ran ran = run_asof({"train", folder_->path().string(), "--quiet"});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string file(const std::string& name) { return (*folder_ / name); }
  static Ran predict(const std::string& applications, const std::string& out) {
    return run_asof({"predict", folder_->path().string(), "-a", applications, "-o", out, "--quiet"});
  }

  static std::unique_ptr<TemporaryFolder> folder_;
};

std::unique_ptr<TemporaryFolder> WithLender::folder_;

TEST_F(WithLender, nothing_is_overwritten_without_being_told_to) {
  write_file(file("kept.csv"), "precious");
  expect_failure(predict(file("data/applications_to_predict.csv"), file("kept.csv")), 2, "--force");
  EXPECT_EQ(read_file(file("kept.csv")), "precious");
}

TEST_F(WithLender, how_much_memory_there_is_and_how_many_threads_change_no_byte) {
  const auto written = [](const std::string& command, const std::string& out, std::vector<std::string> more) {
    std::vector<std::string> words = {command, folder_->path().string(), "--out", file(out), "--force", "--quiet"};
    if (command == "predict") words.insert(words.end(), {"-a", file("data/applications_to_predict.csv")});
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = run_asof(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return read_file(file(out));
  };
  for (const char* command : {"features", "predict"}) {
    const std::string usual = written(command, "usual.csv", {"--threads", "2"});
    EXPECT_EQ(written(command, "spilled.csv", {"--threads", "1", "--memory", "0"}), usual) << command;
    EXPECT_EQ(written(command, "spilled.csv", {"--threads", "3", "--memory", "64KB"}), usual) << command;
  }
}

TEST_F(WithLender, every_example_of_an_aggregation_runs_as_it_is_listed) {
  std::string project = read_file(file("asof.yaml"));
  project.resize(project.find("\nfeatures:"));
  project += "\nfeatures:\n  define:\n";
  for (const Aggregation* one : all_aggregations()) project += format("    {}: {}\n", one->name, example_call(*one));
  write_file(file("examples.yaml"), project);
  const Ran ran = run_asof({"features", file("examples.yaml"), "--out", file("examples.csv"), "--quiet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string header = read_file(file("examples.csv"));
  for (const Aggregation* one : all_aggregations())
    EXPECT_NE(header.substr(0, header.find('\n')).find(one->name), std::string::npos) << one->name;
}

TEST_F(WithLender, a_failed_prediction_leaves_no_file) {
  write_file(file("bad.csv"), "user_id,application_at\n1,2024-01-01T00:00:00Z\nx,2024-01-01T00:00:00Z\n");
  expect_failure(predict(file("bad.csv"), file("none.csv")), 1, "line 3");
  EXPECT_FALSE(std::filesystem::exists(file("none.csv")));
}

TEST_F(WithLender, data_that_does_not_fit_the_bundle_is_refused_with_the_difference) {
  write_file(file("no_time.csv"), "user_id,applied\n1,2024-01-01T00:00:00Z\n");
  expect_failure(predict(file("no_time.csv"), file("none.csv")), 1, "application_at");
  write_file(file("half.csv"), "user_id,application_at\n1.5,2024-01-01T00:00:00Z\n");
  expect_failure(predict(file("half.csv"), file("none.csv")), 1, "1.5");
}

TEST_F(WithLender, a_user_without_any_row_is_scored_and_marked_thin) {
  write_file(file("stranger.csv"), "user_id,application_at\n999999999,2024-01-01T00:00:00Z\n");
  const Ran ran = run_asof({"predict", folder_->path().string(), "-a", file("stranger.csv"), "-o",
                            file("stranger_out.csv"), "--with", "default_probability,thin_file", "--quiet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto rows = testing::csv_rows(file("stranger_out.csv"));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_NEAR(std::stod(rows[0][2]) + std::stod(rows[0][3]), 1.0, 1e-12);
  EXPECT_EQ(rows[0][4], "true");
}

TEST_F(WithLender, predictions_come_in_the_order_of_the_applications) {
  write_file(file("order.csv"),
             "user_id,application_at\n9,2024-01-01T00:00:00Z\n3,2023-01-01T00:00:00Z\n9,2022-01-01T00:00:00.5Z\n");
  ASSERT_EQ(predict(file("order.csv"), file("order_out.csv")).code, 0);
  const auto rows = testing::csv_rows(file("order_out.csv"));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][0] + rows[1][0] + rows[2][0], "939");
  EXPECT_EQ(rows[2][1], "2022-01-01T00:00:00.500000Z");
}

TEST_F(WithLender, a_damaged_bundle_is_refused_by_the_name_of_the_part) {
  const std::filesystem::path copy = folder_->path() / "copy";
  std::filesystem::copy(folder_->path() / "models/lender", copy, std::filesystem::copy_options::recursive);
  std::string version = read_file(copy / "latest");
  version.pop_back();
  write_file(copy / version / "model.txt", "rubbish");
  expect_failure(run_asof({"bundle", copy.string()}), 1, "model.txt is damaged");
}

TEST_F(WithLender, an_explanation_adds_up) {
  const Ran ran = run_asof(
      {"explain", folder_->path().string(), "--user", "3", "--at", "2024-01-01T00:00:00Z", "--json", "--quiet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Json explanation = parse_json(ran.out);
  double sum = explanation.at("base").as_number();
  for (const Json& one : explanation.at("contributions").as_array()) sum += one.at("log_odds").as_number();
  EXPECT_NEAR(sum, explanation.at("log_odds").as_number(), 1e-9);
}

TEST_F(WithLender, predictions_are_parquet_when_the_file_is_called_so) {
  write_file(file("five.csv"),
             "user_id,application_at\n9,2024-01-01T00:00:00Z\n3,2023-01-01T00:00:00Z\n999999,2022-01-01T00:00:00.5Z\n");
  ASSERT_EQ(predict(file("five.csv"), file("five_out.csv")).code, 0);
  ASSERT_EQ(predict(file("five.csv"), file("five_out.parquet")).code, 0);
  const Table table = read_table({.table = "predictions",
                                  .from = file("five_out.parquet"),
                                  .columns = {{.name = "user_id", .type = {}},
                                              {.name = "application_at", .type = {}},
                                              {.name = "prediction_probability", .type = {}}}});
  const auto rows = testing::csv_rows(file("five_out.csv"));
  ASSERT_EQ(table.rows, rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) EXPECT_EQ(table.columns[i].display(row), rows[row][i]);
  }
}

TEST_F(WithLender, a_column_is_added_once) {
  write_file(file("one.csv"), "user_id,application_at\n9,2024-01-01T00:00:00Z\n");
  expect_failure(run_asof({"predict", folder_->path().string(), "-a", file("one.csv"), "-o", file("twice.csv"),
                           "--with", "log_odds,log_odds"}),
                 2, "log_odds is given twice");
  EXPECT_FALSE(std::filesystem::exists(file("twice.csv")));
}

TEST_F(WithLender, a_file_that_cannot_be_written_is_refused_before_anything_is_read) {
  expect_failure(run_asof({"predict", "/nowhere", "-o", file("out.txt")}), 2, "its name must end with");
  expect_failure(run_asof({"features", "/nowhere", "-o", file("out.txt")}), 2, "its name must end with");
}

TEST_F(WithLender, another_zone_or_boundary_than_the_bundles_is_refused) {
  const std::string project = read_file(file("asof.yaml"));
  const auto refused_with = [&](std::string_view key, std::string_view line, std::string_view said) {
    std::string changed = project;
    const std::size_t begin = changed.find(key);
    changed.replace(begin, changed.find('\n', begin) - begin, line);
    write_file(file("changed.yaml"), changed);
    write_file(file("one.csv"), "user_id,application_at\n9,2024-01-01T00:00:00Z\n");
    expect_failure(run_asof({"predict", file("changed.yaml"), "-b", file("models/lender"), "-a", file("one.csv"), "-o",
                             file("none.csv"), "--quiet"}),
                   1, said);
  };
  refused_with("time_zone", "time_zone: Africa/Nairobi",
               "trained with `time_zone: UTC`, this file says `Africa/Nairobi`");
  refused_with("boundary", "boundary: at", "trained with `boundary: before`, this file says `at`");
}

TEST_F(WithLender, the_leaderboard_lines_up) {
  const Ran ran = run_asof({"train", folder_->path().string(), "--out", file("other_models"), "--candidates",
                            "logistic,gradient_boosting", "--quiet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  std::set<std::size_t> places;
  for (const char* candidate : {"\n  logistic ", "\n  gradient_boosting "}) {
    const std::size_t line = ran.out.find(candidate);
    ASSERT_NE(line, std::string::npos) << ran.out;
    places.insert(ran.out.find(" ± ", line) - line);
  }
  EXPECT_EQ(places.size(), 1U) << ran.out;
}

TEST_F(WithLender, a_column_of_any_type_in_a_bundle_is_shown) {
  Bundle bundle = load_bundle(file("models/lender"));
  bundle.tables.front().columns["comment"].type.reset();
  seal(bundle);
  const std::filesystem::path saved = save(bundle, file("untyped"));
  const Ran ran = run_asof({"bundle", saved.string()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("(as the source has it)"), std::string::npos) << ran.out;
}

TEST(Simulate, tables_that_are_there_are_not_replaced_without_being_told_to) {
  const TemporaryFolder folder;
  write_file(folder / "data/features.csv", "precious");
  const std::vector<std::string> words = {"simulate", "--out", folder / "data", "--users", "10", "--quiet"};
  expect_failure(run_asof(words), 2, "features.csv exists");
  EXPECT_EQ(read_file(folder / "data/features.csv"), "precious");
  EXPECT_FALSE(std::filesystem::exists(folder / "data/gps.parquet"));
  std::vector<std::string> with_force = words;
  with_force.emplace_back("--force");
  EXPECT_EQ(run_asof(with_force).code, 0);
  expect_failure(run_asof({"simulate", "--out", folder / "data", "--format", "csv", "--users", "10"}), 2, "--force");
}

TEST(Simulate, the_constants_of_the_profiles_can_be_solved_anew) {
  const Ran ran = run_asof({"simulate", "--solve", "--users", "3000", "--quiet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  for (const char* profile : {"published", "smooth", "recency", "rare"})
    EXPECT_NE(ran.out.find(format("| {} |", profile)), std::string::npos) << ran.out;
}

/// Applications with columns of their own that are features.
class WithOwnColumns : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    testing::make_lender(folder_->path(), {.users = 300, .own_columns = true});
    const Ran ran = run_asof({"train", folder_->path().string(), "--quiet"});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string file(const std::string& name) { return *folder_ / name; }
  static Ran explain(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"explain", folder_->path().string(), "--json", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return run_asof(words);
  }
  static Ran predict(const std::string& applications, const std::string& out) {
    return run_asof({"predict", folder_->path().string(), "-a", applications, "-o", out, "--quiet"});
  }

  static std::unique_ptr<TemporaryFolder> folder_;
};

std::unique_ptr<TemporaryFolder> WithOwnColumns::folder_;

TEST_F(WithOwnColumns, an_application_of_the_project_is_explained_as_it_is_predicted) {
  ASSERT_EQ(predict(file("data/loan_outcomes.csv"), file("all.csv")).code, 0);
  const auto row = testing::csv_rows(file("all.csv")).at(5);
  const Ran ran = explain({"--user", row[0], "--at", row[1]});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(format("{}", parse_json(ran.out).at("prediction_probability").as_number()), row[2]);
}

TEST_F(WithOwnColumns, an_application_of_another_file_is_explained_by_its_columns_there) {
  write_file(
      file("new.csv"),
      "user_id,application_at,amount,purpose\n9,2024-01-01T00:00:00Z,100,car\n3,2024-01-01T00:00:00Z,500.5,shop\n");
  ASSERT_EQ(predict(file("new.csv"), file("new_out.csv")).code, 0);
  const Ran ran = explain({"--user", "3", "--at", "2024-01-01T00:00:00Z", "--applications", file("new.csv")});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(format("{}", parse_json(ran.out).at("prediction_probability").as_number()),
            testing::csv_rows(file("new_out.csv")).at(1)[2]);
}

TEST_F(WithOwnColumns, an_application_that_is_not_there_or_twice_is_refused) {
  expect_failure(explain({"--user", "3", "--at", "1999-01-01T00:00:00Z"}), 1, "--applications FILE");
  write_file(file("twice.csv"),
             "user_id,application_at,amount,purpose\n3,2024-01-01T00:00:00Z,1,car\n3,2024-01-01T00:00:00Z,2,car\n");
  expect_failure(explain({"--user", "3", "--at", "2024-01-01T00:00:00Z", "--applications", file("twice.csv")}), 1,
                 "2 applications");
}

TEST_F(WithOwnColumns, a_category_that_training_never_saw_is_scored_like_a_missing_one) {
  write_file(file("boat.csv"),
             "user_id,application_at,amount,purpose\n3,2024-01-01T00:00:00Z,1,boat\n3,2024-01-01T00:00:00Z,1,\n"
             "3,2024-01-01T00:00:00Z,1,car\n");
  const Ran ran = predict(file("boat.csv"), file("boat_out.csv"));
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto rows = testing::csv_rows(file("boat_out.csv"));
  EXPECT_EQ(rows[0][2], rows[1][2]);
  EXPECT_NE(rows[0][2], rows[2][2]);
}

}  // namespace
}  // namespace asof
