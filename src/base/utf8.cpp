// The table of well-formed sequences is that of the Unicode standard (table 3-7).
#include "base/utf8.h"

#include "base/format.h"

namespace asof {
namespace {

constexpr std::size_t kShownBytes = 60;

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool continues(std::string_view text, std::size_t at, unsigned low = 0x80, unsigned high = 0xBF) {
  return at < text.size() && byte_at(text, at) >= low && byte_at(text, at) <= high;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(text, 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;   // no shorter form
    const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return continues(text, 1, low, high) && continues(text, 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;  // nothing beyond U+10FFFF
    return continues(text, 1, low, high) && continues(text, 2) && continues(text, 3) ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string shown(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (result.size() >= kShownBytes) return result + "...";
    const std::size_t length = utf8_length(text);
    const bool printable = length > 1 || (length == 1 && byte_at(text, 0) >= 0x20 && byte_at(text, 0) != 0x7F);
    if (printable) {
      result += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      result += format("\\x{:02X}", byte_at(text, 0));
      text.remove_prefix(1);
    }
  }
  return result;
}

}  // namespace asof
