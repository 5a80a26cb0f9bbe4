// Each reader first checks the form, then lets std::from_chars find the value.
#include "sources/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace asof {
namespace {

constexpr std::string_view kNotAnInteger = "is not an integer";
constexpr std::string_view kLeadingZero = "has a leading zero; declare the column as text if that matters";
constexpr std::string_view kNotANumber = "is not a number";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_sign(std::string_view text) { return text.starts_with('-') ? text.substr(1) : text; }

bool has_leading_zero(std::string_view digits) { return digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]); }

bool all_zeros(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

/// A double whose exponent the standard's reader refuses: the C library tells what is too large from what is nearly 0.
std::string_view read_extreme_real(std::string_view text, double& value) noexcept {
  value = std::strtod(std::string(text).c_str(), nullptr);
  return std::isinf(value) ? "is too large for a number" : std::string_view{};
}

}  // namespace

bool looks_like_integer(std::string_view text) noexcept {
  const std::string_view digits = without_sign(text);
  return !digits.empty() && !has_leading_zero(digits) && std::ranges::all_of(digits, is_digit);
}

std::string_view read_integer_text(std::string_view text, Decimals decimals, std::int64_t& value) noexcept {
  const char* const end = text.data() + text.size();
  if (has_leading_zero(without_sign(text))) return kLeadingZero;
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure == std::errc::invalid_argument) return kNotAnInteger;
  if (rest != end) {
    const std::string_view fraction(rest, static_cast<std::size_t>(end - rest));
    if (!fraction.starts_with('.') || fraction.size() < 2) return kNotAnInteger;
    if (decimals == Decimals::kRefused || !all_zeros(fraction.substr(1))) return kNotAnInteger;
  }
  if (failure != std::errc() || value == kMissingInteger) return "is too large for an integer of 64 bits";
  return text.starts_with("-0") ? kNotAnInteger : std::string_view{};
}

std::string_view read_real_text(std::string_view text, double& value) noexcept {
  const std::string_view digits = without_sign(text);
  if (digits.empty() || !(is_digit(digits[0]) || digits[0] == '.')) {
    const bool infinite = digits.size() >= 3 && (digits[0] | 0x20) == 'i' && (digits[1] | 0x20) == 'n';
    return infinite ? "is infinite; declare it as missing if that is meant" : kNotANumber;
  }
  if (has_leading_zero(digits)) return kLeadingZero;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value, std::chars_format::general);
  if (failure == std::errc::invalid_argument || rest != end) return kNotANumber;
  return failure == std::errc() ? std::string_view{} : read_extreme_real(text, value);
}

double as_written(float value) noexcept {
  constexpr float kWholeMax = 16'777'216.0F;  // up to 2^24 every whole number is exact, and is written so
  const bool whole = std::abs(value) <= kWholeMax && std::trunc(value) == value;
  if (whole || !std::isfinite(value)) return value;
  std::array<char, 32> text;  // the longest takes 15
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  double result = value;
  std::from_chars(text.data(), written.ptr, result);
  return result;
}

std::string_view read_boolean_text(std::string_view text, BooleanDigits digits, std::int64_t& value) noexcept {
  const auto is = [&](std::string_view word) {
    return std::ranges::equal(text, word, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  };
  const bool with_digits = digits == BooleanDigits::kAllowed;
  const bool yes = is("true") || is("t") || (with_digits && text == "1");
  if (!yes && !(is("false") || is("f") || (with_digits && text == "0")))
    return "is not a boolean (true, false, t, f, 1, 0)";
  value = yes ? 1 : 0;
  return {};
}

std::string_view read_epoch_text(std::string_view text, EpochUnit unit, std::int64_t& microseconds) noexcept {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::int64_t whole = 0;
  const std::string_view wrong = read_integer_text(text.substr(0, point), Decimals::kRefused, whole);
  const bool small_negative = text.starts_with("-0.");  // -0.5 s: the part before the point is no integer
  if (!wrong.empty() && !small_negative) return "is not a count of seconds, milliseconds or microseconds since 1970";
  if (small_negative) whole = 0;
  const std::int64_t scale = microseconds_of(unit);
  if (__builtin_mul_overflow(whole, scale, &microseconds)) return kNotATime;
  std::int64_t fraction = 0;
  std::int64_t digit_value = scale;
  for (const char c : text.substr(std::min(point + 1, text.size()))) {
    if (!is_digit(c)) return "is not a count of seconds, milliseconds or microseconds since 1970";
    digit_value /= 10;
    if (digit_value == 0 && c != '0') return "is finer than a microsecond";
    fraction += (c - '0') * digit_value;
  }
  const bool negative = text.starts_with('-');
  if (__builtin_add_overflow(microseconds, negative ? -fraction : fraction, &microseconds)) return kNotATime;
  return in_range({microseconds}) ? std::string_view{} : kNotATime;
}

std::int64_t microseconds_of(EpochUnit unit) noexcept {
  switch (unit) {
    case EpochUnit::kSeconds:
      return kSecond.microseconds;
    case EpochUnit::kMilliseconds:
      return kSecond.microseconds / 1000;
    default:
      return 1;
  }
}

}  // namespace asof
