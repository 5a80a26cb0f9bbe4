// The rows that a value was made of, and those it was not made of, each with the reason. Decides nothing: what was
// known and what is in a window is asked of as_of.h, and the value itself is FeaturePlan::compute's.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "features/plan.h"

namespace asof {

/// What became of a row.
enum class Fate {
  kUsed,
  kNotBefore,     ///< at T or after it (at `boundary: at`: after it)
  kKnownLater,    ///< known only after T
  kBeforeWindow,  ///< before the window begins
  kAfterWindow,   ///< after the window ends
  kConditionFalse,
  kConditionUndecided,
  kNotAmongLast,  ///< older than the last rows asked for; of an attribute: than the latest
  kNoValue,
  kWithoutTime,  ///< from here on: left out of the table itself
  kOutsideValid,
  kByWhere,
  kNeverKnown,
  kSentTwice,
};

std::string_view to_string(Fate fate);  // "used", "at or after the application", ...

/// A feature's parts as definitions of their own, so that a plan computes them: what it reads of tables (aggregations
/// and attributes, each once, also those of the features it is made of).
struct FeatureParts {
  std::vector<Definition> features;  ///< the feature and those it is made of
  std::vector<Definition> parts;     ///< named [1], [2], ...
};

/// Throws Error::kInvalidInput when a definition cannot be parsed.
FeatureParts parts_of(const Definition& feature, std::span<const Definition> definitions,
                      std::span<const TableSpec> tables);

/// One applicant's rows of one table: those that take part, and the others.
struct TracedTable {
  EventLog log;
  Table left_out;  ///< columns as those of the log
  std::vector<Fate> why;

  RowRange rows() const { return log.rows_of(0); }
};

/// `rows` may be those of other entities as well; `entities` has the one applicant.
TracedTable traced_table(const TableSpec& spec, const Table& rows, const EntityIndex& entities, const TimeZone& zone);

struct TracedRow {
  Timestamp time = kNoTime;      ///< kNoTime: it has none
  std::string value;             ///< as CSV would show it; empty: none, or rows are counted
  Timestamp known_at = kNoTime;  ///< kNoTime: not recorded
  Fate fate = Fate::kUsed;
};

/// The applicant's rows of the table that `part`, a definition of the plan, reads: oldest first, then those left out of
/// the table. `tables` are in the order of the plan's; `options` are those that the plan was made with.
std::vector<TracedRow> trace(const FeaturePlan& plan, std::size_t part, Timestamp cutoff,
                             std::span<const TracedTable> tables, const PlanOptions& options);

}  // namespace asof
