// Time is a type: microseconds since 1970-01-01T00:00:00Z. Nothing here reads the clock.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace asof {

/// A length of time, exact to the microsecond.
struct Duration {
  std::int64_t microseconds = 0;

  auto operator<=>(const Duration&) const = default;
};

inline constexpr Duration kSecond{1'000'000};
inline constexpr Duration kMinute{60 * kSecond.microseconds};
inline constexpr Duration kHour{60 * kMinute.microseconds};
inline constexpr Duration kDay{24 * kHour.microseconds};

/// A moment, in microseconds since the Unix epoch (UTC, without leap seconds).
struct Timestamp {
  std::int64_t microseconds = 0;

  auto operator<=>(const Timestamp&) const = default;
};

/// Stands for "no time given" in a column of times; no valid time equals it.
inline constexpr Timestamp kNoTime{std::numeric_limits<std::int64_t>::min()};

constexpr Duration operator-(Timestamp a, Timestamp b) { return {a.microseconds - b.microseconds}; }
constexpr Timestamp operator-(Timestamp a, Duration b) { return {a.microseconds - b.microseconds}; }
constexpr Timestamp operator+(Timestamp a, Duration b) { return {a.microseconds + b.microseconds}; }

constexpr double in_hours(Duration d) {
  return static_cast<double>(d.microseconds) / static_cast<double>(kHour.microseconds);
}
constexpr double in_days(Duration d) {
  return static_cast<double>(d.microseconds) / static_cast<double>(kDay.microseconds);
}

/// How a time without an offset is read. There is no default zone: naive times are refused without one.
class TimeZone {
 public:
  /// No zone: a time without an offset is an error.
  TimeZone() = default;

  /// A zone of the tz database, such as "Africa/Nairobi" or "UTC".
  /// Throws Error::kInvalidInput for an unknown name, with the nearest known ones.
  static TimeZone named(std::string_view name);

  bool given() const { return !name_.empty(); }
  const std::string& name() const { return name_; }

  /// The moment at which clocks in this zone show `local` (microseconds since 1970-01-01T00:00:00 local time).
  /// Throws Error::kInvalidInput for a local time that does not exist or exists twice, and, unless the zone
  /// is UTC, for one after 2037 (the rules of the date library end there).
  Timestamp to_utc(std::int64_t local_microseconds) const;

  /// What clocks in this zone show at `time`, in microseconds since 1970-01-01T00:00:00 local time.
  std::int64_t to_local(Timestamp time) const;

 private:
  std::string name_;
  const void* zone_ = nullptr;  // the library's immutable zone; null for UTC
};

/// Reads ISO 8601: a date, or date and time divided by `T` or a space, seconds and a fraction of up to
/// six digits optional (more digits only when they are zeros), then an optional `Z`, `+hh`, `+hhmm` or `+hh:mm`.
/// A text without an offset is read in `zone`. Throws Error::kInvalidInput, naming what is wrong with the text.
Timestamp parse_timestamp(std::string_view text, const TimeZone& zone);

/// `2024-01-01T00:00:00Z`, with a fraction of six digits only when there is one.
std::string to_string(Timestamp time);

/// Reads `90d`, `24h`, `30m`, `15s`, `2w`, `500ms`, `10us`; the number is a non-negative integer.
Duration parse_duration(std::string_view text);

/// The shortest text that `parse_duration` reads back: `7d` is said as `1w` only when written so; days are kept.
std::string to_string(Duration duration);

}  // namespace asof
