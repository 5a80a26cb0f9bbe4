#include "tables/arrival.h"

#include <vector>

#include "base/format.h"

namespace asof {

bool arrival_is_unknown(const TableSpec& table) {
  const bool arrives = table.role == TableRole::kEvents || table.role == TableRole::kDated;
  return arrives && table.known_at.empty() && table.delay == Duration{};
}

std::string arrival_unknown(std::span<const TableSpec> tables) {
  std::vector<std::string> names;
  for (const TableSpec& table : tables) {
    if (arrival_is_unknown(table)) names.push_back(format("`{}`", table.name));
  }
  if (names.empty()) return "";
  return format(
      "Arrival unknown: {} declare{} neither `known_at` nor `delay`, so rows that reached the lender after the "
      "application may have counted",
      join(names), names.size() == 1 ? "s" : "");
}

}  // namespace asof
