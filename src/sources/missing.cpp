#include "sources/missing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "asof/error.h"
#include "sources/number_text.h"

namespace asof {
namespace {

constexpr std::array<std::string_view, 9> kMissingWords = {"NULL", "null", "NA",  "N/A", "NaN",
                                                           "nan",  "None", "\\N", "n/a"};

/// Infinity is no value, but it may be declared to mean missing.
bool is_infinity(std::string_view text, double& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && std::isinf(value);
}

template <class Values, class Value>
bool contains(const Values& values, const Value& value) {
  return std::ranges::find(values, value) != values.end();
}

}  // namespace

bool is_missing_word(std::string_view text) { return contains(kMissingWords, text); }

Sentinels::Sentinels(std::span<const std::string> declared, const TimeZone& zone)
    : texts_(declared.begin(), declared.end()) {
  for (const std::string& text : texts_) {
    std::int64_t integer = 0;
    if (read_integer_text(text, Decimals::kZerosAllowed, integer).empty()) integers_.push_back(integer);
    if (read_boolean_text(text, BooleanDigits::kAllowed, integer).empty()) booleans_.push_back(integer);
    double number = 0.0;
    if (read_real_text(text, number).empty() || is_infinity(text, number)) numbers_.push_back(number);
    try {
      times_.push_back(parse_timestamp(text, zone));
    } catch (const Error&) {
      // Not a time: it is compared as a text, and as a number if it is one.
    }
  }
}

bool Sentinels::has_text(std::string_view text) const { return contains(texts_, text); }
bool Sentinels::has_number(double value) const { return contains(numbers_, value); }
bool Sentinels::has_integer(std::int64_t value) const { return contains(integers_, value); }
bool Sentinels::has_boolean(std::int64_t value) const { return contains(booleans_, value); }
bool Sentinels::has_time(Timestamp time) const { return contains(times_, time); }

}  // namespace asof
