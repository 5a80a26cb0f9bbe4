// Every key of the project file, described once. The parser's checks, the JSON Schema for editors and the table in
// docs/project-file.md are all made from this list, so they cannot disagree.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace asof {

/// What may stand behind a key.
enum class ValueKind {
  kText,
  kName,        ///< letters, digits, `_`, not beginning with a digit: what the definition language can speak of
  kFileName,    ///< letters, digits, `.`, `_`, `-`, beginning with a letter or digit: safe as the name of a folder
  kTimeZone,    ///< a name of the tz database
  kSource,      ///< a path, glob or URL; the one kind in which `${VAR}` is filled in
  kColumn,      ///< the name of a column in the source
  kExpression,  ///< of the definition language
  kBoolean,
  kInteger,
  kShare,     ///< a number between 0 and 1, both excluded
  kPart,      ///< a number above 0, and 1 at most
  kDuration,  ///< `90d`
  kMoment,    ///< a date or a date and time
  kValue,     ///< a value of a column as the source shows it
  kChoice,    ///< one of `Key::choices`
  kGroup,     ///< keys of its own: `Key::group`
};

/// How many of them.
enum class Holds {
  kOne,
  kList,        ///< a list, or a single one
  kNamed,       ///< a mapping from names that the user chooses
  kNamedLists,  ///< a mapping from such names to lists
  kFamilies,    ///< a mapping from such names to values, or to one more such mapping
};

struct KeyGroup;

struct Key {
  std::string_view name;
  ValueKind kind = ValueKind::kText;
  Holds holds = Holds::kOne;
  bool required = false;
  std::string_view standard = {};  ///< what holds when the key is absent, as it would be written; empty: nothing
  std::string_view doc;            ///< one or two sentences
  std::span<const std::string_view> choices = {};
  const KeyGroup* group = nullptr;
  std::int64_t least = 0;  ///< of kInteger: `least <= value <= most`
  std::int64_t most = 1'000'000;
  ValueKind names = ValueKind::kText;  ///< of kNamed and kNamedLists: what the names are
};

struct KeyGroup {
  std::string_view path;   ///< as messages and docs call it: "tables.<table>"; empty for the file itself
  std::string_view title;  ///< for the schema: "table"
  std::string_view doc;
  std::span<const Key> keys;
  /// A key whose value may stand alone in place of the whole group (`name: integer` for `name: {type: integer}`); or
  /// empty.
  std::string_view short_form = {};

  const Key* find(std::string_view name) const;
};

/// The keys at the top of the file, and through them all others.
const KeyGroup& project_keys();

}  // namespace asof
