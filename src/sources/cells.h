// A column of texts, as a CSV file holds it, becomes a column of values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "asof/table.h"
#include "sources/source.h"

namespace asof {

/// The texts of consecutive rows, in Arrow's layout; nothing is owned. Null and empty are the same: missing.
struct TextCells {
  std::size_t rows = 0;
  const char* bytes = nullptr;
  const std::int32_t* ends = nullptr;       ///< Row i is bytes [ends[i], ends[i + 1]); or, when null,
  const std::int64_t* long_ends = nullptr;  ///< the same in 64 bits.
  const std::uint8_t* valid = nullptr;      ///< A bit per row from bit `first_valid` on; null when no row is null.
  std::size_t first_valid = 0;

  std::string_view operator[](std::size_t row) const {
    if (valid != nullptr) {
      const std::size_t bit = first_valid + row;
      if ((valid[bit / 8] >> (bit % 8) & 1) == 0) return {};
    }
    const std::int64_t begin = ends != nullptr ? ends[row] : long_ends[row];
    const std::int64_t end = ends != nullptr ? ends[row + 1] : long_ends[row + 1];
    return {bytes + begin, static_cast<std::size_t>(end - begin)};
  }
};

/// A value that cannot be delivered. Whoever knows where the row stands turns it into an Error that says so.
struct CellError {
  std::size_t row = 0;  ///< Counted from 0 over all pieces.
  std::string reason;   ///< "`abc` is not an integer"
};

/// The type that all values agree on, in this order: integer, real, boolean (not 1 and 0), time, else text; real when
/// every value is missing. Integers too large for 64 bits are texts: as reals, different ones would become one.
ColumnType infer_type(std::span<const TextCells> pieces, const ColumnRequest& request, int threads);

/// The values of `pieces` in the type that `request` declares, else in the inferred one. Spaces around a number,
/// boolean or time do not count. Same pieces, same column, for any number of threads. Throws CellError for the first
/// value that does not fit.
Column read_cells(std::span<const TextCells> pieces, const ColumnRequest& request, const TimeZone& zone, int threads);

}  // namespace asof
