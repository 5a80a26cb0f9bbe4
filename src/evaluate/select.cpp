// The choice of a model. Every trial meets the same folds, so trials can be compared fold by fold.
#include "evaluate/select.h"

#include <algorithm>
#include <utility>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"
#include "base/stopwatch.h"
#include "evaluate/fold_runs.h"
#include "evaluate/search.h"

namespace asof {
namespace {

/// A trial, and its margins for rows that its folds had not learnt from: fold after fold, so a row comes once per
/// repeat.
struct Tried {
  Trial trial;
  std::size_t place = 0;  ///< among the attempts: the plainest first
  std::vector<std::uint32_t> rows;
  std::vector<double> margins;

  Tried(Attempt attempt, std::span<const Split> folds) : place(attempt.place) {
    trial = {.kind = std::string(attempt.kind->name), .setting = std::move(attempt.setting)};
    trial.fold_roc_auc = figures(attempt.folds, &FoldResult::roc_auc);
    const MeanAndError roc_auc = mean_and_error(trial.fold_roc_auc);
    trial.roc_auc = roc_auc.mean;
    trial.roc_auc_error = roc_auc.error;
    trial.log_loss = mean_and_error(figures(attempt.folds, &FoldResult::log_loss)).mean;
    trial.pr_auc_minority = mean_and_error(figures(attempt.folds, &FoldResult::pr_auc_minority)).mean;
    for (std::size_t k = 0; k < folds.size(); ++k) {
      const std::vector<double>& margins_of_fold = attempt.folds[k].margins;
      rows.insert(rows.end(), folds[k].test.begin(), folds[k].test.end());
      margins.insert(margins.end(), margins_of_fold.begin(), margins_of_fold.end());
      trial.seconds += attempt.folds[k].seconds;
    }
  }
};

/// The calibrated repayment probability of each of `rows`, the mean over repeats; missing where never tested.
std::vector<double> out_of_fold(const Tried& tried, const Calibration& calibration, std::size_t dataset_rows,
                                std::span<const std::uint32_t> rows) {
  std::vector<double> sum(dataset_rows, 0.0);
  std::vector<int> times(dataset_rows, 0);
  for (std::size_t i = 0; i < tried.rows.size(); ++i) {
    sum[tried.rows[i]] += sigmoid(calibration.apply(tried.margins[i]));
    ++times[tried.rows[i]];
  }
  std::vector<double> result;
  result.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    result.push_back(times[row] == 0 ? kMissing : sum[row] / static_cast<double>(times[row]));
  }
  return result;
}

/// Outcomes and weights of some rows, beside what was predicted for them.
struct Judged {
  std::vector<double> repayment;
  std::vector<double> good;
  std::vector<double> weights;

  Judged(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const double> predicted) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (is_missing(predicted[i])) continue;
      repayment.push_back(predicted[i]);
      good.push_back(data.good[rows[i]]);
      weights.push_back(data.weights[rows[i]]);
    }
  }

  Predictions seen_from(Outcome positive) const { return {repayment, good, weights, positive}; }
};

/// Preprocessing takes infinities as missing, too.
bool any_missing(const Dataset& data, std::span<const std::uint32_t> rows) {
  return std::ranges::any_of(rows, [&](std::uint32_t row) {
    return std::ranges::any_of(data.features.row(row), [](double value) { return !std::isfinite(value); });
  });
}

bool prepares_alike(const PreprocessOptions& a, const PreprocessOptions& b, bool missing_matters) {
  return a.scale == b.scale && a.texts == b.texts && a.categories == b.categories && a.smoothing == b.smoothing &&
         a.clip == b.clip && (a.missing == b.missing || !missing_matters);
}

bool has_texts(const Dataset& data) {
  return !std::ranges::all_of(data.columns, &std::vector<std::string>::empty, &FeatureColumn::categories);
}

/// The kind's settings, each with every encoding of texts where there are texts.
std::vector<Setting> settings_for(const Dataset& data, std::size_t rows, const ModelKind& kind,
                                  const SelectOptions& options) {
  std::vector<Setting> result;
  for (const Setting& setting : kind.settings(rows, data.columns.size())) {
    for (const TextEncoding encoding : has_texts(data) ? options.texts : std::vector{TextEncoding::kIndicators}) {
      result.push_back(with_texts(setting, encoding, options.clip));
    }
  }
  return result;
}

