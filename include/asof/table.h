// Columns in memory: what every source delivers and the engine reads.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asof/time.h"

namespace asof {

enum class ColumnType { kInteger, kReal, kBoolean, kText, kTime };

/// "integer", "real", "boolean", "text" or "time".
std::string_view to_string(ColumnType type);

/// Missing is a value of its own in every type, never zero.
inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::int64_t kMissingInteger = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int32_t kMissingCode = -1;

inline bool is_missing(double value) { return std::isnan(value); }

/// The distinct texts of a column; a row holds the index of its text.
using Dictionary = std::vector<std::string>;

/// A named, typed column. Which vector is filled follows from `type`:
///   kReal            reals     missing is NaN
///   kInteger, kTime  integers  (kTime: microseconds since the epoch)   missing is kMissingInteger
///   kBoolean         integers  (0 or 1)                                missing is kMissingInteger
///   kText            codes     into `dictionary`                       missing is kMissingCode
/// Two codes of one dictionary never stand for the same text; the order of a dictionary carries no meaning.
struct Column {
  std::string name;
  ColumnType type = ColumnType::kReal;
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::int32_t> codes;
  std::shared_ptr<const Dictionary> dictionary;

  std::size_t size() const;
  bool missing(std::size_t row) const;

  /// The value as a number: reals as they are, integers and booleans converted, times in microseconds;
  /// kMissing when missing. Not for text.
  double number(std::size_t row) const;

  /// The text of a row. Only for kText, and only where not missing.
  std::string_view text(std::size_t row) const;

  /// The value as CSV would show it: empty when missing, times in UTC, reals round-trippable.
  std::string display(std::size_t row) const;
};

/// `rows` missing values.
Column missing_column(std::string name, ColumnType type, std::size_t rows);

/// Columns of equal length. `name` is what messages call the table.
struct Table {
  std::string name;
  std::vector<Column> columns;
  std::size_t rows = 0;
  /// Says where a row of the source stands, such as "data/loans.csv line 17", perhaps by reading the source again: for
  /// messages. Empty for tables that were made, not read.
  std::function<std::string(std::size_t source_row)> source_place = nullptr;
  /// Which row of the source each row is, where `take` has chosen among them; else empty: they are the same.
  std::vector<std::uint32_t> source_rows = {};

  /// Where a row came from: of a CSV file the physical line, of other sources the row, counted from 1;
  /// "row 17" of a table that was not read.
  std::string place(std::size_t row) const;

  /// The column of that name, or null.
  const Column* find(std::string_view column) const;

  /// The column of that name; throws Error::kInvalidInput with the nearest known names.
  const Column& at(std::string_view column) const;
};

/// Whom rows belong to: an integer or a text. `7` and "7" are different entities.
using EntityKey = std::variant<std::int64_t, std::string>;

std::string to_string(const EntityKey& key);

/// The values of `column` named by `rows`, in that order.
Column take(const Column& column, std::span<const std::uint32_t> rows);

/// The rows of `table` named by `rows`, in that order. Where they came from is kept.
Table take(const Table& table, std::span<const std::uint32_t> rows);

}  // namespace asof
