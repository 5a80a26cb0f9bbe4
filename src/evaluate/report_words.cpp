#include "evaluate/report_words.h"

#include <algorithm>
#include <cmath>

#include "asof/error.h"
#include "base/format.h"
#include "evaluate/curves.h"
#include "evaluate/report_figures.h"
#include "model/model.h"

namespace asof {
namespace {

// Behaviour predicts repayment weakly; an area above this one has nearly always seen the outcome.
constexpr double kTooGood = 0.95;

std::string rule_in_words(const DecisionRule& rule) {
  switch (rule.by) {
    case DecideBy::kF1:
      return "the best F1 of the repaid";
    case DecideBy::kCost:
      return format("the highest profit, when a default loses {} of the amount and a repaid loan earns {}",
                    percent(rule.costs->loss_given_default), percent(rule.costs->margin));
    case DecideBy::kApprovalRate:
      return format("approving {}", percent(rule.approve));
    case DecideBy::kBadRate:
      return format("approving the most of which at most {} default", percent(rule.at_most));
  }
  return "";
}

std::string outcome_of(std::string_view where, const Approval& approval, const std::optional<LoanCosts>& costs) {
  if (approval.rows == 0) return format("{}: nobody is approved", where);
  std::string words =
      format("{}: {} approved, {} of them defaulted ({} to {})", where, percent(approval.share),
             percent(approval.default_rate), percent(approval.interval.low), percent(approval.interval.high));
  if (costs) words += format(", profit {} of the amount per application", percent(profit(approval, *costs)));
  return words;
}

bool overlap(const Interval& a, const Interval& b) { return a.low <= b.high && b.low <= a.high; }

}  // namespace

std::string counted(std::size_t count) {
  std::string digits = std::to_string(count);
  constexpr std::size_t kGroup = 3;
  for (std::size_t place = digits.size(); place > kGroup;) digits.insert(place -= kGroup, ",");
  return digits;
}

std::string number(double value) { return std::isnan(value) ? "undefined" : format("{:.3f}", value); }

std::string percent(double share) { return std::isnan(share) ? "undefined" : format("{:.1f} %", 100.0 * share); }

std::string with_interval(const Figure& figure) {
  if (std::isnan(figure.value) || std::isnan(figure.interval.low)) return number(figure.value);
  return format("{} ({} to {})", number(figure.value), number(figure.interval.low), number(figure.interval.high));
}

std::vector<std::string> sentences_of(const CutOff& cut_off) {
  const DecisionRule& rule = cut_off.rule;
  const std::string by = format("Decision by {}", to_string(rule.by));
  if (!cut_off.absent.empty()) return {format("{}: {}", by, cut_off.absent)};
  return {format("{}: approved from a probability of repayment of {:.4f} on, {}", by, cut_off.threshold,
                 rule_in_words(rule)),
          outcome_of("Out of fold", cut_off.out_of_fold, rule.costs),
          outcome_of("On the headline hold-out", cut_off.held_out, rule.costs)};
}

std::string baselines(const Figure& figure) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : figure.baselines) parts.push_back(format("{} {}", name, number(value)));
  return join(parts);
}

std::string title_of(const Figure& figure, const Evaluation& evaluation) {
  const Metric& what = metric(figure.metric);
  std::string title = title_of(what, figure.positive);
  if (figure.positive == evaluation.minority) title += " (the minority)";
  if (!what.of_decisions) return title;
  const Thresholds& thresholds = evaluation.thresholds;
  const double threshold = !figure.positive                       ? thresholds.accuracy
                           : *figure.positive == Outcome::kRepaid ? thresholds.repaid
                                                                  : thresholds.defaulted;
  return format("{}, threshold {}", title, number(threshold));
}

std::string beside_constant_answers(const Figure& figure) {
  const Metric& what = metric(figure.metric);
  if (!std::isnan(what.ideal)) {
    if (std::isnan(figure.interval.low)) return "undefined";
    return figure.interval.low <= what.ideal && what.ideal <= figure.interval.high ? "not shown to differ" : "differs";
  }
  const bool up = what.higher_is_better;
  double best = up ? -INFINITY : INFINITY;
  for (const auto& [name, value] : figure.baselines) {
    if (!std::isnan(value)) best = up ? std::max(best, value) : std::min(best, value);
  }
  if (std::isnan(figure.interval.low) || std::isinf(best)) return "undefined";
  if (figure.interval.low > best) return up ? "better" : "worse";
  if (figure.interval.high < best) return up ? "worse" : "better";
  return "not shown";
}

