// It hides too much rather than too little: a password may stand in an address in several forms, and hold any
// character.
#include "sources/masked.h"

#include <algorithm>
#include <cctype>

#include "base/format.h"

namespace asof {
namespace {

/// Where a `password = ` begins, in any case; npos without one.
std::size_t find_password(std::string_view text) {
  constexpr std::string_view kWord = "password";
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  for (std::size_t at = 0; at + kWord.size() < text.size(); ++at) {
    if (!std::ranges::equal(text.substr(at, kWord.size()), kWord, {}, lower)) continue;
    const std::size_t next = text.find_first_not_of(' ', at + kWord.size());
    if (next != std::string_view::npos && text[next] == '=') return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::string masked(std::string_view from) {
  const std::size_t hash = from.find('#');
  const std::string_view table = hash == std::string_view::npos ? std::string_view{} : from.substr(hash);
  if (from.starts_with("postgres:") || from.starts_with("postgresql:")) return format("postgres:...{}", table);
  if (const std::size_t password = find_password(from); password != std::string_view::npos) {
    return format("{}...{}", from.substr(0, std::min(from.find(':'), password)), table);
  }
  constexpr std::string_view kSlashes = "://";
  const std::size_t slashes = from.find(kSlashes);
  const std::size_t at = from.rfind('@');
  if (slashes == std::string_view::npos || at == std::string_view::npos || at < slashes) return std::string(from);
  return format("{}...{}", from.substr(0, slashes + kSlashes.size()), from.substr(at));
}

}  // namespace asof
