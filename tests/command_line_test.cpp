// The program as a person meets it: exit codes, sentences, and files that are never half-written.
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "lender.h"

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

}  // namespace
}  // namespace asof
