#include "evaluate/cut_off.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "evaluate/asked_rows.h"

namespace asof {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kRounding = 1e-12;  // profits nearer than this are equal: decimals are no binary fractions

/// What a rule finds among all that could be approved, from the strictest cut-off to none at all.
struct Found {
  double threshold = kNone;
  std::string absent;
};

Found by_f1(const DecisionRule& /*rule*/, const Predictions& rows, std::span<const Approval> /*steps*/) {
  const double threshold = best_f1_threshold(rows);
  return {threshold,
          std::isnan(threshold) ? "nobody repaid among the training rows that were predicted out of fold" : ""};
}

Found by_cost(const DecisionRule& rule, const Predictions& /*rows*/, std::span<const Approval> steps) {
  double best = 0.0;
  Found found;
  for (const Approval& step : steps) {
    const double value = profit(step, *rule.costs);
    if (!(value > best + kRounding)) continue;
    best = value;
    found.threshold = step.cutoff;
  }
  if (std::isnan(found.threshold)) {
    const auto [loss, margin] = *rule.costs;
    found.absent =
        format("no threshold earns anything out of fold: it takes more than {:.1f} % repaid among the approved",
               100.0 * loss / (loss + margin));
  }
  return found;
}

Found by_approval_rate(const DecisionRule& rule, const Predictions& /*rows*/, std::span<const Approval> steps) {
  const auto step = std::ranges::lower_bound(steps, rule.approve, {}, &Approval::share);
  if (step == steps.end()) return {kNone, "no training row was predicted out of fold"};
  return {step->cutoff, ""};
}

Found by_bad_rate(const DecisionRule& rule, const Predictions& /*rows*/, std::span<const Approval> steps) {
  Found found;
  const Approval* lowest = nullptr;
  for (const Approval& step : steps) {
    if (lowest == nullptr || step.default_rate < lowest->default_rate) lowest = &step;
    if (step.default_rate <= rule.at_most) found.threshold = step.cutoff;
  }
  if (!std::isnan(found.threshold)) return found;
  found.absent =
      lowest == nullptr
          ? "no training row was predicted out of fold"
          : format(
                "no threshold keeps the default rate of the approved at {:.1f} % or below out of fold: the lowest is "
                "{:.1f} %, with {:.1f} % approved",
                100.0 * rule.at_most, 100.0 * lowest->default_rate, 100.0 * lowest->share);
  return found;
}

/// In the order of DecideBy.
constexpr Found (*kRules[])(const DecisionRule&, const Predictions&, std::span<const Approval>) = {
    by_f1, by_cost, by_approval_rate, by_bad_rate};

Json approval_json(const Approval& approval, const std::optional<LoanCosts>& costs) {
  Json::Object object{{"approved", approval.share}, {"rows", approval.rows}, {"default_rate", approval.default_rate}};
  if (costs) object.emplace_back("profit", profit(approval, *costs));
  return object;
}

}  // namespace

double profit(const Approval& approval, const LoanCosts& costs) {
  if (approval.rows == 0) return 0.0;
  return approval.share *
         (costs.margin * (1.0 - approval.default_rate) - costs.loss_given_default * approval.default_rate);
}

CutOff choose_cut_off(const DecisionRule& rule, const Predictions& out_of_fold, const Predictions& held_out) {
  const Found found = kRules[static_cast<std::size_t>(rule.by)](rule, seen_from(out_of_fold, Outcome::kRepaid),
                                                                every_cut_off(out_of_fold));
  return {.rule = rule,
          .threshold = found.threshold,
          .absent = found.absent,
          .out_of_fold = approval_from(out_of_fold, found.threshold),
          .held_out = approval_from(held_out, found.threshold)};
}

Json to_json_value(const CutOff& cut_off) {
  const DecisionRule& rule = cut_off.rule;
  Json::Object object{{"by", to_string(rule.by)}};
  if (rule.costs) {
    object.emplace_back("loss_given_default", rule.costs->loss_given_default);
    object.emplace_back("margin", rule.costs->margin);
  }
  if (rule.by == DecideBy::kApprovalRate) object.emplace_back("approve", rule.approve);
  if (rule.by == DecideBy::kBadRate) object.emplace_back("at_most", rule.at_most);
  if (!cut_off.absent.empty()) {
    object.emplace_back("threshold_absent", cut_off.absent);
    return object;
  }
  object.emplace_back("threshold", cut_off.threshold);
  object.emplace_back("out_of_fold", approval_json(cut_off.out_of_fold, rule.costs));
  object.emplace_back("held_out", approval_json(cut_off.held_out, rule.costs));
  return object;
}

}  // namespace asof
