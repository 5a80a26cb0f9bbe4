// Text from values: the standard's std::format in spirit, from the library that it came from (GCC 12 has none).
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asof/error.h"

namespace asof {

using fmt::format;

/// `a, b and c`-less list: texts divided by `separator`.
std::string join(std::span<const std::string> texts, std::string_view separator = ", ");

/// "; did you mean `gps_count`?" with up to three nearest names by edit distance, or "; known: a, b, c" when
/// none is near; empty when `known` is empty. Appended to messages about unknown names.
std::string did_you_mean(std::string_view unknown, std::span<const std::string> known);

/// The shortest decimal text that reads back as the same double, without an exponent where that is short:
/// `0.35`, `1e-07`, `nan`, `inf`.
std::string round_trippable(double value);

}  // namespace asof
