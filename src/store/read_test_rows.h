// What tests of stores compare: everything that features can see of a read, bit for bit.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "base/format.h"
#include "store/user_store.h"

namespace asof {

/// A cell with all its bits, so that -0.0 and 0.0 differ.
inline std::string bits(const Column& column, std::size_t row) {
  if (column.missing(row)) return "missing";
  if (column.type == ColumnType::kText) return std::string(column.text(row));
  if (column.type == ColumnType::kReal) return format("{:016x}", std::bit_cast<std::uint64_t>(column.reals[row]));
  return format("{}", column.integers[row]);
}

/// Everything that features can see of a read.
inline std::vector<std::string> written_out(const UserRows& rows) {
  std::vector<std::string> lines;
  for (const TableRows& part : rows.history) {
    const Table& table = part.log->table();
    std::string header = table.name + ":";
    for (const Column& column : table.columns) header += format(" {} {}", column.name, to_string(column.type));
    lines.push_back(header);
    for (std::size_t row = part.rows.begin; row < part.rows.end; ++row) {
      std::string line;
      for (const Column& column : table.columns) line += bits(column, row) + "|";
      if (!part.log->times().empty()) line += format(" time {}", part.log->times()[row]);
      if (!part.log->known_at().empty()) line += format(" known {}", part.log->known_at()[row]);
      lines.push_back(line);
    }
  }
  return lines;
}

/// All columns of a table.
inline ServedTable served(const TableSpec& spec) {
  ServedTable table{.spec = spec, .columns = {}};
  for (const auto& [name, column] : spec.columns) {
    table.columns.push_back({.name = name, .type = column.type, .epoch = column.epoch, .missing = column.missing});
  }
  return table;
}

}  // namespace asof
