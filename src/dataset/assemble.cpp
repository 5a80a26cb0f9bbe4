#include "dataset/assemble.h"

#include <algorithm>
#include <mutex>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"

namespace asof {
namespace {

constexpr std::size_t kApplicationsPerPiece = 64;

/// The columns of the applications that are features: what a bundle keeps of them, besides entity and time.
std::set<std::string> own_features(const Project& project, const std::vector<Definition>& definitions) {
  TableSpec bare = project.applications();
  bare.where.clear();
  return columns_read(definitions, bare, project.history()).own;
}

PartitionedHistories::Columns columns_of(const std::vector<TableSpec>& tables) {
  PartitionedHistories::Columns columns;
  for (const TableSpec& table : tables) {
    for (const auto& [name, column] : table.columns) columns[table.name].insert(name);
  }
  return columns;
}

HistoryOptions history_options(const AssembleOptions& options, bool whole) {
  return {.threads = options.threads,
          .memory = options.memory,
          .whole = whole,
          .applications_from = options.applications_from,
          .fingerprints = options.fingerprints,
          .progress = options.progress};
}

/// Computes the pairs of all applications once, to know which there are.
void learn_pairs(FeaturePlan& plan, const Applications& applications, PartitionedHistories& histories,
                 const AssembleOptions& options) {
  PairsSeen seen;
  std::mutex adding;
  histories.for_each(applications, options.threads, options.progress, "pairs",
                     [&](std::span<const std::uint32_t> rows, const History& history, Workspace& workspace) {
                       std::vector<Application> of_entity;
                       for (const std::uint32_t row : rows) of_entity.push_back(applications.at(row));
                       PairsSeen of_rows;
                       plan.count_pairs(of_entity, history, workspace, of_rows);
                       const std::scoped_lock lock(adding);
                       add_pairs(seen, of_rows);
                     });
  plan.learn_pairs(seen);
}

/// Throws Error::kInvalidInput for what is no feature, or one of texts.
void set_directions(const Project& project, std::vector<FeatureColumn>& columns) {
  for (const auto& [name, direction] : project.directions) {
    const auto column = std::ranges::find(columns, name, &FeatureColumn::name);
    if (column == columns.end()) {
      std::vector<std::string> names;
      for (const FeatureColumn& known : columns) names.push_back(known.name);
      throw Error(Error::kInvalidInput, format("{}: `directions` speaks of `{}`, which is no feature{}",
                                               project.file.string(), name, did_you_mean(name, names)));
    }
    if (!column->categories.empty()) {
      throw Error(Error::kInvalidInput, format("{}: `directions` speaks of `{}`, which is a text and so neither rises "
                                               "nor falls",
                                               project.file.string(), name));
    }
    column->direction = direction;
  }
}

}  // namespace

PartitionedHistories read_partitioned(const Project& project, const std::vector<TableSpec>& tables,
                                      const Applications& applications, const AssembleOptions& options) {
  return PartitionedHistories::read(project, tables, columns_of(tables), applications, history_options(options, false));
}

Histories read_histories(const Project& project, const std::vector<TableSpec>& tables, const Applications& applications,
                         const AssembleOptions& options) {
  return PartitionedHistories::read(project, tables, columns_of(tables), applications, history_options(options, true))
      .all();
}

Matrix compute_features(const FeaturePlan& plan, const Applications& applications, PartitionedHistories& histories,
                        const AssembleOptions& options) {
  Matrix matrix(applications.size(), plan.columns().size());
  histories.for_each(applications, options.threads, options.progress, "features",
                     [&](std::span<const std::uint32_t> rows, const History& history, Workspace& workspace) {
                       std::vector<Application> of_entity;
                       std::vector<std::span<double>> features;
                       for (const std::uint32_t row : rows) {
                         of_entity.push_back(applications.at(row));
                         features.push_back(matrix.row(row));
                       }
                       plan.compute(of_entity, history, workspace, features);
                     });
  return matrix;
}

Matrix compute_features(const FeaturePlan& plan, const Applications& applications, const Histories& histories,
                        const AssembleOptions& options) {
  Matrix matrix(applications.size(), plan.columns().size());
  std::size_t done = 0;
  std::mutex speaking;
  parallel_for(matrix.rows, kApplicationsPerPiece, options.threads, [&](std::size_t begin, std::size_t end) {
    Workspace workspace;
    for (std::size_t row = begin; row < end; ++row) {
      plan.compute(applications.at(row), histories.of(applications.entity[row]), workspace, matrix.row(row));
    }
    if (!options.progress) return;
    const std::scoped_lock lock(speaking);
    done += end - begin;
    options.progress("features", done, matrix.rows);
  });
  return matrix;
}

Assembled assemble(const Project& project, const AssembleOptions& options) {
  const std::vector<Definition> definitions = definitions_of(project, options.threads);
  refuse_outcome_as_feature(project, definitions);  // families are written out only now
  const std::vector<TableSpec> history = project.history();
  const std::set<std::string> own = own_features(project, definitions);

  LabelledApplications labelled = read_labelled_applications(
      project, own, {.threads = options.threads, .fingerprints = options.fingerprints, .progress = options.progress});
  const Applications& applications = labelled.applications;
  PartitionedHistories histories =
      PartitionedHistories::read(project, history, columns_read(definitions, project.applications(), history).of_tables,
                                 applications, history_options(options, options.keep_histories));

  // The bundle's applications have what scoring needs: entity, time and the features among their columns.
  TableSpec applications_spec = with_types(project.applications(), applications.rows.columns);
  applications_spec.where.clear();
  std::erase_if(applications_spec.columns, [&](const auto& column) {
    return column.first != applications_spec.entity && column.first != applications_spec.time &&
           !own.contains(column.first);
  });

  FeaturePlan plan(definitions, std::move(applications_spec), histories.specs(),
                   {.boundary = project.boundary, .zone = zone_of(project)});
  plan.learn_categories([&](std::size_t table, std::size_t column) { return histories.text_counts(table, column); },
                        applications.rows);
  if (plan.has_pairs()) learn_pairs(plan, applications, histories, options);

  Assembled result{.plan = std::move(plan),
                   .applications = std::move(labelled.applications),
                   .histories = {},
                   .dataset = std::move(labelled.dataset),
                   .outcomes = labelled.outcomes,
                   .applications_read = std::move(labelled.applications_read),
                   .tables_read = {},
                   .outcomes_fingerprint = std::move(labelled.outcomes_fingerprint)};
  Dataset& dataset = result.dataset;
  if (options.keep_histories) {
    result.histories = histories.all();
    dataset.features = compute_features(result.plan, result.applications, result.histories, options);
  } else {
    dataset.features = compute_features(result.plan, result.applications, histories, options);
  }
  result.tables_read = histories.tables_read();
  dataset.columns = result.plan.columns();
  set_directions(project, dataset.columns);
  return result;
}

}  // namespace asof
