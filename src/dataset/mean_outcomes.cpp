#include "dataset/mean_outcomes.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "base/random.h"

namespace asof {
namespace {

/// Few: with many, a row's value would be its category's mean without little more than itself, which tells the outcome
/// again, the other way round.
constexpr std::size_t kFolds = 5;
constexpr std::uint64_t kFoldSeed = 20'250'601;  // never the seed of the folds that choose among candidates

struct Sums {
  double weight = 0.0;
  double good = 0.0;

  void add(const Sums& other) { weight += other.weight, good += other.good; }
};

using SumsOfFolds = std::array<Sums, kFolds>;

/// A person's fold depends on nothing but the person.
std::size_t fold_of(std::uint32_t group) { return static_cast<std::size_t>(Random(kFoldSeed, group).below(kFolds)); }

std::vector<std::size_t> folds_of(const CategorisedOutcomes& rows) {
  std::vector<std::size_t> folds;
  folds.reserve(rows.groups.size());
  for (const std::uint32_t group : rows.groups) folds.push_back(fold_of(group));
  return folds;
}

/// Per category. Rows are added in the order of their values, so that sums round alike in whatever order they come.
std::vector<SumsOfFolds> sums_of(const CategorisedOutcomes& rows, const std::vector<std::size_t>& folds) {
  std::vector<std::size_t> order(rows.category.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(
      order, {}, [&](std::size_t i) { return std::tuple(rows.category[i], folds[i], rows.good[i], rows.weights[i]); });
  std::vector<SumsOfFolds> sums(rows.categories);
  for (const std::size_t i : order) {
    sums[rows.category[i]][folds[i]].add({.weight = rows.weights[i], .good = rows.weights[i] * rows.good[i]});
  }
  return sums;
}

/// Of all folds but `without`; kFolds: of all.
Sums total(const SumsOfFolds& folds, std::size_t without) {
  Sums sums;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    if (fold != without) sums.add(folds[fold]);
  }
  return sums;
}

std::vector<double> mean_outcomes_without(const std::vector<SumsOfFolds>& sums, std::size_t without, double smoothing) {
  Sums all;
  for (const SumsOfFolds& category : sums) all.add(total(category, without));
  std::vector<double> result(sums.size(), 0.0);
  if (all.weight <= 0.0) return result;
  const double mean = all.good / all.weight;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Sums category = total(sums[i], without);
    if (category.weight > 0.0) result[i] = (category.good - category.weight * mean) / (category.weight + smoothing);
  }
  return result;
}

/// In units of `weights`.
double smoothing_weight(const std::vector<SumsOfFolds>& sums, std::size_t rows, double smoothing) {
  Sums all;
  for (const SumsOfFolds& category : sums) all.add(total(category, kFolds));
  return smoothing * all.weight / static_cast<double>(rows);
}

}  // namespace

std::vector<double> mean_outcomes(const CategorisedOutcomes& rows, double smoothing) {
  const std::vector<SumsOfFolds> sums = sums_of(rows, folds_of(rows));
  return mean_outcomes_without(sums, kFolds, smoothing_weight(sums, rows.category.size(), smoothing));
}

std::vector<double> out_of_fold_mean_outcomes(const CategorisedOutcomes& rows, double smoothing) {
  const std::vector<std::size_t> folds = folds_of(rows);
  const std::vector<SumsOfFolds> sums = sums_of(rows, folds);
  const double weight = smoothing_weight(sums, rows.category.size(), smoothing);
  std::array<std::vector<double>, kFolds> without;
  for (std::size_t fold = 0; fold < kFolds; ++fold) without[fold] = mean_outcomes_without(sums, fold, weight);
  std::vector<double> result;
  result.reserve(rows.category.size());
  for (std::size_t i = 0; i < rows.category.size(); ++i) result.push_back(without[folds[i]][rows.category[i]]);
  return result;
}

}  // namespace asof
