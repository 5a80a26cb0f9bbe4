#include "audit/cross_validation.h"

#include <algorithm>

#include <cmath>

namespace asof::audit {
namespace {

/// Whether any column has two values on these rows, where missing is one.
bool any_varies(const Matrix& features, std::span<const std::uint32_t> rows) {
  const auto same = [](double a, double b) { return a == b || (!std::isfinite(a) && !std::isfinite(b)); };
  return std::ranges::any_of(rows, [&](std::uint32_t row) {
    return !std::ranges::equal(features.row(row), features.row(rows.front()), same);
  });
}

}  // namespace

std::string kind_of(const Dataset& data, const Options& options) {
  if (!options.kind.empty()) return std::string(model_kind(options.kind).name);
  const bool weighted = std::ranges::any_of(data.weights, [&](double w) { return w != data.weights.front(); });
  return weighted ? "lightgbm" : "logistic";
}

CrossValidation::CrossValidation(const Dataset& data, const Options& options)
    : data_(data),
      options_(options),
      folds_(
          stratified_folds(data, labelled_rows(data), {.folds = options.folds, .repeats = 1, .seed = options.seed})) {
  options_.kind = kind_of(data, options);
}

Dataset CrossValidation::with(const Matrix& features) const {
  return {.columns = data_.columns,
          .features = features,
          .good = data_.good,
          .weights = data_.weights,
          .groups = data_.groups,
          .times = data_.times,
          .known_at = data_.known_at};
}

std::vector<std::optional<Fitted>> CrossValidation::fit(const Matrix& features) const {
  const Dataset data = with(features);
  const ModelKind& kind = model_kind(options_.kind);
  std::vector<std::optional<Fitted>> models;
  for (const Split& fold : folds_) {
    if (!any_varies(features, fold.train)) {
      models.emplace_back();
      continue;
    }
    Setting setting = kind.settings(fold.train.size(), data.columns.size()).front();
    setting.preprocess.scale = Scale::kNormalScores;  // no skewed column hides what the others are worth
    models.emplace_back(asof::fit(data, fold.train, kind, setting, options_.seed, options_.threads));
  }
  return models;
}

FoldScores CrossValidation::scores(std::span<const std::optional<Fitted>> models, const Matrix& features) const {
  const Dataset data = with(features);
  FoldScores scores;
  for (std::size_t k = 0; k < folds_.size(); ++k) {
    scores.push_back(models[k] ? predict(*models[k], data, folds_[k].test, options_.threads)
                               : std::vector<double>(folds_[k].test.size(), 0.5));
  }
  return scores;
}

Estimate CrossValidation::auc(const FoldScores& scores) const {
  std::vector<Estimate> of_folds;
  for (std::size_t k = 0; k < folds_.size(); ++k) of_folds.push_back(audit::auc(data_, folds_[k].test, scores[k]));
  return mean_of(of_folds);
}

Estimate CrossValidation::auc_difference(const FoldScores& scores, const FoldScores& others) const {
  std::vector<Estimate> of_folds;
  for (std::size_t k = 0; k < folds_.size(); ++k)
    of_folds.push_back(audit::auc_difference(data_, folds_[k].test, scores[k], others[k]));
  return mean_of(of_folds);
}

}  // namespace asof::audit
