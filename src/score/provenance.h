// Where a score's features come from: in English what each is, and the rows that a value of it was made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "features/trace.h"
#include "score/scorer.h"

namespace asof {

/// What a feature reads of one table: an aggregation over its rows, or an attribute.
struct PartRows {
  std::string expression;
  std::string table;
  UsedRows used;
};

/// Immutable; safe for concurrent use.
class Provenance {
 public:
  /// Of the scorer's bundle; the scorer need not outlive it.
  explicit Provenance(const Scorer& scorer);
  ~Provenance();
  Provenance(Provenance&&) noexcept;

  /// Feature number `feature` of the bundle in plain English, as `describe` says it.
  const std::string& english(std::size_t feature) const;

  /// The rows of its parts, also of those of features that it is made of. `history` is one that the scorer takes. Of at
  /// most `limit` rows in all more is said than their number: each part has an equal share of it.
  std::vector<PartRows> rows_of(std::size_t feature, Timestamp at, const History& history, std::size_t limit) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace asof
