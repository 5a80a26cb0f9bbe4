#include "score/scorer.h"

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"
#include "features/plan.h"

namespace asof {
namespace {

FeaturePlan plan_of(const Bundle& bundle) {
  FeaturePlan plan(bundle.definitions, bundle.applications, bundle.tables, plan_options(bundle));
  plan.set_columns(bundle.columns);
  return plan;
}

/// What every log-odds are moved by.
double prior_shift(const Bundle& bundle, const ScorerOptions& options) {
  if (!options.prior_repaid) return 0.0;
  const double prior = *options.prior_repaid;
  if (!(prior > 0.0 && prior < 1.0))
    throw Error(Error::kUsage, format("--prior-repaid is {}; a share above 0 and below 1 was expected", prior));
  return logit(prior) - logit(training_share_repaid(bundle));
}

}  // namespace

struct Scorer::State {
  Bundle bundle;
  FeaturePlan plan;
  ScorerOptions options;
  double prior;
  std::vector<ToldFeature> told;

  State(Bundle given, const ScorerOptions& given_options)
      : bundle(std::move(given)),
        plan(plan_of(bundle)),
        options(given_options),
        prior(prior_shift(bundle, options)),
        told(told_features(bundle.columns, bundle.reasons,
                           phrases_of(bundle.definitions, bundle.applications, bundle.tables))) {}

  /// Rows to features to the model's columns: what a score and its explanation share.
  struct Prepared {
    std::vector<double> features;
    std::vector<double> columns;
    std::vector<RowsCounted> counted;
  };

  Prepared prepare(const Application& application, const History& history, Workspace& workspace) const {
    Prepared prepared;
    prepared.features.resize(bundle.columns.size());
    prepared.columns.resize(bundle.preprocess.outputs());
    prepared.counted.resize(plan.tables().size());
    plan.compute(application, history, workspace, prepared.features, prepared.counted);
    bundle.preprocess.apply(prepared.features, prepared.columns);
    return prepared;
  }

  Score score(const Prepared& prepared) const {
    Score score;
    score.margin = bundle.model->margin(prepared.columns);
    score.log_odds = bundle.calibration.apply(score.margin) + prior;
    score.repayment_probability = sigmoid(score.log_odds);
    score.points = bundle.points.scale.of(score.log_odds);
    bool any_table = false;
    score.thin_file = true;
    for (std::size_t i = 0; i < prepared.counted.size(); ++i) {
      const TableSpec& table = plan.tables()[i];
      const std::size_t used = prepared.counted[i].used;
      score.sources.push_back({table.name, used});
      if (used == 0) score.missing_sources.push_back(table.name);
      any_table = any_table || table.role == TableRole::kEvents;
      if (table.role == TableRole::kEvents && used > 0) score.thin_file = false;
    }
    score.thin_file = score.thin_file && any_table;
    return score;
  }
};

Scorer Scorer::load(const std::filesystem::path& bundle, const ScorerOptions& options) {
  return Scorer(load_bundle(bundle), options);
}
Scorer::Scorer(Bundle bundle, const ScorerOptions& options)
    : state_(std::make_unique<State>(std::move(bundle), options)) {}
Scorer::~Scorer() = default;
Scorer::Scorer(Scorer&&) noexcept = default;
Scorer& Scorer::operator=(Scorer&&) noexcept = default;

const Bundle& Scorer::bundle() const { return state_->bundle; }
const ScorerOptions& Scorer::options() const { return state_->options; }
const std::vector<TableSpec>& Scorer::tables() const { return state_->plan.tables(); }

std::vector<ColumnRequest> Scorer::columns_of(const TableSpec& table) const {
  // A bundle keeps of each table the columns that are read, and nothing else.
  std::set<std::string> names;
  for (const auto& [name, column] : table.columns) names.insert(name);
  return column_requests(table, names);
}

Score Scorer::score(const Application& application, const History& history) const {
  Workspace workspace;
  return score(application, history, workspace);
}

Score Scorer::score(const Application& application, const History& history, Workspace& workspace) const {
  return state_->score(state_->prepare(application, history, workspace));
}

Explanation Scorer::explain(const Application& application, const History& history) const {
  const State& state = *state_;
  Workspace workspace;
  const State::Prepared prepared = state.prepare(application, history, workspace);
  Explanation explanation;
  explanation.score = state.score(prepared);
  std::vector<double> of_columns(prepared.columns.size());
  explanation.base = state.bundle.model->contributions(prepared.columns, of_columns);
  explanation.prior = state.prior;
  explanation.calibration = state.bundle.calibration.apply(explanation.score.margin) - explanation.score.margin;
  for (std::size_t i = 0; i < prepared.features.size(); ++i) {
    const FeatureColumn& column = state.bundle.columns[i];
    explanation.contributions.push_back(
        {column.name, prepared.features[i], display_of(column, prepared.features[i]), 0.0});
  }
  const std::vector<std::uint32_t>& origins = state.bundle.preprocess.origins();
  for (std::size_t i = 0; i < of_columns.size(); ++i) explanation.contributions[origins[i]].log_odds += of_columns[i];
  explanation.reasons = reasons_for(explanation.contributions, state.told);
  return explanation;
}

}  // namespace asof
