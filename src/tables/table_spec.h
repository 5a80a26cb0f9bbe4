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
  kApplications,  ///< the rows to be scored: entity and cutoff
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
  std::map<std::string, ColumnSpec> columns;

  /// Whether a row of this time is within `valid_from <= time < valid_to`.
  bool valid_at(Timestamp at) const {
    return (valid_from == kNoTime || at >= valid_from) && (valid_to == kNoTime || at < valid_to);
  }

  bool operator==(const TableSpec&) const = default;
};

/// Everything but `from`: what a bundle keeps of a table (the data of another day lies elsewhere).
Json to_json_value(const TableSpec& spec);
TableSpec table_spec_from_json(const Json& value);

}  // namespace asof
