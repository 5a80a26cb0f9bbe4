#include "project/source_text.h"

#include <algorithm>
#include <cctype>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

constexpr std::string_view kOpening = "${";

bool is_variable_name(std::string_view name) {
  const auto allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::ranges::all_of(name, allowed);
}

/// Whether nothing but variables stands here: `${USER_PART}${REST}`.
bool only_variables(std::string_view text) {
  while (text.starts_with(kOpening)) {
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  return text.empty();
}

}  // namespace

std::string fill_in_variables(std::string_view text, const Environment& environment,
                              std::map<std::string, std::string>& filled) {
  std::string result;
  for (std::size_t at = text.find(kOpening); at != std::string_view::npos; at = text.find(kOpening)) {
    const std::size_t end = text.find('}', at);
    const std::string name(
        text.substr(at + kOpening.size(), end == std::string_view::npos ? end : end - at - kOpening.size()));
    if (end == std::string_view::npos || !is_variable_name(name)) {
      throw Error(Error::kInvalidInput, "`${` begins a variable of the environment; expected `${NAME}`");
    }
    const std::optional<std::string> value = environment(name);
    if (!value || value->empty()) {
      throw Error(
          Error::kInvalidInput,
          format("the environment variable `{0}` is {1}; set it before running, for example with `export {0}=...`",
                 name, value ? "empty" : "not set"));
    }
    result += text.substr(0, at);
    result += *value;
    filled[name] = *value;
    text.remove_prefix(end + 1);
  }
  return result += text;
}

std::string_view password_in(std::string_view text) {
  constexpr std::string_view kSlashes = "://";
  if (const std::size_t slashes = text.find(kSlashes); slashes != std::string_view::npos) {
    const std::string_view rest = text.substr(slashes + kSlashes.size());
    const std::string_view authority = rest.substr(0, rest.find('/'));
    const std::size_t colon = authority.find(':');
    const std::size_t at = authority.rfind('@');
    if (at != std::string_view::npos && colon < at) return authority.substr(colon + 1, at - colon - 1);
  }
  constexpr std::string_view kKey = "password=";
  const std::size_t key = text.find(kKey);
  if (key == std::string_view::npos) return {};
  const std::string_view rest = text.substr(key + kKey.size());
  return rest.substr(0, rest.find_first_of("&# "));
}

bool holds_password(std::string_view text) {
  const std::string_view password = password_in(text);
  return !password.empty() && !only_variables(password);
}

bool has_scheme(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '+')) ++end;
  return end > 1 && end < text.size() && text[end] == ':';  // one letter is a drive, not a scheme
}

std::string resolve_source(std::string_view text, const std::filesystem::path& folder) {
  if (has_scheme(text)) return std::string(text);
  const std::filesystem::path path(text);
  return (path.is_absolute() ? path : folder / path).lexically_normal().string();
}

}  // namespace asof
