// Days in a row.
#pragma once

#include <algorithm>
#include <cstdint>

#include "features/aggregation.h"
#include "features/local_calendar.h"

namespace asof {

struct Streaks {
  std::int64_t longest = 0;
  std::int64_t current = 0;  ///< up to the day of the window's end, or the day before it
};

inline Streaks streaks_of(const Window& window) {
  Streaks streaks;
  std::int64_t running = 0;
  std::int64_t day = 0;
  for (std::size_t i = 0; i < window.size; ++i) {
    const std::int64_t next = local_day(window.times[i], window.zone);
    if (i > 0 && next == day) continue;
    running = i > 0 && next == day + 1 ? running + 1 : 1;
    day = next;
    streaks.longest = std::max(streaks.longest, running);
  }
  const bool lasts = window.size > 0 && day >= local_day(window.end.microseconds, window.zone) - 1;
  streaks.current = lasts ? running : 0;
  return streaks;
}

}  // namespace asof