std::string kind_of(const HoldoutReport& holdout) {
  if (holdout.by == SplitBy::kStratified) return "drawn at random, stratified by outcome, whole persons";
  if (holdout.test_begins == kNoTime) return "the latest applications";
  return format("the latest applications, from {} on", date_of(holdout.test_begins));
}

std::string name_of(const HoldoutReport& holdout) { return holdout.by == SplitBy::kTime ? "By time" : "Stratified"; }

std::string headline_sentence(const ReportInput& input) {
  const std::string_view kind = input.holdouts.front().by == SplitBy::kTime ? "by time" : "stratified";
  if (input.headline.reason.empty()) return format("The headline is {}.", kind);
  return format("The headline is {}: {}{}", kind, input.headline.reason,
                input.headline.reason.ends_with('.') ? "" : ".");
}

std::string named(const std::vector<std::string>& tables) {
  std::vector<std::string> quoted;
  for (const std::string& table : tables) quoted.push_back(format("`{}`", table));
  return join(quoted);
}

const Trial& chosen(const ReportInput& input) {
  if (input.selection.trials.empty()) throw Error(Error::kInternal, "a report needs the trial that was chosen");
  return input.selection.trials.at(input.selection.best);
}

std::string title_of_kind(const std::string& kind) {
  for (const ModelKind* known : model_kinds()) {
    if (known->name == kind) return std::string(known->title);
  }
  return kind;
}

std::vector<std::string> all_alerts(const ReportInput& input) {
  std::vector<std::string> alerts = input.alerts;
  const Evaluation& headline = input.holdouts.front().evaluation;
  const Figure& auc = headline.figure("roc_auc");
  const std::size_t rarer = std::min(headline.repaid, headline.defaulted);
  if (rarer < kRarerRowsForVerdict) {
    alerts.push_back(format("The headline hold-out has only {} {} loans; under {} no figure of it is a verdict.", rarer,
                            to_string(headline.repaid < headline.defaulted ? Outcome::kRepaid : Outcome::kDefaulted),
                            kRarerRowsForVerdict));
  }
  if (beside_constant_answers(auc) != "better") {
    alerts.push_back(format("The score is not shown to rank better than chance: ROC-AUC {}.", with_interval(auc)));
  }
  if (auc.value > kTooGood) {
    alerts.push_back(
        format("ROC-AUC {} is too good to be true for behaviour data; look for a feature that knows the "
               "outcome.",
               number(auc.value)));
  }
  if (!input.undated_tables.empty()) {
    alerts.push_back(
        format("Undated: nothing shows that the values of {} were known before the application; {}.",
               named(input.undated_tables),
               input.without_undated ? "see the model with and without them" : "there is no model without them"));
  }
  for (std::size_t i = 1; i < input.holdouts.size(); ++i) {
    const Figure& other = input.holdouts[i].evaluation.figure("roc_auc");
    if (std::isnan(auc.interval.low) || std::isnan(other.interval.low) || overlap(auc.interval, other.interval))
      continue;
    alerts.push_back(format("The two hold-outs disagree beyond their intervals: ROC-AUC {} {}, {} {}.",
                            name_of(input.holdouts.front()), with_interval(auc), name_of(input.holdouts[i]),
                            with_interval(other)));
  }
  return alerts;
}

std::vector<std::string> limits(const ReportInput& input) {
  std::vector<std::string> result = {
      "Through-the-door bias is not corrected: declined applications have no outcome, so the figures speak of "
      "applicants "
      "like those who were given a loan.",
      "Intervals say how much a figure would vary among persons drawn alike; they know nothing of a market that "
      "changes.",
      "Fairness between groups is not measured here; no group was given.",
  };
  if (!input.undated_tables.empty()) {
    result.push_back(
        format("Point-in-time correctness holds for dated tables only; {} is undated.", named(input.undated_tables)));
  }
  if (!input.note.empty()) result.push_back(format("About the data: {}.", input.note));
  return result;
}

}  // namespace asof
