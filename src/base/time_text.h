// Times as texts say them, before any zone is applied. Readers of millions of texts use this form: it never throws.
#pragma once

#include <cstdint>
#include <string_view>

#include "asof/time.h"

namespace asof {

/// What an ISO 8601 text says.
struct TimeText {
  std::int64_t local_microseconds = 0;   ///< Since 1970-01-01T00:00:00 on the clock that the text speaks of.
  std::int64_t offset_microseconds = 0;  ///< How far that clock is ahead of UTC; only when `has_offset`.
  bool has_offset = false;

  /// The moment meant. Only when `has_offset`.
  Timestamp moment() const { return {local_microseconds - offset_microseconds}; }
};

/// Reads what `parse_timestamp` reads, without applying a zone. Returns why `text` is no time, empty when it is one.
std::string_view read_time_text(std::string_view text, TimeText& time) noexcept;

}  // namespace asof
