// By what the threshold is chosen from which on an application is approved. It is one on the calibrated probability of
// repayment, found on predictions of rows that the model had not learnt from.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace asof {

/// What an approved loan costs when it is not repaid and earns when it is.
struct LoanCosts {
  double loss_given_default = 0.0;  ///< share of the amount
  double margin = 0.0;              ///< share of the amount

  bool operator==(const LoanCosts&) const = default;
};

enum class DecideBy {
  kF1,            ///< the best F1 of the repaid
  kCost,          ///< the highest profit
  kApprovalRate,  ///< so many are approved
  kBadRate,       ///< as many are approved as default seldom enough
};

/// As the project file calls them, in the order of DecideBy.
inline constexpr std::array<std::string_view, 4> kDecideByNames = {"f1", "cost", "approval_rate", "bad_rate"};

inline std::string_view to_string(DecideBy by) { return kDecideByNames[static_cast<std::size_t>(by)]; }

/// `name` is one of the names.
inline DecideBy decide_by_named(std::string_view name) {
  return static_cast<DecideBy>(std::ranges::find(kDecideByNames, name) - kDecideByNames.begin());
}

struct DecisionRule {
  DecideBy by = DecideBy::kF1;
  std::optional<LoanCosts> costs;  ///< always with kCost; with the other rules profits are told, and decide nothing
  double approve = 0.0;            ///< for kApprovalRate: share of the applications
  double at_most = 0.0;            ///< for kBadRate: share of defaulted among the approved

  bool operator==(const DecisionRule&) const = default;
};

}  // namespace asof
