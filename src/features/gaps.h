// The silences between rows.
#pragma once

#include <vector>

#include "features/aggregation.h"

namespace asof {

/// Hours from each row to the next: one fewer than there are rows.
inline std::vector<double> gaps_hours(const Window& window) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < window.size; ++i)
    gaps.push_back(in_hours(Duration{window.times[i] - window.times[i - 1]}));
  return gaps;
}

}  // namespace asof
