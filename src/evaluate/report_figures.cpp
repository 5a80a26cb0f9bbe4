#include "evaluate/report_figures.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "evaluate/charts.h"
#include "evaluate/curves.h"
#include "evaluate/report_words.h"

namespace asof {
namespace {

constexpr double kPointDistance = 0.003;  // of a unit axis: finer than a screen shows
constexpr std::size_t kDeciles = 10;
constexpr std::size_t kFeaturesDrawn = 20;

Predictions predictions_of(const ReportInput& input, Outcome positive = Outcome::kRepaid) {
  const HoldoutPredictions& rows = input.predictions;
  return {rows.repayment, rows.good, rows.weights, positive};
}

Outcome minority_of(const ReportInput& input) { return input.holdouts.front().evaluation.minority; }

double base_rate_of(const ReportInput& input, Outcome outcome) {
  const double repaid = base_rate(input.predictions.good, input.predictions.weights);
  return outcome == Outcome::kRepaid ? repaid : 1.0 - repaid;
}

Markup roc(const ReportInput& input) {
  const Figure& auc = input.holdouts.front().evaluation.figure("roc_auc");
  return draw(Plot{
      .title = "ROC curve",
      .description =
          format("How many repaid loans a cut-off lets through against how many defaulted ones. Area {}, with its "
                 "95 % interval; the dashed diagonal is chance.",
                 with_interval(auc)),
      .x = {.title = "defaulted loans let through", .percent = true},
      .y = {.title = "repaid loans let through", .percent = true},
      .series = {{.name = "model", .points = thinned(roc_curve(predictions_of(input)), kPointDistance)},
                 {.name = "chance", .tone = Tone::kReference, .dashed = true, .points = {{0.0, 0.0}, {1.0, 1.0}}}}});
}

Markup precision_recall(const ReportInput& input) {
  const Outcome minority = minority_of(input);
  const double base = base_rate_of(input, minority);
  const Figure& area = input.holdouts.front().evaluation.figure("pr_auc", minority);
  return draw(Plot{
      .title = format("Precision and recall of {}", to_string(minority)),
      .description = format("Of the loans called {0}, how many were; against how many of all {0} were found. Average "
                            "precision {1}, with its 95 % interval; the dashed line is the base rate, {2}.",
                            to_string(minority), with_interval(area), percent(base)),
      .x = {.title = "recall", .percent = true},
      .y = {.title = "precision", .percent = true},
      .series = {
          {.name = "model", .points = thinned(precision_recall_curve(predictions_of(input, minority)), kPointDistance)},
          {.name = "base rate", .tone = Tone::kReference, .dashed = true, .points = {{0.0, base}, {1.0, base}}}}});
}

Markup reliability(const std::vector<ScoreBin>& bins) {
  Series observed{.name = "tenths of the applications, with 95 % intervals", .draw = Draw::kDots};
  double low = 1.0, high = 0.0;
  for (const ScoreBin& bin : bins) {
    observed.points.push_back({bin.predicted, bin.repaid});
    observed.intervals.push_back(bin.interval);
    observed.notes.push_back(format("{} applications: predicted {}, repaid {} ({} to {})", counted(bin.rows),
                                    percent(bin.predicted), percent(bin.repaid), percent(bin.interval.low),
                                    percent(bin.interval.high)));
    low = std::min({low, bin.predicted, bin.interval.low});
    high = std::max({high, bin.predicted, bin.interval.high});
  }
  constexpr double kRound = 0.1;
  low = std::max(0.0, std::floor(low / kRound) * kRound);
  high = std::min(1.0, std::ceil(high / kRound) * kRound);
  if (!(low < high)) low = 0.0, high = 1.0;
  return draw(Plot{
      .title = "Reliability",
      .description = "What was predicted against what happened. On the dashed diagonal a predicted 30 % is "
                     "30 % repaid; above it the model is too cautious, below it too hopeful.",
      .x = {.title = "predicted probability of repayment", .low = low, .high = high, .percent = true},
      .y = {.title = "repaid", .low = low, .high = high, .percent = true},
      .series = {{.name = "perfect", .tone = Tone::kReference, .dashed = true, .points = {{low, low}, {high, high}}},
                 observed}});
}

Series steps_of(const char* name, Tone tone, const std::vector<double>& edges, const std::vector<double>& shares) {
  Series series{.name = name, .tone = tone, .draw = Draw::kSteps};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    series.points.push_back({edges[i], i < shares.size() ? shares[i] : 0.0});
  }
  return series;
}

Markup distribution(const ReportInput& input) {
  const ScoreDistribution scores = score_distribution(predictions_of(input));
  if (scores.edges.empty()) return {};
  const double highest = std::max(std::ranges::max(scores.repaid), std::ranges::max(scores.defaulted));
  return draw(Plot{.title = "Scores by outcome",
                   .description =
                       "Share of the loans of each outcome by predicted probability of repayment. The less the "
                       "two overlap, the better the score tells them apart.",
                   .x = {.title = "predicted probability of repayment",
                         .low = scores.edges.front(),
                         .high = scores.edges.back(),
                         .percent = true},
                   .y = {.title = "share of the outcome", .high = highest * 1.05, .percent = true},
                   .series = {steps_of("defaulted", Tone::kDefaulted, scores.edges, scores.defaulted),
                              steps_of("repaid", Tone::kRepaid, scores.edges, scores.repaid)}});
}

Markup importance(const char* title, const std::vector<Importance>& list, bool permutation, std::string description) {
  Bars chart{.title = title, .description = std::move(description)};
  for (const Importance& one : list) {
    if (chart.bars.size() == kFeaturesDrawn) break;
    chart.bars.push_back({.name = one.name.empty() ? "(no family)" : one.name,
                          .value = permutation ? one.permutation : one.mean_abs_shap,
                          .note = format("mean |contribution| {:.4f}, ROC-AUC lost when shuffled {:.4f}",
                                         one.mean_abs_shap, one.permutation)});
  }
  return draw(chart);
}

Markup repaid_by_month(const std::vector<Month>& months, const std::vector<std::string>& names) {
  Series observed{.name = "repaid", .tone = Tone::kRepaid, .draw = Draw::kDots};
  Series predicted{.name = "predicted", .tone = Tone::kReference};
  double high = 0.0;
  for (const Month& month : months) {
    const auto x = static_cast<double>(observed.points.size());
    const Interval reach = wilson_interval(month.repaid, month.rows);
    observed.points.push_back({x, month.repaid});
    observed.intervals.push_back(reach);
    observed.notes.push_back(format("{}: {} of {} repaid, {} predicted", month.name, percent(month.repaid),
                                    counted(month.rows), percent(month.predicted)));
    observed.pale.push_back(month.rarer < kRarerRowsForVerdict);
    predicted.points.push_back({x, month.predicted});
    high = std::max({high, reach.high, month.predicted});
  }
  return draw(
      Plot{.title = "Repaid rate by month",
           .description = "Share repaid by month of application (UTC) with 95 % intervals, and the mean prediction.",
           .x = {.title = "month of application",
                 .low = -0.5,
                 .high = static_cast<double>(months.size()) - 0.5,
                 .names = names},
           .y = {.title = "repaid", .high = std::min(1.0, high * 1.1), .percent = true},
           .series = {predicted, observed}});
}

Markup auc_by_month(const std::vector<Month>& months, const std::vector<std::string>& names, double overall) {
  Series auc{.name = "by month", .draw = Draw::kDots};
  double low = 0.4;
  for (const Month& month : months) {
    auc.points.push_back({static_cast<double>(auc.points.size()), month.roc_auc});
    auc.intervals.push_back(month.auc_interval);
    auc.notes.push_back(format("{}: ROC-AUC {} ({} to {}), {} applications, {} of the rarer outcome", month.name,
                               number(month.roc_auc), number(month.auc_interval.low), number(month.auc_interval.high),
                               counted(month.rows), counted(month.rarer)));
    auc.pale.push_back(month.rarer < kRarerRowsForVerdict);
    if (!std::isnan(month.auc_interval.low)) low = std::min(low, month.auc_interval.low);
  }
  constexpr double kRound = 0.1;
  const double last = static_cast<double>(months.size()) - 0.5;
  return draw(
      Plot{.title = "ROC-AUC by month",
           .description = format("Does the score keep its power over time? With 95 % intervals (Hanley-McNeil). Pale: "
                                 "fewer than {} loans of the rarer outcome, no verdict.",
                                 kRarerRowsForVerdict),
           .x = {.title = "month of application", .low = -0.5, .high = last, .names = names},
           .y = {.title = "ROC-AUC", .low = std::floor(low / kRound) * kRound, .high = 1.0},
           .series = {{.name = "whole hold-out",
                       .tone = Tone::kReference,
                       .dashed = true,
                       .points = {{-0.5, overall}, {last, overall}}},
                      auc}});
}

}  // namespace

