// The threshold from which on applications are approved, chosen by the rule of the project file.
#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "evaluate/curves.h"
#include "evaluate/metric.h"
#include "project/decision_rule.h"

namespace asof {

/// An application is approved when its calibrated probability of repayment, without a prior, is at least `threshold`.
struct CutOff {
  DecisionRule rule;
  double threshold = 0.0;  ///< a probability that was predicted out of fold; NaN: no threshold is as the rule asks
  std::string absent;      ///< why there is none, in a sentence
  Approval out_of_fold;    ///< what would have come of it; without a threshold nobody is approved
  Approval held_out;
};

/// What each application earns on average, refused ones nothing, as a share of the amount asked for:
/// `share * (margin * (1 - default_rate) - loss_given_default * default_rate)`. Every application counts by its weight:
/// all loans are of one amount, unless weights say otherwise.
double profit(const Approval& approval, const LoanCosts& costs);

/// By kF1 the best F1 of the repaid; by kCost the highest profit, if it is above 0; by kApprovalRate the fewest
/// applications that are at least `approve`; by kBadRate the most of which at most `at_most` defaulted. Of equals the
/// highest threshold. Applications of equal probability are approved together. Only `out_of_fold` chooses.
CutOff choose_cut_off(const DecisionRule& rule, const Predictions& out_of_fold, const Predictions& held_out);

/// Rule and settings, threshold, and what came of it: for manifests and programs.
Json to_json_value(const CutOff& cut_off);

}  // namespace asof
