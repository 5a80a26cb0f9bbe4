// What training promises: the same bytes for any number of threads, the same predictions from any source, and a sign
// that is followed from the label to the answer.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "dataset/assemble.h"
#include "evaluate/metric.h"
#include "evaluate/report_words.h"
#include "lender.h"
#include "score/batch.h"
#include "score/train.h"
#include "serve/raw_client.h"
#include "serve/server.h"
#include "store/user_store.h"

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
                       {.users = 500, .candidates = "logistic, scorecard, random_forest, gradient_boosting, xgboost"});
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

TEST(Training, a_timed_search_is_repeated_to_the_byte_by_what_it_noted) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 300, .candidates = "logistic, scorecard"});
  const auto train = [&](const std::vector<std::string>& more, const char* out) {
    std::vector<std::string> arguments{"train", folder.path().string(), "--out", (folder / out), "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ran = run_asof(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return files_of(latest(std::filesystem::path(folder / out) / "lender"));
  };
  const auto timed = train({"--budget", "3s"}, "timed");
  const std::int64_t draws = parse_json(timed.at("manifest.json")).at("made_from").at("draws").as_integer();
  EXPECT_GE(draws, 9);
  EXPECT_EQ(draws % 9, 0);
  const auto repeated = train({"--trials", format("{}", draws), "--threads", "1"}, "repeated");
  EXPECT_EQ(repeated, timed);
  EXPECT_NE(train({}, "unsearched"), timed);
  EXPECT_EQ(run_asof({"train", folder.path().string(), "--budget", "1min", "--trials", "9"}).code, 2);
  EXPECT_NE(run_asof({"train", folder.path().string(), "--budget", "soon"}).err.find("--budget: `soon`"),
            std::string::npos);
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

/// The live API gives every application the same probability.
void expect_answers(const Project& project, const std::filesystem::path& bundle,
                    const std::vector<std::vector<std::string>>& applications, const std::vector<double>& repayment) {
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(bundle));
  std::vector<ServedTable> tables;
  for (const TableSpec& table : tables_of(*scorer, project)) tables.push_back({table, scorer->columns_of(table)});
  Server server(scorer, open_memory_store(tables, zone_of(project), 2, {}), {.port = 0});
  server.start();
  RawClient client(server.port());
  for (std::size_t row = 0; row < applications.size(); ++row) {
    const RawResponse response = client.request(
        "POST", "/predict",
        format(R"({{"user_id": {}, "application_at": "{}"}})", applications[row][0], applications[row][1]));
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.json().at("prediction_probability").as_number(), repayment[row]);
  }
  server.stop();
}

