#include "evaluate/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "asof/error.h"
#include "evaluate/curves.h"
#include "evaluate/report_words.h"
#include "evaluate/sample_report.h"

namespace asof {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Every start tag has its end tag, in order.
void expect_well_formed(const std::string& html) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z][a-z0-9]*)((?:\\s+[a-zA-Z0-9:-]+=\"[^\"<>]*\")*)\\s*>");
  const std::string body = html.substr(html.find("<html"));
  std::size_t angles = 0;
  for (auto it = std::sregex_iterator(body.begin(), body.end(), tag); it != std::sregex_iterator(); ++it) {
    ++angles;
    const std::string name = (*it)[2];
    if (name == "meta") continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << name;
    ASSERT_EQ(open.back(), name);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(angles, count(body, "<")) << "a `<` that begins no tag";
}

TEST(Report, is_the_same_bytes_for_the_same_input_and_shows_no_wall_clock_times) {
  ReportInput input = sample_report();
  const std::string html = report_html(input), card = model_card(input);
  for (Trial& trial : input.selection.trials) trial.seconds *= 3.0;
  for (Trial& trial : input.selection.leaderboard) trial.seconds *= 3.0;
  EXPECT_EQ(report_html(input), html);
  EXPECT_EQ(model_card(input), card);
}

TEST(Report, is_well_formed_and_asks_for_nothing_from_outside) {
  const std::string html = report_html(sample_report());
  expect_well_formed(html);
  for (const char* forbidden : {"http://", "https://", "<script", "<link", "<img", "@import", "url("}) {
    EXPECT_FALSE(contains(html, forbidden)) << forbidden;
  }
  EXPECT_TRUE(contains(html, "default-src &#39;none&#39;"));
}

TEST(Report, hostile_names_stay_text) {
  ReportInput input = sample_report();
  const std::string hostile = "</title><script>alert('1')</script>\"&<img src=x onerror=y>\x01";
  input.project = input.note = input.model_version = input.headline.reason = input.drivers_rows = hostile;
  input.verdict = input.alerts = input.dropped = input.directions = input.undated_tables = {hostile};
  input.selection.missing_values_reason = hostile;
  for (Trial& trial : input.selection.trials) trial.kind = trial.setting.name = hostile;
  for (Importance& one : input.drivers.features) one.name = hostile;
  for (Importance& one : input.drivers.families) one.name = hostile;
  input.counts = {{hostile, 1, 2, hostile}};
  input.features = {{hostile, hostile, hostile, 0.5, true}};
  input.manifest = {{hostile, hostile}};
  const std::string html = report_html(input);
  EXPECT_FALSE(contains(html, "<script"));
  EXPECT_FALSE(contains(html, "<img"));
  expect_well_formed(html);
  EXPECT_FALSE(contains(model_card(input), "<script"));
}

TEST(Report, has_every_block_and_says_the_answer_and_the_alerts_first) {
  const ReportInput input = sample_report();
  const std::string html = report_html(input);
  std::size_t last = 0;
  for (const char* id : {"verdict", "alerts", "performance", "undated", "calibration", "strategy", "stability",
                         "candidates", "drivers", "data", "features", "limits", "provenance"}) {
    const std::size_t at = html.find(std::string("<section id=\"") + id + "\"");
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_GT(at, last) << id;
    last = at;
  }
  EXPECT_EQ(count(html, "<svg"), 10U);
  EXPECT_EQ(count(html, "<table"), count(html, "<caption"));
  EXPECT_EQ(count(html, input.note), 3U) << "the note stands at the top, among the limits and at the bottom";
}

TEST(Report, says_the_threshold_and_what_comes_of_it_and_its_profits_only_where_costs_are_given) {
  ReportInput input = sample_report();
  EXPECT_FALSE(contains(report_html(input), "rofit"));
  EXPECT_FALSE(contains(model_card(input), "rofit"));
  const HoldoutPredictions& held = input.predictions;
  const Predictions rows{held.repayment, held.good, held.weights};
  const LoanCosts costs{0.6, 0.9};
  for (const DecisionRule& rule : {DecisionRule(), DecisionRule{.by = DecideBy::kCost, .costs = costs},
                                   DecisionRule{.by = DecideBy::kApprovalRate, .costs = costs, .approve = 0.7},
                                   DecisionRule{.by = DecideBy::kCost, .costs = LoanCosts{1.0, 0.001}}}) {
    input.cut_off = choose_cut_off(rule, rows, rows);
    const std::string html = report_html(input), card = model_card(input);
    expect_well_formed(html);
    for (const std::string& sentence : sentences_of(input.cut_off)) {
      EXPECT_TRUE(contains(html, sentence)) << sentence;
      EXPECT_TRUE(contains(card, sentence)) << sentence;
    }
    EXPECT_EQ(count(html, "<svg"), rule.costs ? 11U : 10U) << to_string(rule.by);
    EXPECT_EQ(contains(html, "Profit per application"), rule.costs.has_value());
  }
  const std::vector<double> repayment = {0.9}, good = {0.0};
  input.cut_off = choose_cut_off({.by = DecideBy::kBadRate, .at_most = 0.05}, {repayment, good, {}}, rows);
  EXPECT_EQ(sentences_of(input.cut_off), std::vector{"Decision by bad_rate: " + input.cut_off.absent});
  EXPECT_TRUE(contains(report_html(input), input.cut_off.absent));
}

TEST(Report, blocks_without_content_are_left_out_and_not_linked) {
  ReportInput input = sample_report();
  input.without_undated.reset();
  std::ranges::fill(input.predictions.times, Timestamp{0});
  const std::string html = report_html(input);
  EXPECT_FALSE(contains(html, "\"undated\""));
  EXPECT_FALSE(contains(html, "\"stability\""));
  EXPECT_FALSE(contains(html, "#stability"));
}

TEST(Report, every_figure_stands_with_its_interval_and_its_constant_answers) {
  const ReportInput input = sample_report();
  const std::string html = report_html(input), card = model_card(input);
  for (const Figure& figure : input.holdouts[0].evaluation.figures) {
    EXPECT_TRUE(contains(html, with_interval(figure))) << figure.metric;
    EXPECT_TRUE(contains(html, baselines(figure))) << figure.metric;
    EXPECT_TRUE(contains(card, with_interval(figure))) << figure.metric;
  }
}

TEST(Report, with_one_outcome_only_it_is_still_a_report) {
  ReportInput input = sample_report();
  std::ranges::fill(input.predictions.good, 1.0);
  input.holdouts = {{.evaluation = sample_evaluation(input.predictions)}};
  const std::string html = report_html(input);
  expect_well_formed(html);
  EXPECT_TRUE(contains(html, "undefined"));
  const std::regex not_a_number("\\bnan\\b");
  EXPECT_FALSE(std::regex_search(html, not_a_number));
  EXPECT_FALSE(std::regex_search(model_card(input), not_a_number));
}

TEST(Report, needs_a_hold_out_and_the_chosen_trial) {
  ReportInput input = sample_report();
  input.selection.trials.clear();
  EXPECT_THROW(report_html(input), Error);
  input = sample_report();
  input.holdouts.clear();
  EXPECT_THROW(report_html(input), Error);
  EXPECT_THROW(model_card(input), Error);
}

TEST(Alerts, few_loans_chance_and_too_good_figures_raise_their_own) {
  ReportInput input = sample_report();
  input.undated_tables.clear();
  EXPECT_EQ(all_alerts(input), input.alerts);

  Evaluation& headline = input.holdouts[0].evaluation;
  headline.repaid = 12;
  EXPECT_TRUE(contains(all_alerts(input).back(), "only 12 repaid loans"));
  headline.repaid = 600;
  for (Figure& figure : headline.figures) {
    if (figure.metric == "roc_auc") figure.value = 0.99, figure.interval = {0.98, 1.0};
  }
  EXPECT_TRUE(contains(all_alerts(input).at(1), "too good to be true"));
  EXPECT_TRUE(contains(all_alerts(input).at(2), "disagree"));
  for (Figure& figure : headline.figures) {
    if (figure.metric == "roc_auc") figure.value = 0.51, figure.interval = {0.48, 0.54};
  }
  EXPECT_TRUE(contains(all_alerts(input).at(1), "not shown to rank better than chance"));
}

TEST(Words, count_and_compare_as_people_read) {
  EXPECT_EQ(counted(0), "0");
  EXPECT_EQ(counted(999), "999");
  EXPECT_EQ(counted(1000), "1,000");
  EXPECT_EQ(counted(1'204'311), "1,204,311");
  EXPECT_EQ(percent(0.3421), "34.2 %");
  EXPECT_EQ(number(NAN), "undefined");
  const Figure loss{
      .metric = "log_loss", .positive = {}, .value = 0.6, .interval = {0.58, 0.62}, .baselines = {{"base rate", 0.65}}};
  EXPECT_EQ(beside_constant_answers(loss), "better");
  const Figure f1{.metric = "f1",
                  .positive = Outcome::kRepaid,
                  .value = 0.5,
                  .interval = {0.47, 0.53},
                  .baselines = {{"all repaid", 0.52}, {"all defaulted", 0.0}}};
  EXPECT_EQ(beside_constant_answers(f1), "not shown");
}

}  // namespace
}  // namespace asof
