// Numbers, booleans and epoch times as texts write them. One strict grammar, used where a type is declared and where
// it is inferred: `007` and `+7` are no numbers, because `7` and `007` may be two people.
#pragma once

#include <cstdint>
#include <string_view>

#include "sources/source.h"

namespace asof {

// Each returns why the text is no such value, empty when it is one. None throws or allocates.

/// `0`, `-12`. With kZerosAllowed also a whole number that another program wrote with decimals: `12.0`.
enum class Decimals { kRefused, kZerosAllowed };
std::string_view read_integer_text(std::string_view text, Decimals decimals, std::int64_t& value) noexcept;

/// `-0.5`, `.5`, `5.`, `1e-7`: the nearest double. Infinity and what is too large for a double are refused.
std::string_view read_real_text(std::string_view text, double& value) noexcept;

/// What a number of single precision reads as from its shortest decimal text: 0.1f is 0.1, as in a CSV file of the same
/// data, not 0.10000000149011612.
double as_written(float value) noexcept;

/// `true`, `false`, `t`, `f` in any case; with kAllowed also `1` and `0`.
enum class BooleanDigits { kRefused, kAllowed };
std::string_view read_boolean_text(std::string_view text, BooleanDigits digits, std::int64_t& value) noexcept;

/// A count of `unit` since 1970, with decimals down to the microsecond: microseconds since 1970.
std::string_view read_epoch_text(std::string_view text, EpochUnit unit, std::int64_t& microseconds) noexcept;

/// Whether the text has the form of an integer, be it too large for one.
bool looks_like_integer(std::string_view text) noexcept;

/// Times lie in the years 1 to 9999: kFirstTime <= time <= kLastTime. What lies outside is a wrong unit.
inline constexpr Timestamp kFirstTime{-62'135'596'800'000'000};
inline constexpr Timestamp kLastTime{253'402'300'799'999'999};
inline constexpr std::string_view kNotATime = "lies outside of the years 1 to 9999; is its unit right?";

constexpr bool in_range(Timestamp time) { return kFirstTime <= time && time <= kLastTime; }

/// Microseconds in one `unit`. Not for kNone.
std::int64_t microseconds_of(EpochUnit unit) noexcept;

}  // namespace asof
