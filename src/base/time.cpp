// Times as texts and on the clocks of a place. The calendar and the zones are Howard Hinnant's date library with
// the machine's tz database; this file adds the refusals: a local time that clocks show twice or never is no moment.
#include "asof/time.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <vector>

#include "base/format.h"
#include "base/time_text.h"

namespace asof {
namespace {

constexpr std::size_t kFractionDigits = 6;
// Beyond this the library does not know when daylight saving begins.
constexpr std::int64_t kZonesEnd =
    date::sys_days(date::year(2038) / 1 / 1).time_since_epoch().count() * kDay.microseconds;
// Outside of `kShownBegin <= time < kShownEnd` a year does not have four digits.
constexpr std::int64_t kShownBegin =
    date::sys_days(date::year(0) / 1 / 1).time_since_epoch().count() * kDay.microseconds;
constexpr std::int64_t kShownEnd =
    date::sys_days(date::year(10000) / 1 / 1).time_since_epoch().count() * kDay.microseconds;

std::int64_t divide_down(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

/// Reads digits from the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool skip(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool is_digit() const { return peek() >= '0' && peek() <= '9'; }
  int digit() { return text_[at_++] - '0'; }

  /// Exactly `count` digits, or -1.
  int number(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (!is_digit()) return -1;
      value = 10 * value + digit();
    }
    return value;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string_view read_date(Digits& digits, std::int64_t& microseconds) {
  const int year = digits.number(4);
  if (year < 0 || !digits.skip('-')) return "it does not begin with a date of the form YYYY-MM-DD";
  const int month = digits.number(2);
  if (month < 0 || !digits.skip('-')) return "it does not begin with a date of the form YYYY-MM-DD";
  const int day = digits.number(2);
  if (day < 0 || digits.is_digit()) return "it does not begin with a date of the form YYYY-MM-DD";
  if (year < 1) return "there is no year 0000";
  if (month < 1 || month > 12) return "the month is not between 01 and 12";
  const auto date = date::year(year) / month / day;
  if (!date.ok()) return "that month does not have that day";
  microseconds = date::sys_days(date).time_since_epoch().count() * kDay.microseconds;
  return {};
}

std::string_view read_fraction(Digits& digits, std::int64_t& microseconds) {
  if (!digits.is_digit()) return "a digit is missing after the decimal point";
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < kFractionDigits; ++i) fraction = 10 * fraction + (digits.is_digit() ? digits.digit() : 0);
  while (digits.is_digit()) {
    if (digits.digit() != 0) return "it is finer than a microsecond";
  }
  microseconds += fraction;
  return {};
}

std::string_view read_clock(Digits& digits, std::int64_t& microseconds) {
  const int hour = digits.number(2);
  if (hour < 0 || !digits.skip(':')) return "the time is not of the form hh:mm or hh:mm:ss";
  const int minute = digits.number(2);
  if (minute < 0) return "the time is not of the form hh:mm or hh:mm:ss";
  if (hour > 23) return "the hour is not between 00 and 23";
  if (minute > 59) return "the minute is not between 00 and 59";
  microseconds += hour * kHour.microseconds + minute * kMinute.microseconds;
  if (!digits.skip(':')) return {};
  const int second = digits.number(2);
  if (second < 0) return "the time is not of the form hh:mm or hh:mm:ss";
  if (second > 59) return "the second is not between 00 and 59";
  microseconds += second * kSecond.microseconds;
  return digits.skip('.') ? read_fraction(digits, microseconds) : std::string_view{};
}

std::string_view read_offset(Digits& digits, TimeText& time) {
  if (digits.done()) return {};
  time.has_offset = true;
  if (digits.skip('Z')) return {};
  const bool behind = digits.peek() == '-';
  if (!digits.skip('-') && !digits.skip('+'))
    return "what follows the time is neither `Z` nor an offset such as +03:00";
  const int hours = digits.number(2);
  const bool divided = digits.skip(':');
  const int minutes = divided || digits.is_digit() ? digits.number(2) : 0;
  if (hours < 0 || minutes < 0) return "its offset is not of the form +hh:mm";
  if (hours > 23 || minutes > 59) return "its offset is not between -23:59 and +23:59";
  time.offset_microseconds = (behind ? -1 : 1) * (hours * kHour.microseconds + minutes * kMinute.microseconds);
  return {};
}

void put_digits(char* to, std::size_t count, std::int64_t number) {
  for (; count > 0; number /= 10) to[--count] = static_cast<char>('0' + number % 10);
}

std::string local_text(std::int64_t local_microseconds) {
  std::string text = to_string(Timestamp{local_microseconds});
  text.pop_back();  // the Z, which it is not
  return text;
}

/// The part of a zone's history in which an offset holds, without the days around its ends, where a clock may show
/// a time twice. Times come in runs, so the last one used is nearly always the next.
struct Stretch {
  const date::time_zone* zone = nullptr;
  std::int64_t first = 0, last = -1;  // local microseconds: first <= time <= last
  std::int64_t offset = 0;
};
constexpr std::int64_t kStretchMargin = 2 * kDay.microseconds;

std::int64_t count_microseconds(std::chrono::seconds seconds) { return seconds.count() * kSecond.microseconds; }

Stretch stretch_of(const date::time_zone* zone, const date::sys_info& info) {
  const std::int64_t offset = count_microseconds(info.offset);
  // The library marks an open end by years that microseconds cannot hold.
  constexpr auto kFar = std::chrono::seconds(kZonesEnd / kSecond.microseconds);
  const auto begin = std::max(info.begin.time_since_epoch(), -2 * kFar);
  const auto end = std::min(info.end.time_since_epoch(), kFar);
  return {zone, count_microseconds(begin) + offset + kStretchMargin, count_microseconds(end) + offset - kStretchMargin,
          offset};
}

const date::tzdb& zones() {
  try {
    return date::get_tzdb();
  } catch (const std::exception&) {
    throw Error(Error::kUnavailable, "this machine's time zones cannot be read; install the package tzdata");
  }
}

/// Some systems ship the tz database without the years to come; the library would then be silently wrong.
void require_future_rules() {
  static const bool known = [] {
    const auto summer = date::sys_days(date::year(2037) / 7 / 1);
    return date::locate_zone("America/New_York")->get_info(summer).offset == std::chrono::hours(-4);
  }();
  if (!known) {
    throw Error(Error::kUnavailable,
                "this machine's time zones lack the years up to 2037; install tzdata in its `fat` form");
  }
}

}  // namespace

std::string_view read_time_text(std::string_view text, TimeText& time) noexcept {
  time = {};
  Digits digits(text);
  if (const auto wrong = read_date(digits, time.local_microseconds); !wrong.empty()) return wrong;
  if (digits.done()) return {};
  if (!digits.skip('T') && !digits.skip(' ')) return "date and time are not divided by `T` or a space";
  if (const auto wrong = read_clock(digits, time.local_microseconds); !wrong.empty()) return wrong;
  if (const auto wrong = read_offset(digits, time); !wrong.empty()) return wrong;
  return digits.done() ? std::string_view{} : "there is something after the time";
}

TimeZone TimeZone::named(std::string_view name) {
  TimeZone result;
  result.name_ = std::string(name);
  if (name == "UTC" || name == "Etc/UTC") return result;
  const auto& known = zones().zones;
  const auto found = std::ranges::find(known, name, &date::time_zone::name);
  if (found == known.end()) {
    std::vector<std::string> names;
    for (const auto& zone : known) names.push_back(zone.name());
    throw Error(Error::kInvalidInput, format("unknown time zone: `{}`{}", name, did_you_mean(name, names)));
  }
  require_future_rules();
  result.zone_ = &*found;
  return result;
}

Timestamp TimeZone::to_utc(std::int64_t local_microseconds) const {
  if (!given()) {
    throw Error(Error::kInvalidInput,
                format("`{}` has no offset and no time zone is declared; write `time_zone:` in the "
                       "project file (such as `time_zone: UTC`) or give times an offset",
                       local_text(local_microseconds)));
  }
  if (zone_ == nullptr) return {local_microseconds};
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  thread_local Stretch last;
  if (last.zone == zone && last.first <= local_microseconds && local_microseconds <= last.last) {
    return {local_microseconds - last.offset};
  }
  if (local_microseconds >= kZonesEnd) {
    throw Error(Error::kInvalidInput,
                format("`{}` is after 2037, where the rules of {} are not known; give it an offset",
                       local_text(local_microseconds), name_));
  }
  const std::chrono::seconds seconds(divide_down(local_microseconds, kSecond.microseconds));
  const date::local_info info = zone->get_info(date::local_seconds(seconds));
  if (info.result != date::local_info::unique) {
    const char* why = info.result == date::local_info::ambiguous ? "exists twice" : "does not exist";
    throw Error(Error::kInvalidInput, format("`{}` {} in {} (clocks were changed); give it an offset, such as +01:00",
                                             local_text(local_microseconds), why, name_));
  }
  last = stretch_of(zone, info.first);
  return {local_microseconds - count_microseconds(info.first.offset)};
}

std::int64_t TimeZone::to_local(Timestamp time) const {
  if (!given()) {
    throw Error(Error::kInvalidInput,
                "the local time of a moment needs a time zone; write `time_zone:` in the project file");
  }
  if (zone_ == nullptr) return time.microseconds;
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  thread_local Stretch last;
  if (last.zone == zone) {
    const std::int64_t local = time.microseconds + last.offset;
    if (last.first <= local && local <= last.last) return local;
  }
  if (time.microseconds >= kZonesEnd) {
    throw Error(Error::kInvalidInput,
                format("`{}` is after 2037, where the rules of {} are not known", to_string(time), name_));
  }
  const std::chrono::seconds seconds(divide_down(time.microseconds, kSecond.microseconds));
  const date::sys_info info = zone->get_info(date::sys_seconds(seconds));
  last = stretch_of(zone, info);
  return time.microseconds + count_microseconds(info.offset);
}

Timestamp parse_timestamp(std::string_view text, const TimeZone& zone) {
  TimeText time;
  if (const auto wrong = read_time_text(text, time); !wrong.empty()) {
    throw Error(Error::kInvalidInput,
                format("`{}` is not a time: {} (expected such as 2024-01-31T12:30:00Z)", text, wrong));
  }
  return time.has_offset ? time.moment() : zone.to_utc(time.local_microseconds);
}

std::string to_string(Timestamp time) {
  if (time == kNoTime) return "no time";
  if (time.microseconds < kShownBegin || time.microseconds >= kShownEnd) return format("{} us", time.microseconds);
  const std::int64_t days = divide_down(time.microseconds, kDay.microseconds);
  const std::int64_t clock = time.microseconds - days * kDay.microseconds;
  const date::year_month_day date{date::sys_days(date::days(days))};
  std::string text = "0000-00-00T00:00:00";
  put_digits(&text[0], 4, static_cast<int>(date.year()));
  put_digits(&text[5], 2, static_cast<unsigned>(date.month()));
  put_digits(&text[8], 2, static_cast<unsigned>(date.day()));
  put_digits(&text[11], 2, clock / kHour.microseconds);
  put_digits(&text[14], 2, clock % kHour.microseconds / kMinute.microseconds);
  put_digits(&text[17], 2, clock % kMinute.microseconds / kSecond.microseconds);
  if (const std::int64_t fraction = clock % kSecond.microseconds; fraction != 0) {
    text += ".000000";
    put_digits(&text[20], kFractionDigits, fraction);
  }
  text += 'Z';
  return text;
}

namespace {

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
  bool written;  // by to_string; weeks are only read
};

constexpr std::array kUnits = {
    Unit{"w", 7 * kDay.microseconds, false},
    Unit{"d", kDay.microseconds, true},
    Unit{"h", kHour.microseconds, true},
    Unit{"m", kMinute.microseconds, true},
    Unit{"s", kSecond.microseconds, true},
    Unit{"ms", 1000, true},
    Unit{"us", 1, true},
};

}  // namespace

Duration parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  if (failure == std::errc::invalid_argument || unit == kUnits.end() || text.starts_with('-')) {
    throw Error(
        Error::kInvalidInput,
        format("`{}` is not a length of time; expected a whole number and w, d, h, m, s, ms or us, such as 90d", text));
  }
  Duration result;
  if (failure != std::errc() || __builtin_mul_overflow(count, unit->microseconds, &result.microseconds)) {
    throw Error(Error::kInvalidInput, format("`{}` is too long a time", text));
  }
  return result;
}

std::string to_string(Duration duration) {
  if (duration.microseconds == 0) return "0s";
  const auto divides = [&](const Unit& unit) { return unit.written && duration.microseconds % unit.microseconds == 0; };
  const auto unit = std::ranges::find_if(kUnits, divides);
  return format("{}{}", duration.microseconds / unit->microseconds, unit->name);
}

}  // namespace asof
