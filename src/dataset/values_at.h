// Some rows of a column.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace asof {

/// The values of `rows`, in that order.
template <class Value>
std::vector<Value> values_at(const std::vector<Value>& values, std::span<const std::uint32_t> rows) {
  std::vector<Value> taken;
  taken.reserve(rows.size());
  for (const std::uint32_t row : rows) taken.push_back(values[row]);
  return taken;
}

}  // namespace asof
