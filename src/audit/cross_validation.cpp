#include "audit/cross_validation.h"

#include <algorithm>

namespace asof::audit {

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

std::vector<Fitted> CrossValidation::fit(const Matrix& features) const {
  const Dataset data = with(features);
  const ModelKind& kind = model_kind(options_.kind);
  std::vector<Fitted> models;
  for (const Split& fold : folds_) {
    Setting setting = kind.settings(fold.train.size(), data.columns.size()).front();
    setting.preprocess.scale = Scale::kNormalScores;  // no skewed column hides what the others are worth
    models.push_back(asof::fit(data, fold.train, kind, setting, options_.seed, options_.threads));
  }
  return models;
}

FoldScores CrossValidation::scores(std::span<const Fitted> models, const Matrix& features) const {
  const Dataset data = with(features);
  FoldScores scores;
  for (std::size_t k = 0; k < folds_.size(); ++k)
    scores.push_back(predict(models[k], data, folds_[k].test, options_.threads));
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
