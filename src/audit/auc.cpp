#include "audit/auc.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/format.h"

namespace asof::audit {
namespace {

/// The AUC, and how much each row moves it: (V - AUC) * weight / weight of its outcome, where V is the share of the
/// rows of the other outcome that it is in the right order with.
struct Influences {
  double auc = kMissing;
  std::vector<double> of_row;
};

Influences influences(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> scores) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return scores[i]; });
  double weight[2] = {0.0, 0.0};  // of the defaulted, and of the repaid
  const auto outcome = [&](std::size_t i) { return data.good[rows[i]] == 1.0 ? 1U : 0U; };
  for (std::size_t i = 0; i < rows.size(); ++i) weight[outcome(i)] += data.weights[rows[i]];

  Influences result{.auc = kMissing, .of_row = std::vector<double>(rows.size())};
  if (weight[0] <= 0.0 || weight[1] <= 0.0) return result;
  double below[2] = {0.0, 0.0};
  double sum = 0.0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double tied[2] = {0.0, 0.0};
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end)
      tied[outcome(order[end])] += data.weights[rows[order[end]]];
    const double of_repaid = (below[0] + 0.5 * tied[0]) / weight[0];
    const double of_defaulted = (weight[1] - below[1] - 0.5 * tied[1]) / weight[1];
    for (std::size_t k = begin; k < end; ++k)
      result.of_row[order[k]] = outcome(order[k]) == 1 ? of_repaid : of_defaulted;
    sum += tied[1] * of_repaid;
    for (const unsigned o : {0U, 1U}) below[o] += tied[o];
    begin = end;
  }
  result.auc = sum / weight[1];
  for (std::size_t i = 0; i < rows.size(); ++i)
    result.of_row[i] = (result.of_row[i] - result.auc) * data.weights[rows[i]] / weight[outcome(i)];
  return result;
}

/// The standard error of a sum of influences, rows of one group taken together.
double clustered_error(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> influence) {
  std::map<std::uint32_t, double> of_group;
  for (std::size_t i = 0; i < rows.size(); ++i) of_group[data.groups[rows[i]]] += influence[i];
  const auto groups = static_cast<double>(of_group.size());
  if (groups < 2.0) return kMissing;
  double squares = 0.0;
  for (const auto& [group, sum] : of_group) squares += sum * sum;
  return std::sqrt(squares * groups / (groups - 1.0));
}

}  // namespace

std::string to_string(const Estimate& estimate) { return format("{:.3f} ± {:.3f}", estimate.value, estimate.error); }

std::string signed_text(const Estimate& estimate) { return format("{:+.4f} ± {:.4f}", estimate.value, estimate.error); }

Estimate auc(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> scores) {
  const Influences found = influences(data, rows, scores);
  return {found.auc, is_missing(found.auc) ? kMissing : clustered_error(data, rows, found.of_row)};
}

Estimate auc_difference(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> scores,
                        std::span<const double> others) {
  Influences found = influences(data, rows, scores);
  const Influences other = influences(data, rows, others);
  if (is_missing(found.auc)) return {};
  for (std::size_t i = 0; i < rows.size(); ++i) found.of_row[i] -= other.of_row[i];
  return {found.auc - other.auc, clustered_error(data, rows, found.of_row)};
}

Estimate mean_of(std::span<const Estimate> estimates) {
  double sum = 0.0, squares = 0.0, count = 0.0;
  for (const Estimate& estimate : estimates) {
    if (is_missing(estimate.value)) continue;
    sum += estimate.value;
    squares += estimate.error * estimate.error;
    count += 1.0;
  }
  if (count == 0.0) return {};
  return {sum / count, std::sqrt(squares) / count};
}

}  // namespace asof::audit
