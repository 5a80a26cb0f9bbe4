// Tables as texts that a test can read and compare.
#pragma once

#include <string>

#include "asof/table.h"

namespace asof::testing {

/// A line per column: "name type: value | value | -"; a missing value is `-`.
inline std::string show(const Table& table) {
  std::string result;
  for (const Column& column : table.columns) {
    result += column.name + " " + std::string(to_string(column.type)) + ":";
    for (std::size_t row = 0; row < table.rows; ++row) {
      result += (row == 0 ? " " : " | ") + (column.missing(row) ? "-" : column.display(row));
    }
    result += '\n';
  }
  return result;
}

}  // namespace asof::testing