Markup discrimination_figures(const ReportInput& input) { return roc(input) + precision_recall(input); }

Markup calibration_figures(const ReportInput& input) {
  return reliability(score_bins(predictions_of(input), kDeciles)) + distribution(input);
}

Markup profit_figures(const ReportInput& input) {
  const CutOff& cut_off = input.cut_off;
  if (!cut_off.rule.costs) return {};
  const LoanCosts costs = *cut_off.rule.costs;
  std::vector<Point> curve = {{0.0, 0.0}};
  for (const Approval& step : every_cut_off(predictions_of(input))) curve.push_back({step.share, profit(step, costs)});
  Series chosen{.name = "the threshold", .tone = Tone::kDefaulted, .draw = Draw::kDots};
  if (!std::isnan(cut_off.threshold)) {
    chosen.points.push_back({cut_off.held_out.share, profit(cut_off.held_out, costs)});
    chosen.notes.push_back(
        format("{} approved, profit {}", percent(cut_off.held_out.share), percent(chosen.points.back().y)));
  }
  const auto [low, high] = std::ranges::minmax_element(curve, {}, &Point::y);
  const double room = std::max((high->y - low->y) * 0.05, 0.001);
  const Axis y{.title = "profit, share of the amount", .low = low->y - room, .high = high->y + room, .percent = true};
  Plot plot{
      .title = "Profit",
      .description = format("Profit per application on the headline hold-out, refused ones counted, when a default "
                            "loses {} of the amount and a repaid loan earns {}. Every application counts alike, or "
                            "by its weight.",
                            percent(costs.loss_given_default), percent(costs.margin)),
      .x = {.title = "approved", .percent = true},
      .y = y,
      .series = {
          {.name = "nobody approved", .tone = Tone::kReference, .dashed = true, .points = {{0.0, 0.0}, {1.0, 0.0}}},
          {.name = "profit", .points = thinned(curve, kPointDistance)}}};
  if (!chosen.points.empty()) plot.series.push_back(chosen);
  return element("div", {{"class", "charts"}}, draw(plot));
}

