// From rows of a source to an event log: `where:` conditions and the rules that only whole tables show.
#pragma once

#include <string>
#include <vector>

#include "tables/event_log.h"

namespace asof {

/// `result[row]` is true where the table's `where:` is not true of that row (false, or missing); empty without a
/// `where:`. Throws Error::kInvalidInput with the place in the condition.
std::vector<bool> rows_excluded(const Table& rows, const TableSpec& spec, const TimeZone& zone);

/// Throws Error::kInvalidInput when the log of an undated table has two rows of one entity.
void refuse_ambiguous_rows(const EventLog& log);

/// EventLog::build with the table's `where:`, and `refuse_ambiguous_rows`.
EventLog event_log(const TableSpec& spec, Table rows, const EntityIndex& entities, const TimeZone& zone,
                   int threads = 1);

}  // namespace asof
