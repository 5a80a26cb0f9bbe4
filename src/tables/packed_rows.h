// Columns in few bytes: what a batch of rows is kept in until features are computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "asof/table.h"

namespace asof {

/// How the values of one column of one batch are written: whole numbers as their distance from the least of them, in as
/// few bytes as the greatest distance needs; reals as they are.
struct Packing {
  ColumnType type = ColumnType::kReal;
  std::uint64_t base = 0;     ///< added when unpacking
  std::uint64_t missing = 0;  ///< the distance that means missing; only below 8 bytes
  std::size_t width = 8;      ///< bytes per value, 1 to 8

  /// For all of `column` (of texts: for any codes below `texts`).
  static Packing of(const Column& column, std::size_t texts);

  /// Writes the values of `rows`, and up to 7 bytes after them, which the next call may overwrite. Of texts, `codes[c]`
  /// is written for code c.
  void pack(const Column& column, std::span<const std::int32_t> codes, std::span<const std::uint32_t> rows,
            std::byte* out) const;

  /// Appends `count` values to the column's vector; up to 7 bytes after them are read as well.
  void unpack(const std::byte* in, std::size_t count, Column& column) const;

  /// The same for the numbers of entities, less `least`.
  static Packing of_numbers(std::size_t below);
  void pack(std::span<const std::uint32_t> numbers, std::size_t least, std::span<const std::uint32_t> rows,
            std::byte* out) const;
  void unpack(const std::byte* in, std::size_t count, std::vector<std::uint32_t>& numbers) const;
};

/// Bytes that may be read or written after the last value.
inline constexpr std::size_t kPackedSlack = 7;

}  // namespace asof
