// One rule per kind of value, and a walk over the document with the list of keys in hand.
#include "project/conformance.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <vector>

#include "asof/error.h"
#include "asof/time.h"
#include "base/format.h"

namespace asof {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool fits_text(const Value& value) { return !value.text.empty(); }

bool fits_name(const Value& value) {
  const std::string& text = value.text;
  return !text.empty() && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool fits_file_name(const Value& value) {
  const std::string& text = value.text;
  return !text.empty() && (is_letter(text.front()) || is_digit(text.front())) && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

/// Whether `read` accepts the text; it refuses by throwing.
template <class Read>
bool reads(Read read) {
  try {
    read();
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool fits_time_zone(const Value& value) {
  return reads([&value] { static_cast<void>(TimeZone::named(value.text)); });
}

bool fits_duration(const Value& value) {
  return reads([&value] { static_cast<void>(parse_duration(value.text)); });
}

/// Whether it is a moment in some zone; whether one is needed is only known when the file's zone is.
bool fits_moment(const Value& value) {
  return reads([&value] { static_cast<void>(parse_timestamp(value.text, TimeZone::named("UTC"))); });
}

bool fits_boolean(const Value& value) { return !value.quoted && (value.text == "true" || value.text == "false"); }

template <class T>
bool fits_number(const Value& value, T* number) {
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, *number);
  return !value.quoted && error == std::errc{} && stop == end;
}

bool fits_integer(const Value& value) {
  std::int64_t number = 0;
  return fits_number(value, &number);
}

bool fits_share(const Value& value) {
  double number = 0.0;
  return fits_number(value, &number) && number > 0.0 && number < 1.0;
}

bool fits_part(const Value& value) {
  double number = 0.0;
  return fits_number(value, &number) && number > 0.0 && number <= 1.0;
}

constexpr std::string_view kTextSchema = R"("type":"string","minLength":1)";

constexpr ValueKindRule kRules[] = {
    {ValueKind::kText, "text", "a text", fits_text, kTextSchema},
    {ValueKind::kName, "name", "a name of letters, digits and `_` that does not begin with a digit", fits_name,
     R"("type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$")"},
    {ValueKind::kFileName, "name", "a name of letters, digits, `.`, `_` and `-` that begins with a letter or a digit",
     fits_file_name, R"("type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$")"},
    {ValueKind::kTimeZone, "time zone", "a zone of the tz database such as `Africa/Nairobi` or `UTC`", fits_time_zone,
     kTextSchema},
    {ValueKind::kSource, "source", "a path, a glob or `postgres:URL#table`", fits_text, kTextSchema},
    {ValueKind::kColumn, "column", "the name of a column", fits_text, kTextSchema},
    {ValueKind::kExpression, "expression", "an expression of the definition language", fits_text,
     R"("type":["string","number","boolean"])"},
    {ValueKind::kBoolean, "true or false", "`true` or `false`", fits_boolean, R"("type":"boolean")"},
    {ValueKind::kInteger, "integer", "an integer", fits_integer, R"("type":"integer")"},
    {ValueKind::kShare, "number", "a number greater than 0 and less than 1", fits_share,
     R"("type":"number","exclusiveMinimum":0,"exclusiveMaximum":1)"},
    {ValueKind::kPart, "number", "a number greater than 0 and not above 1", fits_part,
     R"("type":"number","exclusiveMinimum":0,"maximum":1)"},
    {ValueKind::kDuration, "length of time", "a length of time such as `90d`, `24h` or `30m`", fits_duration,
     R"("type":"string","pattern":"^[0-9]+(us|ms|s|m|h|d|w)$")"},
    {ValueKind::kMoment, "moment", "a date or a time such as `2025-06-30` or `2025-06-30T12:00:00Z`", fits_moment,
     R"("type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}")"},
    {ValueKind::kValue, "value", "a value of the column", fits_text, R"("type":["string","number","boolean"])"},
    {ValueKind::kChoice, "choice", "one of the known words", fits_text, R"("type":"string")"},
    {ValueKind::kGroup, "keys", "a mapping of keys", [](const Value&) { return false; }, R"("type":"object")"},
};

class Walk {
 public:
  explicit Walk(const Document& document) : document_(document) {}

  void group(const Value& value, const KeyGroup& keys, const std::string& path) const {
    if (value.is_scalar() && !keys.short_form.empty()) {
      one(value, *keys.find(keys.short_form), path);
      return;
    }
    if (value.shape != Value::Shape::kMapping) refuse(value, path, "a mapping of keys");
    std::vector<std::string> known;
    for (const Key& key : keys.keys) known.emplace_back(key.name);
    for (std::size_t i = 0; i < value.names.size(); ++i) {
      const Key* key = keys.find(value.names[i].text);
      if (key == nullptr) unknown(value.names[i], known, path);
      this->key(value.items[i], *key, path.empty() ? std::string(key->name) : path + "." + std::string(key->name));
    }
    for (const Key& key : keys.keys) {
      if (!key.required || value.find(key.name) != nullptr) continue;
      document_.fail(value.place, format("`{}` is missing{}; expected {}", key.name, of(path), expected(key)));
    }
  }

 private:
  void key(const Value& value, const Key& key, const std::string& path) const {
    switch (key.holds) {
      case Holds::kOne:
        one(value, key, path);
        return;
      case Holds::kList:
        list(value, key, path);
        return;
      case Holds::kNamed:
      case Holds::kNamedLists:
      case Holds::kFamilies:
        named(value, key, path);
        return;
    }
  }

  void named(const Value& value, const Key& key, const std::string& path) const {
    if (value.shape != Value::Shape::kMapping || value.items.empty()) refuse(value, path, "a mapping from names");
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const Value& name = value.names[i];
      const ValueKindRule& rule = rule_of(key.names);
      if (!rule.fits(name)) refuse(name, path, rule.expected);
      const std::string item_path = path + "." + name.text;
      if (key.holds == Holds::kNamedLists) {
        list(value.items[i], key, item_path);
      } else if (key.holds == Holds::kFamilies && value.items[i].shape == Value::Shape::kMapping) {
        Key family = key;
        family.holds = Holds::kNamed;
        named(value.items[i], family, item_path);
      } else {
        one(value.items[i], key, item_path);
      }
    }
  }

  /// A single value stands for a list of one.
  void list(const Value& value, const Key& key, const std::string& path) const {
    if (value.shape != Value::Shape::kList) {
      one(value, key, path);
      return;
    }
    for (const Value& item : value.items) one(item, key, path);
  }

  void one(const Value& value, const Key& key, const std::string& path) const {
    if (key.kind == ValueKind::kGroup) {
      group(value, *key.group, path);
      return;
    }
    if (!value.is_scalar()) refuse(value, path, expected(key));
    if (key.kind != ValueKind::kSource && value.text.find("${") != std::string::npos) {
      document_.fail(value.place,
                     format("`{}` cannot be read from the environment; `${{VAR}}` is filled in only in `from`", path));
    }
    if (key.kind == ValueKind::kTimeZone) zone(value, path);
    if (!rule_of(key.kind).fits(value)) refuse(value, path, expected(key));
    if (key.kind == ValueKind::kChoice) choice(value, key, path);
    if (key.kind == ValueKind::kInteger) range(value, key, path);
  }

  /// The message of an unknown zone knows its neighbours.
  void zone(const Value& value, const std::string& path) const {
    try {
      static_cast<void>(TimeZone::named(value.text));
    } catch (const Error& error) {
      document_.fail(value.place, format("`{}`: {}", path, error.what()));
    }
  }

  void range(const Value& value, const Key& key, const std::string& path) const {
    std::int64_t number = 0;
    static_cast<void>(fits_number(value, &number));
    if (number < key.least || number > key.most) refuse(value, path, expected(key));
  }

  void choice(const Value& value, const Key& key, const std::string& path) const {
    if (std::ranges::find(key.choices, value.text) != key.choices.end()) return;
    const std::vector<std::string> known(key.choices.begin(), key.choices.end());
    document_.fail(value.place, format("`{}` is {}; expected {}{}", path, describe(value), expected(key),
                                       did_you_mean(value.text, known)));
  }

  static std::string expected(const Key& key) {
    if (key.kind == ValueKind::kChoice) {
      std::string words;
      for (const std::string_view word : key.choices) {
        words += format("{}`{}`", words.empty() ? "" : word == key.choices.back() ? " or " : ", ", word);
      }
      return words;
    }
    if (key.kind == ValueKind::kInteger) return format("an integer from {} to {}", key.least, key.most);
    return std::string(rule_of(key.kind).expected);
  }

  static std::string of(const std::string& path) { return path.empty() ? "" : format(" in `{}`", path); }

  [[noreturn]] void refuse(const Value& value, const std::string& path, std::string_view expected) const {
    const std::string what = path.empty() ? "the file" : format("`{}`", path);
    document_.fail(value.place, format("{} is {}; expected {}", what, describe(value), expected));
  }

  [[noreturn]] void unknown(const Value& name, const std::vector<std::string>& known, const std::string& path) const {
    document_.fail(name.place, format("unknown key `{}`{}{}", name.text, of(path), did_you_mean(name.text, known)));
  }

  const Document& document_;
};

}  // namespace

const ValueKindRule& rule_of(ValueKind kind) {
  for (const ValueKindRule& rule : kRules) {
    if (rule.kind == kind) return rule;
  }
  throw Error(Error::kInternal, "a kind of value has no rule");
}

void require_conformance(const Document& document, const KeyGroup& keys) {
  Walk(document).group(document.root(), keys, "");
}

}  // namespace asof
