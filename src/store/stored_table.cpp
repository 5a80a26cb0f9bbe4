#include "store/stored_table.h"

#include <algorithm>

namespace asof {

RowIdentity StoredTable::identity() const {
  if (spec.time.empty()) return RowIdentity::kEntity;
  return spec.id.empty() ? RowIdentity::kContent : RowIdentity::kRowId;
}

std::vector<std::string> StoredTable::key() const {
  switch (identity()) {
    case RowIdentity::kEntity:
      return {spec.entity};
    case RowIdentity::kContent:
      return {spec.entity, spec.time, std::string(kRowDigest), std::string(kCopy)};
    case RowIdentity::kRowId:
      break;
  }
  return {spec.entity, spec.time, spec.id, std::string(kCopy)};
}

std::vector<std::string> StoredTable::columns() const {
  std::vector<std::string> names;
  for (const std::string& name : key()) {
    if (spec.columns.contains(name)) names.push_back(name);
  }
  for (const auto& [name, column] : spec.columns) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace asof
