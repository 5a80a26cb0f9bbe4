// A report's input with everything in it, for tests: made up, of no lender.
#pragma once

#include <cmath>

#include "base/elementary.h"
#include "base/random.h"
#include "evaluate/report.h"

namespace asof {

inline HoldoutPredictions sample_predictions(std::size_t rows = 1600) {
  Random random(17);
  HoldoutPredictions held;
  for (std::size_t i = 0; i < rows; ++i) {
    const double score = normal_quantile(0.001 + 0.998 * random.uniform()) * 0.55 - 0.7;
    held.repayment.push_back(sigmoid(score));
    held.good.push_back(random.uniform() < sigmoid(1.05 * score + 0.05) ? 1.0 : 0.0);
    held.weights.push_back(1.0);
    const auto day = static_cast<std::int64_t>(random.below(220));
    held.times.push_back({1'722'470'400'000'000 + day * kDay.microseconds});  // from 2024-08-01
  }
  return held;
}

inline Evaluation sample_evaluation(const HoldoutPredictions& held) {
  std::vector<std::uint32_t> persons;
  for (std::uint32_t i = 0; i < held.good.size(); ++i) persons.push_back(i);
  return evaluate({held.repayment, held.good, held.weights}, persons, Outcome::kRepaid, 0.34,
                  {.repaid = 0.31, .defaulted = 0.42, .accuracy = 0.55}, {.resamples = 200});
}

inline Selection sample_selection() {
  Selection selection;
  selection.folds = 5;
  selection.minority = Outcome::kRepaid;
  const auto trial = [](const char* kind, const char* setting, MissingValues missing, double auc) {
    return Trial{.kind = kind,
                 .setting = {.name = setting, .preprocess = {.missing = missing}},
                 .roc_auc = auc,
                 .roc_auc_error = 0.006,
                 .log_loss = 0.62,
                 .pr_auc_minority = auc - 0.15,
                 .fold_roc_auc = {},
                 .seconds = 1.25};
  };
  selection.trials = {trial("gradient_boosting", "many small steps", MissingValues::kKept, 0.641),
                      trial("gradient_boosting", "many small steps, imputed", MissingValues::kMedian, 0.638),
                      trial("random_forest", "plain", MissingValues::kMedian, 0.633),
                      trial("logistic", "normal scores", MissingValues::kMedian, 0.624)};
  selection.leaderboard = {selection.trials[0], selection.trials[2], selection.trials[3]};
  selection.missing_values_reason =
      "Gradient boosting: kept, because ROC-AUC is 0.6410 with missing values kept as missing and 0.6380 with medians "
      "and "
      "indicators (kept minus imputed, fold by fold: +0.0030 ± 0.0011).";
  return selection;
}

inline Drivers sample_drivers() {
  return {.features = {{"event_recency_hours", 0.041, 0.212},
                       {"gps_recency_hours", 0.022, 0.151},
                       {"unique_screens", 0.013, 0.102},
                       {"a_feature_with_a_rather_long_name_90d", 0.004, 0.051},
                       {"providers", -0.001, 0.003}},
          .families = {{"recency", 0.058, 0.301}, {"activity", 0.017, 0.133}, {"movement", 0.002, 0.02}},
          .rows_permuted = 1600,
          .rows_explained = 1600,
          .repeats = 5};
}

inline ReportInput sample_report() {
  ReportInput input;
  input.project = "mobile-lender";
  input.note = "Simulated data: no person stands behind any row";
  input.model_version = "3f9a1c22d0be";
  input.verdict = {"The score ranks loans better than chance and is fit to stand beside a traditional score.",
                   "It was judged on the latest fifth of the applications, which it had not seen."};
  input.alerts = {"The arrival time of gps is not known: fixes that reached the lender late may have been used."};
  input.first_application = {1'644'624'000'000'000};
  input.last_application = {1'741'651'200'000'000};
  input.headline = {SplitBy::kTime,
                    "applications span 1123 days, 2022-02-12 to 2025-03-11: more than three months, so the score is "
                    "judged on the latest ones"};
  input.predictions = sample_predictions();
  const Evaluation evaluation = sample_evaluation(input.predictions);
  input.holdouts = {{.by = SplitBy::kTime,
                     .train_rows = 6204,
                     .candidate = "gradient_boosting, small trees",
                     .left_out = 267,
                     .test_begins = {1'722'470'400'000'000},
                     .evaluation = evaluation},
                    {.by = SplitBy::kStratified,
                     .train_rows = 6471,
                     .candidate = "logistic, C 0.1",
                     .left_out = 0,
                     .evaluation = evaluation}};
  input.selection = sample_selection();
  input.cut_off = choose_cut_off({}, {input.predictions.repayment, input.predictions.good, input.predictions.weights},
                                 {input.predictions.repayment, input.predictions.good, input.predictions.weights});
  input.dropped = {"feature_9 is constant on the training rows."};
  input.directions = {"as `active_days` rises, the risk never rises"};
  input.drivers = sample_drivers();
  input.drivers_rows = "the headline hold-out";
  input.undated_tables = {"features"};
  input.without_undated = evaluation;
  input.counts = {{"applications", 8089, 0, ""}, {"gps", 412'311, 12, "land_speed before valid_from"}};
  input.features = {{"event_recency_hours", "hours_since_last(events)", "recency", 0.0006, false},
                    {"feature_3", "last(features.feature_3)", "masked", 0.629, true}};
  input.manifest = {
      {"applications sha256", "c1a5298f939e87e8f962a5edfc206918"}, {"seed", "42"}, {"command", "asof train asof.yaml"}};
  return input;
}

}  // namespace asof
