#include "dataset/dataset.h"

#include <algorithm>

namespace asof {

Matrix take(MatrixView matrix, std::span<const std::uint32_t> rows) {
  Matrix taken(rows.size(), matrix.columns);
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(matrix.row(rows[i]), taken.row(i).begin());
  return taken;
}

}  // namespace asof
