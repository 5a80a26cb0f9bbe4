#include "evaluate/fold_runs.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "base/elementary.h"
#include "base/format.h"
#include "base/parallel.h"
#include "base/stopwatch.h"
#include "dataset/values_at.h"
#include "evaluate/fitted.h"

namespace asof {

FoldResult FoldRuns::run_one(const Attempt& attempt, const Split& fold, int threads) const {
  const Stopwatch watch;
  const Fitted fitted = fit(data_, fold.train, *attempt.kind, attempt.setting, options_.seed, threads);
  FoldResult result{.seconds = watch.seconds(), .margins = margins(fitted, data_, fold.test, threads)};
  std::vector<double> repayment = result.margins;
  for (double& value : repayment) value = sigmoid(value);
  const std::vector<double> good = values_at(data_.good, fold.test);
  const std::vector<double> weights = values_at(data_.weights, fold.test);
  const auto seen_from = [&](Outcome positive) { return Predictions{repayment, good, weights, positive}; };
  result.roc_auc = metric("roc_auc").evaluate(seen_from(Outcome::kRepaid));
  result.log_loss = metric("log_loss").evaluate(seen_from(Outcome::kRepaid));
  result.pr_auc_minority = metric("pr_auc").evaluate(seen_from(options_.minority));
  return result;
}

void FoldRuns::run(std::span<Attempt> attempts, std::size_t until, std::string_view what) const {
  std::vector<std::pair<Attempt*, std::size_t>> fits;
  for (Attempt& attempt : attempts) {
    for (std::size_t fold = attempt.folds.size(); fold < until; ++fold) fits.emplace_back(&attempt, fold);
    attempt.folds.resize(std::max(until, attempt.folds.size()));
  }
  // Threads within a fit wait for each other; fits side by side do not.
  const int threads_each = std::max(1, options_.threads / static_cast<int>(std::max<std::size_t>(fits.size(), 1)));
  std::mutex saying;
  std::size_t done = 0;
  parallel_for(fits.size(), 1, options_.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto [attempt, fold] = fits[i];
      attempt->folds[fold] = run_one(*attempt, folds_[fold], threads_each);
      const std::scoped_lock lock(saying);
      ++done;
      if (!progress_) continue;
      progress_(format("{}{} ({}), fold {} of {}", what, attempt->kind->title, attempt->setting.name, fold + 1,
                       folds_.size()),
                done, fits.size());
    }
  });
}

std::vector<double> figures(std::span<const FoldResult> folds, double FoldResult::*figure) {
  std::vector<double> result;
  for (const FoldResult& fold : folds) result.push_back(fold.*figure);
  return result;
}

MeanAndError mean_and_error(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += value;
  const double mean = sum / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? kMissing : std::sqrt(squares / (count - 1.0) / count)};
}

MeanAndError ahead(std::span<const double> a, std::span<const double> b) {
  std::vector<double> differences;
  for (std::size_t k = 0; k < a.size(); ++k) differences.push_back(a[k] - b[k]);
  return mean_and_error(differences);
}

}  // namespace asof
