// How long to look for a good setting.
#pragma once

#include <cstddef>

namespace asof {

/// How long to search. Neither: not at all.
struct SearchBudget {
  std::size_t draws = 0;  ///< settings to draw
  double seconds = 0.0;   ///< of wall clock: drawn while the next round should end within; only without `draws`
};

}  // namespace asof
