// What a project says of one table: where it is, whose rows, when they happened and when they were known.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asof/table.h"
#include "base/json.h"
#include "sources/source.h"

namespace asof {

/// A declared column: everything else about it is what the source says.
struct ColumnSpec {
  std::optional<ColumnType> type;
  EpochUnit epoch = EpochUnit::kNone;
  std::vector<std::string> missing;  ///< texts that mean missing, besides nulls and empty fields

  bool operator==(const ColumnSpec&) const = default;
};

/// How a table takes part.
enum class TableRole {
  kApplications,  ///< the rows to be scored: entity and cutoff. As history they are an event table of its own rules:
                  ///< `time < T` whatever the boundary, and one row per entity and time (and row id, if declared)
  kEvents,        ///< entity and time: rows count while `time < T` (or `<= T` at `boundary: at`)
  kDated,         ///< attributes with `valid_from`-like time: the latest row before `T` counts
  kUndated,       ///< attributes without a time: joined as they are, reported everywhere
};

std::string_view to_string(TableRole role);   // "applications", "events", "dated", "undated"
std::string_view to_string(EpochUnit epoch);  // "none", "seconds", "milliseconds", "microseconds"

/// The inverses, over the names that the project file and bundles use; nothing for an unknown name.
std::optional<TableRole> table_role_named(std::string_view name);
std::optional<EpochUnit> epoch_unit_named(std::string_view name);
std::optional<ColumnType> column_type_named(std::string_view name);

/// What became of an application, and when that was known. In definitions it is the condition `repaid` of an earlier
/// application: true for `good`, missing for `indeterminate` and until it was known.
struct OutcomeSpec {
  std::string label;  ///< a column of the table
  std::string good;   ///< the value that means repaid, as the source shows it
  std::vector<std::string> indeterminate;
  std::string known_at;                        ///< a column of the table, or
  std::optional<Duration> performance_window;  ///< so long after the application; neither: not to be read
  Timestamp observed_until = kNoTime;          ///< what was known later than this is not in the data

  bool operator==(const OutcomeSpec&) const = default;
};

/// What the outcome of an earlier application is called in definitions.
inline constexpr std::string_view kOutcomeName = "repaid";

/// Why the outcome of earlier applications cannot be read.
inline constexpr std::string_view kNoOutcomeClock =
    "the outcome of an earlier application counts only once it was known, and when that was is not said; declare "
    "`known_at` or `performance_window` under `target:`";

struct TableSpec {
  std::string name;
  std::string from;  ///< as in ReadRequest::from, with paths made absolute and variables filled in
  TableRole role = TableRole::kEvents;
  std::string entity;
  std::string time;                ///< empty for kUndated
  std::string id;                  ///< row id that breaks ties in time; empty: all columns read break them
  std::string known_at;            ///< when the lender had the row; empty: arrival unknown
  bool known_at_required = false;  ///< rows whose `known_at` is missing were never known, and do not count
  Duration delay;                  ///< added to `time` where rows arrive late and `known_at` is not recorded
  Timestamp valid_from = kNoTime;  ///< rows with `time < valid_from` are of broken clocks: left out, counted
  Timestamp valid_to = kNoTime;    ///< rows with `time >= valid_to`: left out, counted
  std::string where;               ///< only rows for which this condition is true take part; the others are counted
  bool allow_undated = false;
  std::optional<OutcomeSpec> outcome;  ///< of the applications as history, when they hold it
  std::map<std::string, ColumnSpec> columns;

  /// Whether a row of this time is within `valid_from <= time < valid_to`.
  bool valid_at(Timestamp at) const {
    return (valid_from == kNoTime || at >= valid_from) && (valid_to == kNoTime || at < valid_to);
  }

  /// Whether a column says what became of an application, or when that was known.
  bool tells_outcome(std::string_view column) const {
    return outcome && (column == outcome->label || (!column.empty() && column == outcome->known_at));
  }

  bool operator==(const TableSpec&) const = default;
};

/// Everything but `from`: what a bundle keeps of a table (the data of another day lies elsewhere).
Json to_json_value(const TableSpec& spec);
TableSpec table_spec_from_json(const Json& value);

}  // namespace asof
