#include "features/vocabulary.h"

#include <algorithm>
#include <set>

#include "base/format.h"
#include "embedded/features_packs.h"

namespace asof {
namespace {

/// `loan_amount` as two words.
std::string spaced(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

/// Of a plural that ends in s; a noun that has no plural of that kind comes back as it is.
std::string singular_of(std::string_view nouns) {
  if (nouns.ends_with("ies")) return format("{}y", nouns.substr(0, nouns.size() - 3));
  for (const std::string_view ending : {"xes", "sses", "ches", "shes"}) {
    if (nouns.ends_with(ending)) return std::string(nouns.substr(0, nouns.size() - 2));
  }
  return std::string(nouns.ends_with('s') ? nouns.substr(0, nouns.size() - 1) : nouns);
}

/// Names of tables are plurals (`calls`), unless they are too short to tell (`gps`).
bool is_plural(std::string_view name) { return name.size() > 3 && name.ends_with('s') && !name.ends_with("ss"); }

}  // namespace

std::string plural_of(std::string_view noun) {
  const auto ends = [&](std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return noun.ends_with(ending); });
  };
  if (noun.ends_with('y') && !ends({"ay", "ey", "oy", "uy"})) return format("{}ies", noun.substr(0, noun.size() - 1));
  return format("{}{}", noun, ends({"s", "x", "ch", "sh"}) ? "es" : "s");
}

Vocabulary::Vocabulary(std::span<const Definition> definitions) {
  std::set<std::string_view> folders;
  for (const Definition& definition : definitions)
    folders.insert(std::string_view(definition.origin).substr(0, definition.origin.find('/')));
  for (const embedded::File& file : embedded::features_packs()) {
    const std::string_view path = file.path;
    if (!path.ends_with("/words") || !folders.contains(path.substr(0, path.find('/')))) continue;
    for (std::string_view rest = file.content; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = line.find(" = ");
      if (line.starts_with('#') || equals == std::string_view::npos) continue;
      const std::string_view said = line.substr(equals + 3);
      const std::size_t comma = std::min(said.find(", "), said.size());
      words_.try_emplace(std::string(line.substr(0, equals)), said.substr(0, comma),
                         comma == said.size() ? "" : said.substr(comma + 2));
    }
  }
}

RowWords Vocabulary::of(const TableSpec& table) const {
  if (table.role == TableRole::kApplications) return {"earlier application", "earlier applications"};
  const auto known = words_.find(table.name);
  if (known != words_.end()) return {known->second.first, known->second.second};
  const std::string name = spaced(table.name);
  if (is_plural(name)) return {singular_of(name), name};
  return {format("{} row", name), format("{} rows", name)};
}

std::optional<RowWords> Vocabulary::of(const TableSpec& table, std::string_view condition) const {
  const auto known = words_.find(format("{} for which {}", table.name, condition));
  if (known == words_.end()) return std::nullopt;
  return RowWords{known->second.first, known->second.second};
}

ColumnWords Vocabulary::of(std::string_view table, std::string_view column) const {
  const auto known = words_.find(format("{}.{}", table, column));
  if (known != words_.end()) return {known->second.first, known->second.second, true};
  return {spaced(column), "", false};
}

}  // namespace asof
