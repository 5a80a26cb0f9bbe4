// The one thing that scores. Batch prediction, the live API and a language binding all call `Scorer::score`; there is
// no second path from rows to a number.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "asof/table.h"
#include "features/compute.h"
#include "score/bundle.h"

namespace asof {

struct SourceUse {
  std::string table;
  std::size_t rows_used = 0;  ///< rows that counted as of the application
  bool operator==(const SourceUse&) const = default;
};

struct ScorerOptions {
  /// The share repaid where scores are used, when it is not that of the training rows: log-odds are moved by
  /// logit(prior) - logit(training share), which is right where outcomes are rarer or more frequent, but within each
  /// outcome applications look as they did (Elkan, "The foundations of cost-sensitive learning", IJCAI 2001). Above 0
  /// and below 1.
  std::optional<double> prior_repaid;
};

struct Score {
  double repayment_probability = 0.0;
  double margin = 0.0;                       ///< of the model, before calibration
  double log_odds = 0.0;                     ///< of repayment: the margin after calibration, for the prior
  double points = 0.0;                       ///< the log-odds on the bundle's scale
  std::vector<SourceUse> sources;            ///< one per table of features
  std::vector<std::string> missing_sources;  ///< tables without a single row that counted
  bool thin_file = false;                    ///< no event table had a row that counted
};

struct Explanation {
  Score score;
  double base = 0.0;                        ///< base + sum of contributions = margin of the model
  double calibration = 0.0;                 ///< margin + calibration + prior = log-odds of repayment
  double prior = 0.0;                       ///< what `ScorerOptions::prior_repaid` moves every score by
  std::vector<Contribution> contributions;  ///< in the order of the features
  std::vector<Reason> reasons;              ///< why it scored no better, the heaviest first
};

/// Immutable; safe for concurrent access from many threads without any synchronization.
class Scorer {
 public:
  /// Throws Error::kIncompatible naming the part of the bundle that is damaged or too new.
  static Scorer load(const std::filesystem::path& bundle, const ScorerOptions& options = {});
  /// Throws Error::kUsage for a prior that is no share.
  explicit Scorer(Bundle bundle, const ScorerOptions& options = {});
  ~Scorer();
  Scorer(Scorer&&) noexcept;
  Scorer& operator=(Scorer&&) noexcept;

  /// Name, version, tables, columns: what the bundle says of itself.
  const Bundle& bundle() const;

  const ScorerOptions& options() const;

  /// The tables to read and, for each, the columns (entity, time, row id and known-at included), as requests without a
  /// place.
  const std::vector<TableSpec>& tables() const;
  std::vector<ColumnRequest> columns_of(const TableSpec& table) const;

  /// `history` has one entry per table of `tables()` (in that order; the applications come apart).
  Score score(const Application& application, const History& history) const;
  /// The same, with memory that a thread keeps from one application to the next.
  Score score(const Application& application, const History& history, Workspace& workspace) const;
  Explanation explain(const Application& application, const History& history) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace asof
