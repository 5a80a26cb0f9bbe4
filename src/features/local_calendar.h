// Days and hours as clocks show them where the borrowers live.
#pragma once

#include <cstdint>

#include "asof/time.h"

namespace asof {

/// What clocks of the zone show, in microseconds since 1970-01-01T00:00:00 local time; UTC without a zone.
inline std::int64_t local_microseconds(std::int64_t time, const TimeZone* zone) {
  return zone != nullptr && zone->given() ? zone->to_local({time}) : time;
}

constexpr std::int64_t divide_down(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Days since 1970-01-01.
inline std::int64_t local_day(std::int64_t time, const TimeZone* zone) {
  return divide_down(local_microseconds(time, zone), kDay.microseconds);
}

/// 0 to 23, of local microseconds.
constexpr std::int64_t hour_of(std::int64_t local) {
  return divide_down(local, kHour.microseconds) -
         divide_down(local, kDay.microseconds) * (kDay.microseconds / kHour.microseconds);
}

/// Monday is 0, of local microseconds.
constexpr std::int64_t weekday_of(std::int64_t local) {
  constexpr std::int64_t kDaysPerWeek = 7;
  constexpr std::int64_t kEpochWeekday = 3;  // 1970-01-01 was a Thursday
  const std::int64_t days = divide_down(local, kDay.microseconds) + kEpochWeekday;
  return days - divide_down(days, kDaysPerWeek) * kDaysPerWeek;
}

inline constexpr std::int64_t kNightEndsHour = 6;  ///< night is 0:00 to 5:59
inline constexpr std::int64_t kSaturday = 5;

}  // namespace asof
