// The rows that a value was made of, and those it was not made of, each with the reason. Decides nothing: what was
// known and what is in a window is asked of as_of.h, and the value itself is FeaturePlan::compute's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
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

/// Time, value and known-at (null where there is none), and the fate in words.
Json to_json_value(const TracedRow& row);

/// The rows that a value was made of.
struct UsedRows {
  std::size_t count = 0;        ///< of all
  std::vector<TracedRow> rows;  ///< the latest of them, oldest first
};

/// Traces the rows of parts, which are definitions by themselves. Immutable; safe for concurrent use.
class RowTracer {
 public:
  /// `tables` are those that histories are of, in their order. Throws Error::kInvalidInput as FeaturePlan does.
  RowTracer(std::vector<Definition> definitions, TableSpec applications, std::vector<TableSpec> tables,
            PlanOptions options);
  /// Of the plan's definitions and tables; `options` are those that it was made with.
  RowTracer(const FeaturePlan& plan, const PlanOptions& options);
  ~RowTracer();
  RowTracer(RowTracer&&) noexcept;

  /// The table that definition number `part` reads.
  const TableSpec& table_of(std::size_t part) const;

  /// The applicant's rows of that table: oldest first, then those left out of the table.
  std::vector<TracedRow> trace(std::size_t part, Timestamp cutoff, std::span<const TracedTable> tables) const;

  /// The rows used of a history, and the latest `limit` of them.
  UsedRows used(std::size_t part, Timestamp cutoff, const History& history, std::size_t limit) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace asof
