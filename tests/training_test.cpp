// What training promises: the same bytes for any number of threads, the same predictions from any source, and a sign
// that is followed from the label to the answer.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "dataset/assemble.h"
#include "evaluate/metric.h"
#include "lender.h"
#include "score/batch.h"

namespace asof {
namespace {

using testing::run_asof;
using testing::TemporaryFolder;

std::map<std::string, std::string> files_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files[entry.path().filename().string()] = read_file(entry.path());
  return files;
}

/// The folder of the bundle that `latest` names.
std::filesystem::path latest(const std::filesystem::path& models) {
  std::string version = read_file(models / "latest");
  version.pop_back();
  return models / version;
}

TEST(Training, threads_change_no_byte) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(),
                       {.users = 500, .candidates = "logistic, random_forest, gradient_boosting, xgboost"});
  for (const char* threads : {"1", "2"}) {
    const auto ran =
        run_asof({"train", folder.path().string(), "--threads", threads, "--out", (folder / threads), "--quiet"});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  const auto one = files_of(latest(folder / "1/lender"));
  const auto two = files_of(latest(folder / "2/lender"));
  ASSERT_GE(one.size(), 5U);
  EXPECT_EQ(one, two);
}

TEST(Training, csv_and_parquet_give_the_same_bundle_and_the_same_predictions) {
  std::map<std::string, std::string> parts[2];
  std::string predictions[2];
  const char* formats[] = {"csv", "parquet"};
  for (int i = 0; i < 2; ++i) {
    const TemporaryFolder folder;
    testing::make_lender(folder.path(), {.users = 400, .format = formats[i]});
    ASSERT_EQ(run_asof({"train", folder.path().string(), "--quiet"}).code, 0);
    const auto ran = run_asof({"predict", folder.path().string(), "-a", (folder / "data/applications_to_predict.csv"),
                               "--out", (folder / "p.csv"), "--quiet"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    predictions[i] = read_file(folder / "p.csv");
    parts[i] = files_of(latest(folder / "models/lender"));
  }
  EXPECT_EQ(parts[0]["model.txt"], parts[1]["model.txt"]);
  EXPECT_EQ(parts[0]["preprocess.json"], parts[1]["preprocess.json"]);
  EXPECT_EQ(predictions[0], predictions[1]);
  EXPECT_EQ(predictions[0].substr(0, predictions[0].find('\n')), "user_id,application_at,prediction_probability");
}

struct Scored {
  std::vector<double> repayment;
  std::vector<double> repaid;
  std::vector<double> log_odds;  // by the explanation: base and contributions
};

/// Trains one candidate and scores every application of the training table through the bundle.
Scored scored(const std::string& candidate, const std::string& good) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 700, .good = good, .candidates = candidate});
  const auto ran = run_asof({"train", folder.path().string(), "--quiet"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const Project project = read_project(folder.path());
  const Assembled assembled = assemble(project, {.threads = 2, .progress = {}});
  const Scorer scorer = Scorer::load(folder / "models/lender");
  Scored result;
  for (std::size_t row = 0; row < assembled.applications.size(); ++row) {
    const Application application = assembled.applications.at(row);
    const History history = assembled.histories.of(assembled.applications.entity[row]);
    const Explanation explanation = scorer.explain(application, history);
    EXPECT_EQ(explanation.score.repayment_probability, scorer.score(application, history).repayment_probability);
    double sum = explanation.base;
    for (const Contribution& contribution : explanation.contributions) sum += contribution.log_odds;
    result.repayment.push_back(explanation.score.repayment_probability);
    result.log_odds.push_back(sum);
  }
  for (const auto& row : testing::csv_rows(folder / "data/loan_outcomes.csv"))
    result.repaid.push_back(row[2] == good ? 1.0 : 0.0);
  const auto predicted = run_asof({"predict", folder.path().string(), "-a", (folder / "data/loan_outcomes.csv"),
                                   "--out", (folder / "p.csv"), "--quiet"});
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  const auto rows = testing::csv_rows(folder / "p.csv");
  for (std::size_t row = 0; row < rows.size(); ++row) EXPECT_EQ(std::stod(rows[row][2]), result.repayment[row]);
  return result;
}

double auc(const std::vector<double>& score, const std::vector<double>& repaid) {
  std::vector<double> probability = score;
  for (double& value : probability) value = 1.0 / (1.0 + std::exp(-value));
  return metric("roc_auc").evaluate({.repayment = probability, .good = repaid, .weights = {}});
}

class Sign : public ::testing::TestWithParam<std::string> {};

TEST_P(Sign, is_followed_from_the_label_to_the_answer) {
  const Scored ones = scored(GetParam(), "1");
  const Scored zeros = scored(GetParam(), "0");
  for (const Scored* one : {&ones, &zeros}) {
    EXPECT_GT(auc(one->log_odds, one->repaid), 0.5);
    EXPECT_GT(auc(one->repayment, one->repaid), 0.5);
  }
  EXPECT_EQ(ones.repaid, zeros.repaid) << "the same people repay, whichever value says so";
  EXPECT_EQ(ones.repayment, zeros.repayment) << "and their probability is the same";
}

INSTANTIATE_TEST_SUITE_P(Candidates, Sign,
                         ::testing::Values("logistic", "random_forest", "gradient_boosting", "xgboost"),
                         [](const auto& test) { return test.param; });

TEST(Training, outcomes_that_could_not_be_observed_yet_are_left_out_and_never_bad) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 400});
  std::string yaml = read_file(folder / "asof.yaml");
  const std::string known = "known_at: outcome_known_at";
  yaml.replace(yaml.find(known), known.size(), "performance_window: 90d, observed_until: 2024-01-01");
  write_file(folder / "asof.yaml", yaml);
  const Assembled assembled = assemble(read_project(folder.path()), {.threads = 2, .progress = {}});
  const Timestamp latest_observable =
      parse_timestamp("2024-01-01", TimeZone::named("UTC")) - Duration{90 * kDay.microseconds};
  std::size_t open = 0;
  for (std::size_t row = 0; row < assembled.dataset.rows(); ++row) {
    EXPECT_EQ(is_missing(assembled.dataset.good[row]), assembled.dataset.times[row] > latest_observable);
    open += is_missing(assembled.dataset.good[row]) ? 1 : 0;
  }
  EXPECT_GT(open, 0U);
  EXPECT_EQ(assembled.outcomes.not_observable, open);
}

}  // namespace
}  // namespace asof
