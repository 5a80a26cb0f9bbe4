#include "score/judge.h"

#include <algorithm>
#include <cmath>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"

namespace asof {
namespace {

/// The project, with the applications read as the bundle was trained.
Project as_trained(const Scorer& scorer, Project project, const std::string& applications) {
  TableSpec& spec = project.tables.front();
  for (const auto& [name, column] : scorer.bundle().applications.columns) spec.columns[name].type = column.type;
  if (!applications.empty()) spec.from = applications;
  return project;
}

std::set<std::string> own_columns(const TableSpec& spec) {
  std::set<std::string> names;
  for (const auto& [name, column] : spec.columns)
    if (name != spec.entity && name != spec.time) names.insert(name);
  return names;
}

Timestamp last_trained(const Bundle& bundle) {
  return parse_timestamp(bundle.manifest.at("data_window").at("last_application").as_string(), TimeZone());
}

const Json& headline_of(const Bundle& bundle) { return bundle.metrics.at("hold_outs").as_array().at(0); }

/// 95 % quantile of chi-squared (Wilson and Hilferty, "The distribution of chi-square", 1931).
double chi_squared_95(double degrees) {
  const double part = 2.0 / (9.0 * degrees);
  const double root = 1.0 - part + normal_quantile(0.95) * std::sqrt(part);
  return degrees * root * root * root;
}

}  // namespace

Judgement judge(const Scorer& scorer, const Project& given, const std::string& applications,
                const AssembleOptions& options) {
  const Project project = as_trained(scorer, given, applications);
  const std::vector<TableSpec> tables = tables_of(scorer, project);
  const LabelledApplications labelled = read_labelled_applications(
      project, own_columns(scorer.bundle().applications), {.threads = options.threads, .progress = options.progress});
  PartitionedHistories histories = read_partitioned(project, tables, labelled.applications, options);
  const std::vector<Score> scores = score_batch(scorer, labelled.applications, histories, options);

  Judgement result;
  result.rows.outcomes = labelled.outcomes;
  const Timestamp trained = last_trained(scorer.bundle());
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (is_missing(labelled.dataset.good[row])) continue;
    result.rows.good.push_back(labelled.dataset.good[row]);
    result.rows.weights.push_back(labelled.dataset.weights[row]);
    result.rows.groups.push_back(labelled.dataset.groups[row]);
    result.rows.times.push_back(labelled.dataset.times[row]);
    result.scores.push_back(scores[row]);
    result.not_newer += labelled.dataset.times[row] <= trained ? 1 : 0;
  }
  if (result.scores.empty()) {
    throw Error(Error::kInvalidInput,
                format("table {}: none of {} applications has a known outcome; there is nothing to judge by",
                       project.applications().name, scores.size()));
  }
  return result;
}

std::vector<double> Judgement::repayment() const {
  std::vector<double> probabilities;
  probabilities.reserve(scores.size());
  for (const Score& score : scores) probabilities.push_back(score.repayment_probability);
  return probabilities;
}

Evaluation evaluate(const Scorer& scorer, const Judgement& judgement, const EvaluateOptions& options) {
  const Evaluation trained = evaluation_from_json(headline_of(scorer.bundle()).at("evaluation"));
  const std::vector<double> repayment = judgement.repayment();
  return evaluate(judgement.rows.seen_with(repayment), judgement.rows.groups, trained.minority,
                  trained.training_base_rate, trained.thresholds, options);
}

Drift drift_of(const PointCard& card, std::span<const Score> scores) {
  Drift drift{.psi = kMissing, .critical = kMissing};
  if (card.bands.empty() || scores.empty()) return drift;
  double rows = 0.0;
  for (const Band& band : card.bands) rows += static_cast<double>(band.rows);
  const auto now = static_cast<double>(scores.size());
  drift.psi = 0.0;
  for (const Band& band : card.bands) {
    const auto inside = static_cast<double>(
        std::ranges::count_if(scores, [&](const Score& score) { return card.band_of(score.points) == band.name; }));
    drift.trained.push_back(static_cast<double>(band.rows) / rows);
    drift.now.push_back(inside / now);
    const double share = std::max(drift.now.back(), 0.5 / now);  // an empty band is far, not infinitely far
    drift.psi += (share - drift.trained.back()) * portable_log(share / drift.trained.back());
  }
  drift.critical = (1.0 / rows + 1.0 / now) * chi_squared_95(static_cast<double>(card.bands.size()) - 1.0);
  return drift;
}

}  // namespace asof
