// A feature as a query for DuckDB: what a person runs to check a number without asof, and what the tests hold against
// asof's own numbers.
#pragma once

#include <cstddef>
#include <string>

#include "features/plan.h"

namespace asof {

/// A query, or why there is none.
struct FeatureSql {
  /// Gives `entity`, `time` and `value` of every application, where null is missing. Its first lines, comments, say how
  /// the tables are loaded: under the project's names for tables and columns, times as microseconds (bigint).
  std::string query;
  std::string reason;  ///< "the aggregation `sessions` is not expressible in plain SQL"; empty: there is a query
};

/// `feature` counts the plan's definitions; `options` are those that the plan was made with. The features it is made of
/// are written out within it.
FeatureSql feature_sql(const FeaturePlan& plan, std::size_t feature, const PlanOptions& options);

}  // namespace asof
