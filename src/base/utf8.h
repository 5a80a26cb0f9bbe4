// Texts that come from outside: whether they are UTF-8, and how a message may show them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace asof {

/// The length of the UTF-8 character that `text` begins with; 0 when it begins with none.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

/// A value as a message shows it: on one line, at most about 60 bytes, always UTF-8. Bytes that are not
/// printable become `\xNN`.
std::string shown(std::string_view text);

}  // namespace asof