std::vector<Attempt> listed_attempts(const Dataset& data, std::span<const std::uint32_t> rows,
                                     std::span<const ModelKind* const> kinds, const SelectOptions& options) {
  const bool missing_matters = any_missing(data, rows);
  std::vector<Attempt> result;
  for (const ModelKind* kind : kinds) {
    for (Setting& setting : settings_for(data, rows.size(), *kind, options)) {
      const bool known = std::ranges::any_of(result, [&](const Attempt& earlier) {
        return earlier.kind == kind && earlier.setting.parameters == setting.parameters &&
               prepares_alike(earlier.setting.preprocess, setting.preprocess, missing_matters);
      });
      if (!known) result.push_back({.kind = kind, .setting = std::move(setting), .place = result.size(), .folds = {}});
    }
  }
  return result;
}

ChosenCalibration calibrated(const Tried& tried, const Dataset& data, std::uint64_t seed) {
  std::vector<double> good, weights;
  std::vector<std::uint32_t> groups;
  for (const std::uint32_t row : tried.rows) {
    good.push_back(data.good[row]);
    weights.push_back(data.weights[row]);
    groups.push_back(data.groups[row]);
  }
  return choose_calibration({tried.margins, good, weights}, groups, seed);
}

bool better(const Trial& a, const Trial& b) {
  if (a.roc_auc != b.roc_auc) return a.roc_auc > b.roc_auc;
  return a.log_loss < b.log_loss;
}

bool differ_in_missing_alone(const Setting& a, const Setting& b) {
  return a.preprocess.missing != b.preprocess.missing && a.parameters == b.parameters &&
         prepares_alike(a.preprocess, b.preprocess, false);
}

/// The plainest of those that the best is no more than one standard error ahead of (Breiman, Friedman, Olshen and
/// Stone, "Classification and regression trees", 1984; the error is that of the paired difference). Keeping missing
/// values is as plain as imputing them: there the better one is. `tried` are sorted.
std::size_t plainest_of_equals(std::span<const Tried> tried) {
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < tried.size(); ++i) {
    const MeanAndError first = ahead(tried.front().trial.fold_roc_auc, tried[i].trial.fold_roc_auc);
    const bool equal = first.mean <= first.error;  // not for one fold, whose error is not known
    const bool twin = tried[i].trial.kind == tried[chosen].trial.kind &&
                      differ_in_missing_alone(tried[i].trial.setting, tried[chosen].trial.setting);
    if (equal && !twin && tried[i].place < tried[chosen].place) chosen = i;
  }
  return chosen;
}

/// "+0.0014 ± 0.0010": by how much `a` is ahead of `b`, fold by fold.
std::string paired_difference(const Trial& a, const Trial& b) {
  const MeanAndError difference = ahead(a.fold_roc_auc, b.fold_roc_auc);
  return format("{:+.4f} ± {:.4f}", difference.mean, difference.error);
}

/// The best trial of `kind` for which there is one that differs in its missing values alone, and that one; else the
/// best trial of either way. Null where a way was not tried. `trials` are sorted, best first.
std::pair<const Trial*, const Trial*> kept_and_imputed(std::span<const Trial> trials, std::string_view kind) {
  const Trial* best[2] = {nullptr, nullptr};
  const auto slot = [](const Trial& trial) { return trial.setting.preprocess.missing == MissingValues::kKept ? 0 : 1; };
  for (const Trial& trial : trials) {
    if (trial.kind != kind) continue;
    for (const Trial& twin : trials) {
      if (twin.kind != kind || !differ_in_missing_alone(trial.setting, twin.setting)) continue;
      return slot(trial) == 0 ? std::pair(&trial, &twin) : std::pair(&twin, &trial);
    }
  }
  for (const Trial& trial : trials) {
    if (trial.kind == kind && best[slot(trial)] == nullptr) best[slot(trial)] = &trial;
  }
  return {best[0], best[1]};
}

std::string missing_values_reason(std::span<const Trial> trials, std::span<const ModelKind* const> kinds,
                                  bool missing_matters) {
  if (!missing_matters) return "No training row has a missing value, so keeping and imputing them are the same.";
  std::vector<std::string> sentences;
  for (const ModelKind* kind : kinds) {
    const auto [kept, imputed] = kept_and_imputed(trials, kind->name);
    if (kept == nullptr || imputed == nullptr) continue;
    sentences.push_back(
        format("{}: {}, because ROC-AUC is {:.4f} with missing values kept as missing and {:.4f} with "
               "medians and indicators (kept minus imputed, fold by fold: {}).",
               kind->title, better(*kept, *imputed) ? "kept" : "imputed", kept->roc_auc, imputed->roc_auc,
               paired_difference(*kept, *imputed)));
  }
  if (sentences.empty()) return "No candidate was tried with missing values both kept and imputed.";
  return join(sentences, " ");
}

