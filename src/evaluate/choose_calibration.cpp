#include "evaluate/choose_calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "base/elementary.h"
#include "base/format.h"
#include "base/random.h"

namespace asof {
namespace {

constexpr std::size_t kFolds = 5;
constexpr std::size_t kRarerMin = 50;           // persons; below, even a slope is mostly noise
constexpr std::size_t kRarerMinIsotonic = 500;  // a free curve needs more than two numbers do

constexpr std::array kTried = {CalibrationKind::kPlatt, CalibrationKind::kBeta, CalibrationKind::kIsotonic};

/// Rows in vectors of their own.
struct OwnedRows {
  std::vector<double> margins, good, weights;

  void add(const HeldOut& rows, std::size_t i) {
    margins.push_back(rows.margins[i]);
    good.push_back(rows.good[i]);
    weights.push_back(rows.weight(i));
  }
  HeldOut view() const { return {margins, good, weights}; }
};

/// The fold of every group.
std::map<std::uint32_t, std::size_t> folds_of(std::span<const std::uint32_t> groups, std::uint64_t seed) {
  const std::set<std::uint32_t> distinct(groups.begin(), groups.end());
  std::vector<std::uint32_t> order(distinct.begin(), distinct.end());
  Random(seed).shuffle(std::span(order));
  std::map<std::uint32_t, std::size_t> folds;
  for (std::size_t i = 0; i < order.size(); ++i) folds[order[i]] = i % kFolds;
  return folds;
}

std::size_t rarer_groups(const HeldOut& rows, std::span<const std::uint32_t> groups) {
  std::set<std::uint32_t> repaid, defaulted;
  for (std::size_t i = 0; i < groups.size(); ++i) (rows.good[i] == 1.0 ? repaid : defaulted).insert(groups[i]);
  return std::min(repaid.size(), defaulted.size());
}

double log_loss_of(double log_odds, double good) {
  return -portable_log(sigmoid(good == 1.0 ? log_odds : -log_odds));  // bounded, since log-odds are
}

/// The gain of `kind` over no calibration; nothing when it cannot be fitted in every fold.
std::optional<CalibrationTrial> try_kind(CalibrationKind kind, const HeldOut& rows,
                                         std::span<const std::uint32_t> groups,
                                         const std::map<std::uint32_t, std::size_t>& folds) {
  struct Sum {
    double gain = 0.0, weight = 0.0;
  };
  std::map<std::uint32_t, Sum> of_group;
  Sum all;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    OwnedRows training;
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (folds.at(groups[i]) != fold) training.add(rows, i);
    const auto calibration = Calibration::fit(kind, training.view());
    if (!calibration) return std::nullopt;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (folds.at(groups[i]) != fold) continue;
      const double weight = rows.weight(i);
      const double gain = log_loss_of(Calibration().apply(rows.margins[i]), rows.good[i]) -
                          log_loss_of(calibration->apply(rows.margins[i]), rows.good[i]);
      for (Sum* sum : {&of_group[groups[i]], &all}) sum->gain += weight * gain, sum->weight += weight;
    }
  }
  CalibrationTrial trial{.kind = kind, .gain = all.gain / all.weight};
  double squares = 0.0;
  for (const auto& [group, sum] : of_group) {
    const double deviation = sum.gain - trial.gain * sum.weight;
    squares += deviation * deviation;
  }
  trial.error = std::sqrt(squares) / all.weight;
  return trial;
}

std::string in_words(std::span<const CalibrationTrial> trials) {
  std::vector<std::string> tried;
  for (const CalibrationTrial& trial : trials.subspan(1))
    tried.push_back(format("{} {:+.5f} ± {:.5f}", to_string(trial.kind), trial.gain, trial.error));
  return join(tried);
}

}  // namespace

ChosenCalibration choose_calibration(const HeldOut& rows, std::span<const std::uint32_t> groups, std::uint64_t seed) {
  ChosenCalibration result;
  result.trials.push_back({});
  const std::size_t rarer = rarer_groups(rows, groups);
  if (rarer < kRarerMin) {
    result.reason =
        format("none: {} persons of the rarer outcome are too few to fit one ({} are needed)", rarer, kRarerMin);
    return result;
  }
  const auto folds = folds_of(groups, seed);
  for (const CalibrationKind kind : kTried) {
    if (kind == CalibrationKind::kIsotonic && rarer < kRarerMinIsotonic) continue;
    if (const auto trial = try_kind(kind, rows, groups, folds)) result.trials.push_back(*trial);
  }
  const CalibrationTrial best = *std::ranges::max_element(result.trials, {}, &CalibrationTrial::gain);
  const auto chosen = std::ranges::find_if(
      result.trials, [&](const CalibrationTrial& trial) { return trial.gain >= best.gain - best.error; });
  if (const auto fitted = Calibration::fit(chosen->kind, rows)) result.calibration = *fitted;
  result.reason = format("{}: the simplest within one standard error of the best; gain in log loss over none: {}",
                         to_string(result.calibration.kind()), in_words(result.trials));
  return result;
}

}  // namespace asof