/// Trains one candidate and scores every application of the training table through the bundle.
Scored scored(const std::string& candidate, const std::string& good) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 700, .good = good, .candidates = candidate});
  const auto ran = run_asof({"train", folder.path().string(), "--quiet"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const Project project = read_project(folder.path());
  const Assembled assembled = assemble(project, {.threads = 2, .keep_histories = true, .progress = {}});
  const Scorer scorer = Scorer::load(folder / "models/lender");
  Scored result;
  for (std::size_t row = 0; row < assembled.applications.size(); ++row) {
    const Application application = assembled.applications.at(row);
    const History history = assembled.histories.of(assembled.applications.entity[row]);
    const Explanation explanation = scorer.explain(application, history);
    EXPECT_EQ(explanation.score.repayment_probability, scorer.score(application, history).repayment_probability);
    double sum = explanation.base;
    for (const Contribution& contribution : explanation.contributions) sum += contribution.log_odds;
    EXPECT_NEAR(sum, explanation.score.margin, 1e-9);
    EXPECT_NEAR(explanation.score.margin + explanation.calibration, explanation.score.log_odds, 1e-12);
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
  expect_answers(project, folder / "models/lender", rows, result.repayment);
  return result;
}

TEST(Training, another_share_repaid_moves_every_score_alike_and_is_a_term_of_its_own) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 700, .candidates = "logistic"});
  ASSERT_EQ(run_asof({"train", folder.path().string(), "--quiet"}).code, 0);
  const std::string applications = folder / "data/loan_outcomes.csv";
  const auto log_odds = [&](const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "predict", folder.path().string(), "-a", applications, "--out", out, "--with", "log_odds", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ran = run_asof(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    std::vector<double> values;
    for (const auto& row : testing::csv_rows(out)) values.push_back(std::stod(row[3]));
    return values;
  };
  const std::vector<double> as_trained = log_odds(folder / "p.csv", {});
  const std::vector<double> moved = log_odds(folder / "moved.csv", {"--prior-repaid", "0.9"});
  double repaid = 0.0;
  const auto rows = testing::csv_rows(applications);
  for (const auto& row : rows) repaid += row[2] == "1" ? 1.0 : 0.0;
  const double share = repaid / static_cast<double>(rows.size());
  const double shift = moved[0] - as_trained[0];
  EXPECT_NEAR(shift, std::log(9.0) - std::log(share / (1.0 - share)), 1e-9);
  ASSERT_EQ(moved.size(), as_trained.size());
  for (std::size_t i = 0; i < moved.size(); ++i) EXPECT_NEAR(moved[i] - as_trained[i], shift, 1e-9);

  const Project project = read_project(folder.path());
  const Assembled assembled = assemble(project, {.keep_histories = true, .progress = {}});
  const Scorer scorer = Scorer::load(folder / "models/lender", {.prior_repaid = 0.9});
  const Application application = assembled.applications.at(0);
  const Explanation explanation = scorer.explain(application, assembled.histories.of(assembled.applications.entity[0]));
  EXPECT_EQ(explanation.score.log_odds, moved[0]);
  EXPECT_NEAR(explanation.prior, shift, 1e-9);
  EXPECT_NEAR(explanation.score.margin + explanation.calibration + explanation.prior, moved[0], 1e-12);

  const auto refused = run_asof({"predict", folder.path().string(), "--prior-repaid", "1", "--out", folder / "no.csv"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("--prior-repaid is 1; a share above 0 and below 1 was expected"), std::string::npos)
      << refused.err;
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
                         ::testing::Values("logistic", "scorecard", "random_forest", "gradient_boosting", "xgboost"),
                         [](const auto& test) { return test.param; });

/// Assembled and trained, with few resamples: figures are not what these tests look at.
struct Session {
  Project project;
  Assembled assembled;
  Trained trained;
};

Session session_of(const std::filesystem::path& folder) {
  Project project = read_project(folder);
  Assembled assembled = assemble(project, {.threads = 2, .progress = {}});
  Trained trained = train(project, assembled, {.threads = 2, .resamples = 20, .progress = {}});
  return {std::move(project), std::move(assembled), std::move(trained)};
}

TEST(Training, what_judges_a_hold_out_was_fitted_without_it) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 500});
  const Session session = session_of(folder.path());
  const Dataset& data = session.assembled.dataset;
  ASSERT_TRUE(session.trained.other.has_value());
  for (const HoldOut* hold_out : {&session.trained.headline, &*session.trained.other}) {
    const Split& split = hold_out->split;
    const auto again = [&](std::span<const std::uint32_t> rows) {
      const Fitted fitted =
          fit(data, rows, hold_out->fitted.kind, hold_out->fitted.setting, session.project.train.seed, 1);
      return predict(fitted, data, split.test, 1);
    };
    std::vector<std::uint32_t> both = split.train;
    both.insert(both.end(), split.test.begin(), split.test.end());
    std::ranges::sort(both);
    EXPECT_EQ(hold_out->repayment, again(split.train));
    EXPECT_NE(hold_out->repayment, again(both)) << "or this test could not tell";
  }
}

TEST(Training, both_hold_outs_are_computed_and_the_one_by_time_leads_a_long_history) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 500});
  const Session session = session_of(folder.path());
  EXPECT_EQ(session.trained.headline.split.by, SplitBy::kTime);
  ASSERT_TRUE(session.trained.other.has_value());
  EXPECT_EQ(session.trained.other->split.by, SplitBy::kStratified);
  const Json& metrics = session.trained.bundle.metrics;
  EXPECT_NE(metrics.at("headline_reason").as_string().find("more than three months"), std::string::npos);
  EXPECT_EQ(metrics.at("hold_outs").as_array().size(), 2U);
}

/// What the training rows that were predicted out of fold would have come to, counted row by row.
struct OutOfFold {
  double share = 0.0, default_rate = 0.0;
};

OutOfFold counted_from(const Session& session, double threshold) {
  const HoldOut& headline = session.trained.headline;
  double rows = 0.0, approved = 0.0, bad = 0.0;
  for (std::size_t i = 0; i < headline.split.train.size(); ++i) {
    if (is_missing(headline.selection.out_of_fold[i])) continue;
    ++rows;
    if (headline.selection.out_of_fold[i] < threshold) continue;
    ++approved;
    bad += 1.0 - session.assembled.dataset.good[headline.split.train[i]];
  }
  return {approved / rows, bad / approved};
}

