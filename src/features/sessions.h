// Rows that belong together: split where nothing happened for a while, or named by an id.
#pragma once

#include <span>
#include <vector>

#include "features/aggregation.h"

namespace asof {

struct Sessions {
  std::vector<std::int64_t> lengths;  ///< microseconds from the first row of each to its last
};

/// With a column, rows of one value are one session, whatever their times. Without one, a row begins a session when it
/// is the first, or `time - time of the row before >= silence`, which is setting 0.
Sessions sessions_of(const Window& window);

inline constexpr AggregationSetting kSilence[] = {{.name = "silence",
                                                   .kind = AggregationSetting::kLength,
                                                   .otherwise = 30.0 * static_cast<double>(kMinute.microseconds)}};

}  // namespace asof
