#include "audit/evidence.h"

namespace asof::audit {

std::vector<std::uint32_t> labelled_rows(const Dataset& data) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < data.rows(); ++row) {
    if (!is_missing(data.good[row])) rows.push_back(row);
  }
  return rows;
}

}  // namespace asof::audit
