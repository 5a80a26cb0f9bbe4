#include "evaluate/curves.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "base/format.h"
#include "evaluate/ranking.h"

namespace asof {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kNormal95 = 1.959963984540054;  // the 97.5 % quantile of the standard normal distribution

Predictions seen_from(Predictions predictions, Outcome positive) {
  predictions.positive = positive;
  return predictions;
}

std::chrono::year_month_day calendar_day(Timestamp time) {
  const std::chrono::sys_time<std::chrono::microseconds> moment{std::chrono::microseconds(time.microseconds)};
  return std::chrono::floor<std::chrono::days>(moment);
}

/// Standard error of an AUC (Hanley and McNeil, "The meaning and use of the area under a receiver operating
/// characteristic (ROC) curve", Radiology 143, 1982).
Interval auc_interval(double auc, double positives, double negatives) {
  if (std::isnan(auc)) return {kNone, kNone};
  const double two_positives = auc / (2.0 - auc);
  const double two_negatives = 2.0 * auc * auc / (1.0 + auc);
  const double variance = (auc * (1.0 - auc) + (positives - 1.0) * (two_positives - auc * auc) +
                           (negatives - 1.0) * (two_negatives - auc * auc)) /
                          (positives * negatives);
  const double reach = kNormal95 * std::sqrt(std::max(variance, 0.0));
  return {std::max(0.0, auc - reach), std::min(1.0, auc + reach)};
}

/// Rows `begin` to `end` of a ranking by falling probability.
ScoreBin bin_of(const Ranking& ranking, std::size_t begin, std::size_t end) {
  ScoreBin bin{.rows = end - begin, .lowest = ranking.probability[end - 1], .highest = ranking.probability[begin]};
  const auto weights = ranking.weights.subspan(begin, bin.rows);
  bin.predicted = weighted_mean(ranking.probability.subspan(begin, bin.rows), weights);
  bin.repaid = weighted_mean(ranking.positive.subspan(begin, bin.rows), weights);
  bin.interval = wilson_interval(bin.repaid, bin.rows);
  return bin;
}

}  // namespace

std::vector<Point> roc_curve(const Predictions& predictions) {
  const SortedPredictions sorted(seen_from(predictions, Outcome::kRepaid));
  const ClassWeights all = total(sorted.ranking());
  if (!(all.positive > 0.0 && all.negative > 0.0)) return {};
  std::vector<Point> points = {{0.0, 0.0}};
  ClassWeights called;
  for_each_step(sorted.ranking(), [&](double, const ClassWeights& step) {
    called.positive += step.positive;
    called.negative += step.negative;
    points.push_back({called.negative / all.negative, called.positive / all.positive});
  });
  return points;
}

std::vector<Point> precision_recall_curve(const Predictions& predictions) {
  const SortedPredictions sorted(predictions);
  const ClassWeights all = total(sorted.ranking());
  if (!(all.positive > 0.0)) return {};
  std::vector<Point> points;
  ClassWeights called;
  for_each_step(sorted.ranking(), [&](double, const ClassWeights& step) {
    called.positive += step.positive;
    called.negative += step.negative;
    points.push_back({called.positive / all.positive, called.positive / (called.positive + called.negative)});
  });
  return points;
}

std::vector<Point> thinned(std::span<const Point> points, double distance) {
  std::vector<Point> kept;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool near = !kept.empty() && std::abs(points[i].x - kept.back().x) < distance &&
                      std::abs(points[i].y - kept.back().y) < distance;
    if (!near || i + 1 == points.size()) kept.push_back(points[i]);
  }
  return kept;
}

std::vector<Approval> every_cut_off(const Predictions& predictions) {
  const SortedPredictions sorted(seen_from(predictions, Outcome::kRepaid));
  const Ranking ranking = sorted.ranking();
  const ClassWeights all = total(ranking);
  std::vector<Approval> result;
  ClassWeights approved;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const double repaid = ranking.weights[i] * ranking.positive[i];
    approved.positive += repaid;
    approved.negative += ranking.weights[i] - repaid;
    if (i + 1 < ranking.size() && ranking.probability[i + 1] == ranking.probability[i]) continue;
    const double weight = approved.positive + approved.negative;
    const double default_rate = approved.negative / weight;
    result.push_back({.share = weight / (all.positive + all.negative),
                      .rows = i + 1,
                      .cutoff = ranking.probability[i],
                      .default_rate = default_rate,
                      .interval = wilson_interval(default_rate, i + 1),
                      .defaults_refused = all.negative > 0.0 ? 1.0 - approved.negative / all.negative : kNone});
  }
  return result;
}

std::vector<Approval> strategy_curve(const Predictions& predictions, std::span<const double> shares) {
  const std::vector<Approval> steps = every_cut_off(predictions);
  std::vector<Approval> result;
  for (const double share : shares) {
    const auto step = std::ranges::lower_bound(steps, share, {}, &Approval::share);
    if (share > 0.0 && step != steps.end()) result.push_back(*step);
  }
  return result;
}

