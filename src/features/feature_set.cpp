#include "features/feature_set.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "embedded/features_packs.h"
#include "features/expression.h"

namespace asof {
namespace {

constexpr std::size_t kDefinitionsMax = 100'000;
constexpr std::size_t kTopMax = 1000;  // of one family

constexpr std::string_view kPackSuffix = ".features";

/// Empty: the file is no pack, but words of one.
std::string_view pack_name(const embedded::File& file) {
  const std::string_view path = file.path;
  return path.ends_with(kPackSuffix) ? path.substr(0, path.size() - kPackSuffix.size()) : std::string_view();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

/// Reads a pack: `name = expression` lines under `[family]` headings; `#` begins a comment.
std::vector<Definition> read_pack(std::string_view pack, std::string_view text) {
  std::vector<Definition> definitions;
  std::string family;
  for (int line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      family = trim(line.substr(1, line.find(']') - 1));
      continue;
    }
    // A family's loop may hold no `=`, so the first one divides name and expression.
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      throw Error(Error::kInternal, format("{} line {}: `name = expression` was expected", pack, line_number));
    }
    definitions.push_back({std::string(trim(line.substr(0, equals))), std::string(trim(line.substr(equals + 1))),
                           family, std::string(pack), line_number});
  }
  return definitions;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// What the lists of loops stand for.
struct Lists {
  const ColumnsOfTable& columns_of;
  const TopValues& top_of;
};

/// What a loop writes for `{NAME}`.
struct LoopValue {
  std::string in_name;
  std::string in_expression;
};

[[noreturn]] void fail_in_name(const Definition& definition, std::string_view message) {
  fail_at({definition.name, definition.name, {}, definition.origin, definition.line}, 0, definition.name.size(),
          message);
}

bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The values of `in top(20, events.action)`; `list` is what stands after `top(`.
std::vector<LoopValue> top_values(const Definition& definition, std::string_view list, const TopValues& top_of) {
  const std::size_t comma = list.find(','), dot = list.find('.');
  std::size_t count = 0;
  if (list.ends_with(')') && dot != std::string_view::npos && comma < dot) {
    const std::string_view number = trim(list.substr(0, comma));
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error != std::errc{} || end != number.data() + number.size()) count = 0;
  }
  if (count < 1 || count > kTopMax)
    fail_in_name(definition, format("`top(20, table.column)` with a number from 1 to {} was expected here", kTopMax));
  if (!top_of) fail_in_name(definition, "`top` is read from the data of a project, and there is none here");
  const std::string_view table = trim(list.substr(comma + 1, dot - comma - 1));
  const std::string_view column = trim(list.substr(dot + 1, list.size() - dot - 2));
  std::vector<LoopValue> values;
  std::set<std::string> taken;
  for (std::string& value : top_of(count, table, column)) {
    std::string bare = value;
    std::ranges::replace_if(
        bare, [](char c) { return !continues_name(c); }, '_');
    std::string name = bare;
    for (int i = 2; !taken.insert(name).second; ++i) name = format("{}_{}", bare, i);
    replace_all(value, "'", "''");
    values.push_back({std::move(name), std::move(value)});
  }
  return values;
}

/// The values of `in [a, b]`, `in table.*` or `in top(20, table.column)`.
std::vector<LoopValue> loop_values(const Definition& definition, std::string_view list, const Lists& lists) {
  std::vector<LoopValue> values;
  if (list.starts_with("top(")) return top_values(definition, list.substr(4), lists.top_of);
  if (list.ends_with(".*")) {
    for (const std::string& column : lists.columns_of(list.substr(0, list.size() - 2)))
      values.push_back({column, column});
    return values;
  }
  if (!list.starts_with('[') || !list.ends_with(']'))
    fail_in_name(definition, "a list was expected after `in`: `[24h, 7d]`, `table.*` or `top(20, table.column)`");
  list = list.substr(1, list.size() - 2);
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string value(trim(list.substr(0, comma)));
    values.push_back({value, value});
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return values;
}

void expand(const Definition& definition, const Lists& lists, std::vector<Definition>& out) {
  const std::string_view name = definition.name;
  if (!name.starts_with("for ")) {
    out.push_back(definition);
    if (out.size() > kDefinitionsMax) {
      throw Error(Error::kInvalidInput, format("{}: more than {} features", definition.origin, kDefinitionsMax));
    }
    return;
  }
  const std::size_t in = name.find(" in ");
  const std::size_t colon = name.find(':');
  if (in == std::string_view::npos || colon == std::string_view::npos || colon < in) {
    fail_in_name(definition, "a family is written `for NAME in [..]: {NAME}_rest`");
  }
  const std::string variable = format("{{{}}}", trim(name.substr(4, in - 4)));
  for (const LoopValue& value : loop_values(definition, trim(name.substr(in + 4, colon - in - 4)), lists)) {
    Definition one = definition;
    one.name = trim(name.substr(colon + 1));
    replace_all(one.name, variable, value.in_name);
    replace_all(one.expression, variable, value.in_expression);
    expand(one, lists, out);
  }
}

/// What stands for something else in every expression.
constexpr std::string_view kTakenNames[] = {"true", "false", "missing", "not", "application_at"};

/// What a feature can be called, so that an expression can name it.
void check_name(const Definition& definition) {
  const std::string& name = definition.name;
  if (std::ranges::find(kTakenNames, name) != std::end(kTakenNames)) {
    fail_in_name(definition,
                 format("`{}` means something else in expressions, so no other feature could name this one; "
                        "another name was expected",
                        name));
  }
  if (!name.empty() && std::ranges::all_of(name, continues_name) &&
      std::isdigit(static_cast<unsigned char>(name.front())) == 0)
    return;
  throw Error(
      Error::kInvalidInput,
      format("{} line {}: `{}` is no name for a feature: letters, digits and _ were expected, not a digit first",
             definition.origin, definition.line, name));
}

}  // namespace

std::string_view to_string(Boundary boundary) { return boundary == Boundary::kBefore ? "before" : "at"; }

Boundary boundary_from(std::string_view text) {
  if (text == "before") return Boundary::kBefore;
  if (text == "at") return Boundary::kAt;
  throw Error(Error::kInvalidInput,
              format("boundary: `before` (rows with time < T) or `at` (time <= T) was expected, not `{}`", text));
}

std::vector<std::string> pack_names() {
  std::vector<std::string> names;
  for (const embedded::File& file : embedded::features_packs()) {
    if (!pack_name(file).empty()) names.emplace_back(pack_name(file));
  }
  return names;
}

std::vector<Definition> pack_definitions(std::string_view pack) {
  for (const embedded::File& file : embedded::features_packs()) {
    if (!pack.empty() && pack_name(file) == pack) return read_pack(pack, file.content);
  }
  throw Error(Error::kInvalidInput, format("there is no feature pack `{}`{}", pack, did_you_mean(pack, pack_names())));
}

std::vector<Definition> expand_families(std::span<const Definition> definitions, const ColumnsOfTable& columns_of,
                                        const TopValues& top_of) {
  std::vector<Definition> expanded;
  for (const Definition& definition : definitions) expand(definition, {columns_of, top_of}, expanded);
  std::map<std::string_view, const Definition*> seen;
  for (const Definition& definition : expanded) {
    check_name(definition);
    const auto [place, inserted] = seen.try_emplace(definition.name, &definition);
    if (inserted) continue;
    throw Error(
        Error::kInvalidInput,
        format("{} line {}: the feature `{}` is already defined in {} line {}; give one of them another name",
               definition.origin, definition.line, definition.name, place->second->origin, place->second->line));
  }
  return expanded;
}

}  // namespace asof
