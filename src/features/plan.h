// A feature set ready to be computed: every name resolved, every type checked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "features/compute.h"
#include "features/feature_column.h"
#include "features/feature_set.h"
#include "tables/table_spec.h"
#include "tables/text_counts.h"

namespace asof {

/// Columns that definitions read, without entity, time, row id and known-at.
struct ColumnsRead {
  std::set<std::string> own;                               ///< of the application itself
  std::map<std::string, std::set<std::string>> of_tables;  ///< of the history: earlier applications among them
};

/// `tables` are those of the history. A name that no table has is left for the plan to complain about.
ColumnsRead columns_read(std::span<const Definition> definitions, const TableSpec& applications,
                         std::span<const TableSpec> tables);

/// What a table must deliver: entity, time, row id, known-at and `columns`, each with its declared type, in order of
/// name.
std::vector<ColumnRequest> column_requests(const TableSpec& spec, const std::set<std::string>& columns);

/// `spec` with the types of the columns that were read, so that the next reader need not guess: nothing but these is
/// kept.
TableSpec with_types(TableSpec spec, std::span<const Column> columns);

struct PlanOptions {
  Boundary boundary = Boundary::kBefore;
  TimeZone zone;  ///< of `hour()` and `weekday()`; UTC when none is given
};

/// Counts the texts of column number `column` of the logs of table number `table`.
using CountTexts = std::function<TextCounts(std::size_t table, std::size_t column)>;

/// How often each pair of texts is the value of a feature, per feature of pairs. Sums do not depend on who adds first.
using PairsSeen = std::vector<std::map<std::string, std::size_t>>;

/// Adds what others have seen.
void add_pairs(PairsSeen& sum, const PairsSeen& more);

/// Immutable; safe for concurrent use.
class FeaturePlan {
 public:
  /// The applications themselves may be among the tables of history, as `Project::history` gives them.
  /// Definitions have their families written out; every spec has the types of the columns it will deliver.
  /// Throws Error::kInvalidInput with the place in the definition. Unused tables are dropped.
  FeaturePlan(std::vector<Definition> definitions, TableSpec applications, std::vector<TableSpec> tables,
              const PlanOptions& options);
  ~FeaturePlan();
  FeaturePlan(FeaturePlan&&) noexcept;
  FeaturePlan& operator=(FeaturePlan&&) noexcept;

  const std::vector<Definition>& definitions() const;
  const TableSpec& applications() const;

  /// The tables that are read; a History has one entry for each, in this order.
  const std::vector<TableSpec>& tables() const;

  /// One per definition, in order.
  const std::vector<FeatureColumn>& columns() const;

  /// Fixes the categories of text features to those that occur in the logs (and the applications): at most the 1,000
  /// most frequent, in order of text. Without this, or `set_categories`, every text is unknown.
  void learn_categories(const CountTexts& count, const Table& applications);
  void learn_categories(std::span<const EventLog* const> logs, const Table& applications);

  /// Pairs of texts are in no column. What they are for applications of one entity is counted, and added to `seen`,
  /// before features are computed.
  bool has_pairs() const;
  void count_pairs(std::span<const Application> applications, const History& history, Workspace& workspace,
                   PairsSeen& seen) const;

  /// Fixes their categories to those seen: at most the 1,000 most frequent, in order of text. Without this, or
  /// `set_columns`, every pair is unknown.
  void learn_pairs(const PairsSeen& seen);

  /// Takes them from a bundle; throws Error::kIncompatible when the columns are not those of this plan.
  void set_columns(const std::vector<FeatureColumn>& columns);

  /// Fills `features` (one per definition): numbers, category indices, kMissing. `counted` (empty, or one per table)
  /// gets the rows that counted. The one function from rows to features.
  void compute(const Application& application, const History& history, Workspace& workspace, std::span<double> features,
               std::span<RowsCounted> counted = {}) const;

  /// The same for several applications of one entity, which share `history`: `features[i]` is of `applications[i]`.
  void compute(std::span<const Application> applications, const History& history, Workspace& workspace,
               std::span<const std::span<double>> features) const;

  /// The same with a workspace of its own: for a single application.
  void compute(const Application& application, const History& history, std::span<double> features,
               std::span<RowsCounted> counted = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace asof
