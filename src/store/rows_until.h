// What every store promises of a read, in one place.
#pragma once

#include <algorithm>

#include "tables/event_log.h"

namespace asof {

/// The rows of entity number `entity` with `time <= until`; of an undated table all.
inline RowRange rows_until(const EventLog& log, std::uint32_t entity, Timestamp until) {
  RowRange rows = log.rows_of(entity);
  const std::span<const std::int64_t> times = log.times();
  if (times.empty()) return rows;
  const auto of_entity = times.subspan(rows.begin, rows.size());
  const auto end = std::ranges::upper_bound(of_entity, until.microseconds);
  rows.end = rows.begin + static_cast<std::size_t>(end - of_entity.begin());
  return rows;
}

}  // namespace asof
