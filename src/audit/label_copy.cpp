#include "audit/label_copy.h"

#include <cmath>
#include <map>

namespace asof::audit {

bool tells_label(const Dataset& data, std::size_t column) {
  constexpr std::size_t kRowsPerValueMin = 10;
  std::map<double, double> outcome_of_value;
  std::size_t rows = 0;
  bool both[2] = {false, false};
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (is_missing(data.good[row])) continue;
    const double value = data.features.row(row)[column];
    const double key = is_missing(value) ? std::numeric_limits<double>::infinity() : value;
    if (outcome_of_value.try_emplace(key, data.good[row]).first->second != data.good[row]) return false;
    both[data.good[row] == 1.0 ? 1 : 0] = true;
    ++rows;
  }
  return both[0] && both[1] && rows >= kRowsPerValueMin * outcome_of_value.size();
}

}  // namespace asof::audit
