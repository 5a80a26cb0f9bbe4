// Rows as clients send them: JSON objects with the columns of a stored table.
#pragma once

#include <span>
#include <vector>

#include "base/json.h"
#include "store/row_writer.h"

namespace asof {

/// No more rows than this in one request.
inline constexpr std::size_t kRowsMax = 10'000;

struct ReadRows {
  Table rows;                         ///< the good ones
  std::vector<std::size_t> places;    ///< where each of them stood among those sent
  std::vector<RejectedRow> rejected;  ///< the others, by where they stood; one reason each
};

/// A column left out is missing, as null is; an unknown one is refused.
ReadRows read_rows(const StoredTable& table, std::span<const Json> sent);

/// JSON Schema of one row.
Json row_schema(const StoredTable& table);

}  // namespace asof
