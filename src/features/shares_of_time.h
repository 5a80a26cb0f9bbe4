// The share of rows whose local time is of a kind.
#pragma once

#include "features/aggregation.h"
#include "features/local_calendar.h"

namespace asof {

/// Missing when there are no rows. `is_meant` gets local microseconds.
template <class IsMeant>
double share_of_times(const Window& window, const IsMeant& is_meant) {
  if (window.size == 0) return kMissing;
  std::size_t meant = 0;
  for (const std::int64_t time : window.times) meant += is_meant(local_microseconds(time, window.zone)) ? 1 : 0;
  return static_cast<double>(meant) / static_cast<double>(window.size);
}

}  // namespace asof
