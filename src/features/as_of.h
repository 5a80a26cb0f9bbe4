// Decides what was known when. Every feature passes through here, so nothing else needs to think about leakage.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "features/feature_set.h"
#include "features/step.h"
#include "tables/event_log.h"

namespace asof {

/// The rows of a log, oldest first, either all of a range or those listed.
struct RowSet {
  RowRange range;
  std::vector<std::uint32_t> listed;  ///< when `is_listed`: ascending row numbers, all within `range`
  bool is_listed = false;

  std::size_t size() const { return is_listed ? listed.size() : range.size(); }
  std::size_t row(std::size_t i) const { return is_listed ? listed[i] : range.begin + i; }
};

/// The boundary that holds for a table: earlier applications are before this one, which so never counts itself.
Boundary boundary_of(const TableSpec& spec, Boundary boundary);

/// The rows of `range` that were known as of `cutoff`:
///   event_time < cutoff   (boundary_of at kAt: event_time <= cutoff)   and   known_at <= cutoff where recorded.
/// Undated rows are all there: they cannot be told apart, which is why they must be allowed by name.
RowSet known_as_of(const EventLog& log, RowRange range, Timestamp cutoff, Boundary boundary);

/// Over the rows of a table: whether what was known at `moment + after` of a row was known at the application,
/// `moment + after <= T`. Missing where the moment is.
Step known_by_application(Step moment, Duration after);

/// Which of `times` (ascending) are in a window: `from <= time < to`; `to` itself is included at Boundary::kAt.
RowRange window_of(std::span<const std::int64_t> times, Timestamp from, Timestamp to, Boundary boundary);

/// Of rows known as of the cutoff, those in a window.
RowSet within(const EventLog& log, const RowSet& known, Timestamp from, Timestamp to, Boundary boundary);

}  // namespace asof