std::string why_not_first(const Trial& first, const Trial& chosen) {
  return format(
      "{} ({}) was chosen: it is plainer than {} ({}), which is ahead by no more than one standard error ({})",
      chosen.kind, chosen.setting.name, first.kind, first.setting.name, paired_difference(first, chosen));
}

std::vector<Trial> best_of_each_kind(std::span<const Trial> trials) {
  std::vector<Trial> result;
  for (const Trial& trial : trials) {
    if (std::ranges::find(result, trial.kind, &Trial::kind) == result.end()) result.push_back(trial);
  }
  return result;
}

/// Every registered kind that can learn from rows of these weights, and keep to directions where there are some.
Selection select_among_all(const Dataset& data, std::span<const std::uint32_t> rows, const SelectOptions& options,
                           const Progress& progress) {
  const bool weighted =
      std::ranges::any_of(rows, [&](std::uint32_t row) { return data.weights[row] != data.weights[rows.front()]; });
  const bool directed = std::ranges::any_of(
      data.columns, [](const FeatureColumn& column) { return column.direction != Direction::kFree; });
  std::vector<const ModelKind*> kinds;
  std::vector<std::string> weightless, undirected;
  for (const ModelKind* kind : model_kinds()) {
    if (weighted && !kind->weighs_rows) {
      weightless.emplace_back(kind->name);
    } else if (directed && !kind->keeps_directions) {
      undirected.emplace_back(kind->name);
    } else {
      kinds.push_back(kind);
    }
  }
  Selection selection = select(data, rows, kinds, options, progress);
  std::vector<std::string> said;
  if (!weightless.empty())
    said.push_back(format("Not tried, since they cannot learn from rows of different weight: {}", join(weightless)));
  if (!undirected.empty())
    said.push_back(format("Not tried, since they cannot keep to `directions`: {}", join(undirected)));
  selection.not_tried = join(said, "; ");
  return selection;
}

}  // namespace

Selection select(const Dataset& data, std::span<const std::uint32_t> rows, std::span<const ModelKind* const> kinds,
                 const SelectOptions& options, const Progress& progress) {
  const std::vector<Split> folds = options.by == SplitBy::kTime ? forward_folds(data, rows, options.folds)
                                                                : stratified_folds(data, rows, options.folds);
  std::vector<Attempt> attempts = listed_attempts(data, rows, kinds, options);
  if (attempts.empty()) throw Error(Error::kInvalidInput, "there is no candidate to choose from");
  std::vector<double> good;
  for (const std::uint32_t row : rows) good.push_back(data.good[row]);

  const Stopwatch watch;
  Selection result{.folds = folds.size(), .minority = minority(good)};
  const FoldRuns runs(data, folds, {.minority = result.minority, .seed = options.seed, .threads = options.threads},
                      progress);
  runs.run(attempts, folds.size(), "");
  Searched searched = search(runs, attempts,
                             {.budget = options.budget,
                              .seed = options.seed,
                              .seconds_spent = watch.seconds(),
                              .texts = has_texts(data) ? options.texts : std::vector<TextEncoding>(),
                              .clip = options.clip,
                              .rows = rows.size(),
                              .columns = data.columns.size()});
  result.draws = searched.draws;
  for (Attempt& finalist : searched.finalists) {
    finalist.place = attempts.size();
    attempts.push_back(std::move(finalist));
  }
  std::vector<Tried> tried;
  for (Attempt& attempt : attempts) tried.emplace_back(std::move(attempt), folds);
  std::ranges::stable_sort(tried, better, &Tried::trial);

  result.best = plainest_of_equals(tried);
  if (result.best > 0) result.why_not_first = why_not_first(tried.front().trial, tried[result.best].trial);
  const Tried& chosen = tried[result.best];
  result.calibration = calibrated(chosen, data, options.seed);
  result.out_of_fold = out_of_fold(chosen, result.calibration.calibration, data.rows(), rows);
  result.thresholds = best_thresholds(Judged(data, rows, result.out_of_fold).seen_from(Outcome::kRepaid));
  for (Tried& one : tried) result.trials.push_back(std::move(one.trial));
  result.leaderboard = best_of_each_kind(result.trials);
  result.missing_values_reason = missing_values_reason(result.trials, kinds, any_missing(data, rows));
  return result;
}

Selection select(const Dataset& data, std::span<const std::uint32_t> rows, const SelectOptions& options,
                 const Progress& progress) {
  if (options.candidates.empty()) return select_among_all(data, rows, options, progress);
  std::vector<const ModelKind*> kinds;
  for (const std::string& name : options.candidates) {
    const ModelKind* kind = &model_kind(name);
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
  }
  return select(data, rows, kinds, options, progress);
}

}  // namespace asof
