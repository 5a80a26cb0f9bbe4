#include "sources/postgres_address.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/format.h"

namespace asof {
namespace {

constexpr std::string_view kPrefix = "postgres:";
constexpr std::string_view kUrlPrefix = "postgresql://";

/// Whether `text` begins with the word, and not with a longer name such as `with_drawals` or `with.x`.
bool begins_with_word(std::string_view text, std::string_view word) {
  if (text.size() <= word.size()) return false;
  const auto next = static_cast<unsigned char>(text[word.size()]);
  if (std::isalnum(next) != 0 || next == '_' || next == '.' || next == '$' || next >= 0x80) return false;
  return std::ranges::equal(text.substr(0, word.size()), word, {},
                            [](char c) { return std::tolower(static_cast<unsigned char>(c)); });
}

/// A query as it begins without the spaces, remarks and parentheses before its first word.
std::string_view from_first_word(std::string_view text) {
  for (std::size_t size = text.size() + 1; text.size() < size;) {
    size = text.size();
    while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.front())) != 0 || text.front() == '('))
      text.remove_prefix(1);
    if (text.starts_with("--")) text.remove_prefix(std::min(text.find('\n'), text.size()));
    if (text.starts_with("/*")) text.remove_prefix(std::min(text.find("*/"), text.size() - 2) + 2);
  }
  return text;
}

/// The parts of `schema.table`; double quotes keep a dot in a part, and two of them in a part are one.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '"' && quoted && name.substr(i + 1).starts_with('"')) {
      parts.back() += name[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace

PostgresAddress read_postgres_address(std::string_view from) {
  const std::size_t hash = from.find('#');
  if (hash == std::string_view::npos || hash + 1 == from.size()) {
    throw Error(Error::kInvalidInput,
                "it comes from PostgreSQL, but which table is not said; expected "
                "postgres:URL#table, #schema.table or #select ...");
  }
  std::string_view url = from.substr(0, hash);
  const bool whole_url = url.starts_with(kUrlPrefix) || url.substr(kPrefix.size()).starts_with("//");
  if (!whole_url) url.remove_prefix(kPrefix.size());
  std::string relation(from.substr(hash + 1));
  while (!relation.empty() &&
         (relation.back() == ';' || std::isspace(static_cast<unsigned char>(relation.back())) != 0)) {
    relation.pop_back();
  }
  const std::string_view first = from_first_word(relation);
  const bool is_query = begins_with_word(first, "select") || begins_with_word(first, "with");
  return {std::string(url), std::move(relation), is_query};
}

std::string PostgresAddress::relation_sql() const {
  if (is_query) return "(" + relation + "\n)";
  std::vector<std::string> parts = parts_of(relation);
  for (std::string& part : parts) part = quoted_identifier(part);
  return join(parts, ".");
}

std::string quoted_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char letter : name) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted += '"';
}

}  // namespace asof