Markup driver_figures(const ReportInput& input) {
  const Drivers& drivers = input.drivers;
  Markup result;
  const std::string moved = "Mean absolute contribution to the log-odds of repayment (SHAP)";
  result +=
      importance("Families: how far they move the score", drivers.families, false,
                 format("{}, summed over the features of a family; {} rows.", moved, counted(drivers.rows_explained)));
  result +=
      importance("Families: what ranking loses without them", drivers.families, true,
                 format("Loss of ROC-AUC when the values of a family are shuffled among {} rows, mean of {} shuffles.",
                        counted(drivers.rows_permuted), drivers.repeats));
  result +=
      importance("Features: how far they move the score", drivers.features, false,
                 format("{}; {} rows. At most {} are drawn.", moved, counted(drivers.rows_explained), kFeaturesDrawn));
  result += importance("Features: what ranking loses without them", drivers.features, true,
                       format("Loss of ROC-AUC when the values of one feature are shuffled among {} rows, mean of {} "
                              "shuffles. Features that stand in for each other lose little.",
                              counted(drivers.rows_permuted), drivers.repeats));
  return result;
}

Markup month_figures(const ReportInput& input) {
  const std::vector<Month> months = by_month(predictions_of(input), input.predictions.times);
  if (months.size() < 2) return {};
  std::vector<std::string> names;
  for (const Month& month : months) names.push_back(month.name);
  return repaid_by_month(months, names) +
         auc_by_month(months, names, input.holdouts.front().evaluation.figure("roc_auc").value);
}

}  // namespace asof
