#include "model/settings.h"

#include <algorithm>

namespace asof {

std::vector<Setting> imputed_and_kept(const std::vector<Setting>& settings) {
  std::vector<Setting> both;
  for (const Setting& setting : settings) {
    both.push_back(setting);
    both.back().name += ", missing imputed";
    both.back().preprocess.missing = MissingValues::kMedian;
    both.push_back(setting);
    both.back().name += ", missing kept";
    both.back().preprocess.missing = MissingValues::kKept;
  }
  return both;
}

int leaf_rows_min(std::size_t rows, int wanted) {
  constexpr std::size_t kRowsPerLeafRow = 150;  // 50 rows a leaf from 7,500 rows on
  return static_cast<int>(
      std::clamp<std::size_t>(rows / kRowsPerLeafRow, 5, static_cast<std::size_t>(std::max(wanted, 5))));
}

}  // namespace asof