Approval approval_from(const Predictions& predictions, double threshold) {
  const std::vector<Approval> steps = every_cut_off(predictions);
  const auto below = std::ranges::find_if(steps, [&](const Approval& step) { return !(step.cutoff >= threshold); });
  if (below != steps.begin()) return *std::prev(below);
  return {.cutoff = threshold,
          .default_rate = kNone,
          .interval = {kNone, kNone},
          .defaults_refused = steps.empty() || steps.back().default_rate == 0.0 ? kNone : 1.0};
}

std::vector<ScoreBin> score_bins(const Predictions& predictions, std::size_t bins) {
  const SortedPredictions sorted(seen_from(predictions, Outcome::kRepaid));
  const Ranking ranking = sorted.ranking();
  std::vector<ScoreBin> result;
  std::size_t begin = 0;
  for (std::size_t bin = 1; bin <= bins && begin < ranking.size(); ++bin) {
    std::size_t end = std::max(ranking.size() * bin / bins, begin + 1);
    while (end < ranking.size() && ranking.probability[end] == ranking.probability[end - 1]) ++end;
    result.push_back(bin_of(ranking, begin, end));
    begin = end;
  }
  std::ranges::reverse(result);
  return result;
}

ScoreDistribution score_distribution(const Predictions& predictions) {
  constexpr double kWidth = 0.025;
  constexpr std::size_t kBins = 40;
  std::vector<double> repaid(kBins, 0.0), defaulted(kBins, 0.0);
  for (std::size_t i = 0; i < predictions.good.size(); ++i) {
    const auto bin = std::min(kBins - 1, static_cast<std::size_t>(predictions.repayment[i] / kWidth));
    const double weight = predictions.weights.empty() ? 1.0 : predictions.weights[i];
    (predictions.good[i] == 1.0 ? repaid : defaulted)[bin] += weight;
  }
  const auto filled = [&](std::size_t bin) { return repaid[bin] + defaulted[bin] > 0.0; };
  std::size_t first = 0, last = kBins;
  while (first < last && !filled(first)) ++first;
  while (last > first && !filled(last - 1)) --last;
  ScoreDistribution result;
  double repaid_total = 0.0, defaulted_total = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) repaid_total += repaid[bin], defaulted_total += defaulted[bin];
  for (std::size_t bin = first; bin < last; ++bin) {
    result.edges.push_back(static_cast<double>(bin) * kWidth);
    result.repaid.push_back(repaid_total > 0.0 ? repaid[bin] / repaid_total : 0.0);
    result.defaulted.push_back(defaulted_total > 0.0 ? defaulted[bin] / defaulted_total : 0.0);
  }
  if (!result.edges.empty()) result.edges.push_back(static_cast<double>(last) * kWidth);
  return result;
}

std::vector<Month> by_month(const Predictions& predictions, std::span<const Timestamp> times) {
  struct Rows {
    std::vector<double> repayment, good, weights;
  };
  std::map<std::string, Rows> months;
  for (std::size_t i = 0; i < times.size(); ++i) {
    Rows& rows = months[date_of(times[i]).substr(0, std::string_view("2024-03").size())];
    rows.repayment.push_back(predictions.repayment[i]);
    rows.good.push_back(predictions.good[i]);
    rows.weights.push_back(predictions.weights.empty() ? 1.0 : predictions.weights[i]);
  }
  std::vector<Month> result;
  for (const auto& [name, rows] : months) {
    const auto repaid = static_cast<std::size_t>(std::ranges::count(rows.good, 1.0));
    const std::size_t defaulted = rows.good.size() - repaid;
    Month month{.name = name, .rows = rows.good.size(), .rarer = std::min(repaid, defaulted)};
    month.predicted = weighted_mean(rows.repayment, rows.weights);
    month.repaid = weighted_mean(rows.good, rows.weights);
    month.roc_auc = metric("roc_auc").evaluate({rows.repayment, rows.good, rows.weights});
    month.auc_interval = auc_interval(month.roc_auc, static_cast<double>(repaid), static_cast<double>(defaulted));
    result.push_back(std::move(month));
  }
  return result;
}

Interval wilson_interval(double share, std::size_t rows) {
  if (rows == 0) return {kNone, kNone};
  const auto count = static_cast<double>(rows);
  const double square = kNormal95 * kNormal95;
  const double middle = (share + square / (2.0 * count)) / (1.0 + square / count);
  const double reach =
      kNormal95 / (1.0 + square / count) * std::sqrt(share * (1.0 - share) / count + square / (4.0 * count * count));
  return {std::max(0.0, middle - reach), std::min(1.0, middle + reach)};
}

std::string date_of(Timestamp time) {
  const std::chrono::year_month_day day = calendar_day(time);
  return format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
}

}  // namespace asof
