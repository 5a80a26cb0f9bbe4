// Features of one application. Batch calls this many times, live scoring once: the numbers cannot differ.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "features/feature_column.h"
#include "features/feature_set.h"
#include "tables/event_log.h"

namespace asof {

/// What is to be scored: whose, as of when, and the columns of the application that are features.
struct Application {
  EntityKey entity;
  Timestamp at;
  /// Row `row` of `columns` holds the application's own columns; null when none is a feature.
  const Table* columns = nullptr;
  std::size_t row = 0;
};

/// The user's rows of one table.
struct TableRows {
  const EventLog* log = nullptr;
  RowRange rows;
};

/// One entry per table that the features read, in the order of `FeaturePlan::tables()`.
using History = std::vector<TableRows>;

/// Rows of one table that counted as of an application.
struct RowsCounted {
  std::size_t used = 0;
};

/// Memory that computing reuses from one application to the next: for one plan, and one thread at a time. What is
/// computed does not depend on it.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  struct State;

 private:
  friend class FeaturePlan;
  std::unique_ptr<State> state_;
};

}  // namespace asof
