// The features as they would have been with other rows of one table: all of them, or late ones.
#pragma once

#include <cstddef>

#include "audit/evidence.h"

namespace asof::audit {

/// Features computed with every row of table number `table` (of the histories) that stands at or after the application,
/// as if it had happened just before it: what a join without a cutoff would have counted.
Matrix with_all_rows(const Assembled& assembled, std::size_t table, const Options& options);

/// A log whose rows are known `delay` later than this one's.
EventLog later(const EventLog& log, Duration delay);

/// Features computed with the rows of `logs`, which are those of the histories, or later.
Matrix with_logs(const Assembled& assembled, std::span<const EventLog* const> logs, const Options& options);

}  // namespace asof::audit