TEST(Training, each_rule_chooses_its_threshold_out_of_fold_and_says_so_everywhere) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 500});
  const std::string yaml = read_file(folder / "asof.yaml");
  const auto trained_with = [&](const std::string& decision) {
    write_file(folder / "asof.yaml", yaml + decision);
    return session_of(folder.path());
  };
  const Session plain = trained_with("");
  EXPECT_EQ(plain.trained.bundle.manifest.find("decision"), nullptr);
  EXPECT_EQ(plain.trained.cut_off.threshold, plain.trained.headline.selection.thresholds.repaid);
  EXPECT_EQ(trained_with("decision: {by: f1}\n").trained.bundle.version, plain.trained.bundle.version);

  const Session rate = trained_with("decision: {by: approval_rate, approve: 0.7}\n");
  const OutOfFold approved = counted_from(rate, rate.trained.cut_off.threshold);
  EXPECT_GE(approved.share, 0.7);
  EXPECT_LT(approved.share, 0.72);
  EXPECT_EQ(rate.trained.cut_off.out_of_fold.share, approved.share);
  EXPECT_EQ(rate.trained.bundle.model->save(), plain.trained.bundle.model->save());
  EXPECT_EQ(rate.trained.bundle.metrics, plain.trained.bundle.metrics);

  const double at_most = 0.9 * plain.trained.cut_off.out_of_fold.default_rate;
  const Session bad = trained_with(format("decision: {{by: bad_rate, at_most: {}}}\n", at_most));
  EXPECT_EQ(bad.trained.cut_off.absent, "");
  EXPECT_LE(counted_from(bad, bad.trained.cut_off.threshold).default_rate, at_most);

  const Session cost = trained_with("decision: {by: cost, loss_given_default: 0.6, margin: 0.5}\n");
  const Json& said = cost.trained.bundle.manifest.at("decision");
  EXPECT_EQ(said.at("by").as_string(), "cost");
  EXPECT_EQ(said.at("margin").as_number(), 0.5);
  EXPECT_EQ(said.at("threshold").as_number(), cost.trained.cut_off.threshold);
  const HoldOut& headline = cost.trained.headline;
  const auto held_out = std::ranges::count_if(
      headline.repayment, [&](double repayment) { return repayment >= cost.trained.cut_off.threshold; });
  EXPECT_EQ(said.at("held_out").at("rows").as_integer(), held_out);

  const auto ran = run_asof({"train", folder.path().string()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto files = files_of(latest(folder / "models/lender"));
  for (const std::string& sentence : sentences_of(cost.trained.cut_off)) {
    EXPECT_NE((ran.out + ran.err).find(sentence), std::string::npos) << sentence;
    EXPECT_NE(files.at("report.html").find(sentence), std::string::npos) << sentence;
    EXPECT_NE(files.at("model_card.md").find(sentence), std::string::npos) << sentence;
  }
  EXPECT_EQ(load_bundle(folder / "models/lender").manifest.at("decision"), said);
}

TEST(Training, with_a_single_cutoff_there_is_only_the_stratified_hold_out) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 500});
  std::string outcomes = "user_id,application_at,is_repaid,outcome_known_at\n";
  for (const auto& row : testing::csv_rows(folder / "data/loan_outcomes.csv"))
    outcomes += format("{},2024-06-01T00:00:00Z,{},2024-09-01T00:00:00Z\n", row[0], row[2]);
  write_file(folder / "data/loan_outcomes.csv", outcomes);
  const Session session = session_of(folder.path());
  EXPECT_EQ(session.trained.headline.split.by, SplitBy::kStratified);
  EXPECT_FALSE(session.trained.other.has_value());
  EXPECT_NE(session.trained.other_absent.find("no later part"), std::string::npos);
}

TEST(Training, a_model_is_judged_with_and_without_its_undated_columns) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 500});
  {
    const Session session = session_of(folder.path());
    ASSERT_TRUE(session.trained.undated.has_value());
    EXPECT_EQ(session.trained.undated->tables, std::vector<std::string>{"features"});
    ASSERT_TRUE(session.trained.undated->without.has_value());
    EXPECT_NE(session.trained.undated->without->figure("roc_auc").value,
              session.trained.headline.evaluation.figure("roc_auc").value);
  }
  std::string yaml = read_file(folder / "asof.yaml");
  yaml = yaml.substr(0, yaml.find("\nfeatures:") + 1) +
         "features: {define: {a: features.feature_1, b: features.feature_7}}\ntrain: {candidates: [logistic]}\n";
  write_file(folder / "asof.yaml", yaml);
  const Session session = session_of(folder.path());
  ASSERT_TRUE(session.trained.undated.has_value());
  EXPECT_FALSE(session.trained.undated->without.has_value());
  EXPECT_EQ(session.trained.undated->absent, "every feature is of an undated table");
}

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
