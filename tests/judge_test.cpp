// What is said of a bundle after training: figures on given applications, a comparison of two bundles, and reasons.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "evaluate/metric.h"
#include "lender.h"

namespace asof {
namespace {

using testing::run_asof;
using testing::TemporaryFolder;

/// A lender with two bundles of different candidates.
class JudgeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TemporaryFolder;
    testing::make_lender(folder->path(), {.users = 700});
    for (const char* kind : {"logistic", "scorecard"}) {
      const auto ran = run_asof({"train", place(), "--candidates", kind, "--out", place(kind), "--quiet"});
      ASSERT_EQ(ran.code, 0) << ran.err;
    }
  }
  static void TearDownTestSuite() {
    delete folder;
    folder = nullptr;
  }

  static std::string place(const std::string& name = "") { return (folder->path() / name).string(); }
  static std::string bundle(const std::string& kind) { return place(kind + "/lender"); }
  static Json json_of(const std::vector<std::string>& arguments) {
    const auto ran = run_asof(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return parse_json(ran.out);
  }

  static inline TemporaryFolder* folder = nullptr;
};

TEST_F(JudgeTest, evaluate_gives_the_figures_of_the_prediction_file) {
  const Json result = json_of({"evaluate", bundle("logistic"), place(), "--json"});
  ASSERT_EQ(run_asof({"predict", place(), "-b", bundle("logistic"), "-a", place("data/loan_outcomes.csv"), "--out",
                      place("p.csv"), "--quiet"})
                .code,
            0);
  std::vector<double> repayment, good;
  for (const auto& row : testing::csv_rows(place("p.csv"))) repayment.push_back(std::stod(row[2]));
  for (const auto& row : testing::csv_rows(place("data/loan_outcomes.csv"))) good.push_back(row[2] == "1" ? 1.0 : 0.0);
  for (const Json& figure : result.at("evaluation").at("figures").as_array()) {
    for (const char* name : {"roc_auc", "log_loss", "calibration_slope"}) {
      if (figure.at("metric").as_string() != name) continue;
      EXPECT_EQ(figure.at("value").as_number(), metric(name).evaluate({repayment, good, {}})) << name;
    }
  }
  EXPECT_EQ(result.at("not_newer").as_integer(), static_cast<std::int64_t>(good.size()));
  double shares = 0.0;
  for (const Json& share : result.at("drift").at("now").as_array()) shares += share.as_number();
  EXPECT_NEAR(shares, 1.0, 1e-12);
}

TEST_F(JudgeTest, later_applications_are_not_called_seen) {
  std::string later = "user_id,application_at,is_repaid,outcome_known_at\n";
  for (int user = 1; user <= 80; ++user)
    later += format("{},2030-01-01T00:00:00Z,{},2030-02-01T00:00:00Z\n", user, user % 3 == 0 ? 0 : 1);
  write_file(place("later.csv"), later);
  const Json result = json_of({"evaluate", bundle("scorecard"), place(), "-a", place("later.csv"), "--json"});
  EXPECT_EQ(result.at("not_newer").as_integer(), 0);
  EXPECT_EQ(result.at("evaluation").at("rows").as_integer(), 80);
  ASSERT_EQ(result.at("months").as_array().size(), 1U);
  EXPECT_EQ(result.at("months").as_array()[0].at("month").as_string(), "2030-01");

  write_file(place("later.csv"), "user_id,application_at,is_repaid,outcome_known_at\n1,2030-01-01T00:00:00Z,,\n");
  const auto none = run_asof({"evaluate", bundle("scorecard"), place(), "-a", place("later.csv"), "--quiet"});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("none of 1 applications has a known outcome"), std::string::npos) << none.err;
}

TEST_F(JudgeTest, a_bundle_does_not_differ_from_itself_and_two_are_compared_pair_by_pair) {
  const Json same = json_of({"compare", bundle("logistic"), bundle("logistic"), place(), "--json"});
  for (const Json& one : same.at("differences").as_array()) EXPECT_EQ(one.at("difference").as_number(), 0.0);
  const Json two = json_of({"compare", bundle("logistic"), bundle("scorecard"), place(), "--json"});
  bool differ = false;
  for (const Json& one : two.at("differences").as_array()) {
    const double difference = one.at("difference").as_number();
    EXPECT_EQ(difference, one.at("first").as_number() - one.at("second").as_number());
    EXPECT_LE(one.at("low").as_number(), difference);
    EXPECT_GE(one.at("high").as_number(), difference);
    differ = differ || difference != 0.0;
  }
  EXPECT_TRUE(differ);
}

TEST_F(JudgeTest, reasons_add_the_owners_words_and_may_be_required) {
  const auto required = run_asof({"train", place(), "--require-reasons", "--quiet"});
  EXPECT_EQ(required.code, 1);
  EXPECT_NE(required.err.find("features have no words under `reasons:`"), std::string::npos) << required.err;

  const std::string project = read_file(place("asof.yaml"));
  write_file(place("asof.yaml"), project + "\nreasons:\n  no_such_feature: words\n");
  const auto unknown = run_asof({"train", place(), "--quiet"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("`no_such_feature`, which is no feature"), std::string::npos) << unknown.err;
  write_file(place("asof.yaml"), project);
}

}  // namespace
}  // namespace asof
