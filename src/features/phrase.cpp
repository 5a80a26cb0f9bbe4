// Phrases are nouns without articles, so that they nest without parentheses: "ratio of A to B", "excess of A over B".
// What a table and its columns are called comes from the vocabulary; how aggregations and functions are called, from
// themselves.
#include "features/phrase.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "base/format.h"
#include "features/aggregation.h"
#include "features/expression.h"
#include "features/function.h"
#include "features/operator_words.h"
#include "features/step.h"
#include "features/vocabulary.h"

namespace asof {
namespace {

/// A feature that takes more to say is called by its name where another is made of it.
constexpr std::size_t kNestedMax = 250;

/// By Wording::rows_needed.
constexpr std::array<std::string_view, 4> kFewerThan = {"", "no", "fewer than two", "fewer than three"};

struct Place {
  std::string_view name;
  std::string_view by;
};

std::string filled(std::string_view phrase, std::initializer_list<Place> places) {
  std::string text(phrase);
  for (const Place& place : places) {
    const std::string brace = format("{{{}}}", place.name);
    for (std::size_t at = text.find(brace); at != std::string::npos; at = text.find(brace, at + place.by.size()))
      text.replace(at, brace.size(), place.by);
  }
  return text;
}

/// All digits, no exponent.
std::string exact(double number) {
  std::array<char, 400> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed).ptr;
  return {digits.data(), end};
}

std::string counted(std::int64_t count, std::string_view unit) {
  return format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

struct LengthUnit {
  Duration length;
  std::string_view name;
};

constexpr LengthUnit kLengthUnits[] = {{kDay, "day"}, {kHour, "hour"}, {kMinute, "minute"}, {kSecond, "second"}};

/// A day is said as 24 hours: that is what it is, whatever the date.
std::string in_words(Duration length) {
  if (length == kDay) return "24 hours";
  for (const LengthUnit& unit : kLengthUnits) {
    if (length.microseconds % unit.length.microseconds == 0)
      return counted(length.microseconds / unit.length.microseconds, unit.name);
  }
  return format("{} seconds",
                exact(static_cast<double>(length.microseconds) / static_cast<double>(kSecond.microseconds)));
}

/// "a, b or c"
std::string listed(const std::vector<std::string>& items, std::string_view last) {
  if (items.size() == 1) return items.front();
  const std::vector<std::string> but_last(items.begin(), items.end() - 1);
  const bool clear = std::ranges::none_of(items, [](const std::string& item) { return item.find(',') != item.npos; });
  return format("{}{} {} {}", join(but_last, clear ? ", " : "; "), clear ? "" : ";", last, items.back());
}

/// Rows of a window as parts of a noun.
struct RowPhrase {
  RowWords noun;
  std::string known;      ///< " with a known speed"
  std::string when;       ///< " in the last 7 days"
  std::string condition;  ///< " for which network type is WIFI"
  std::optional<std::size_t> latest;
  bool narrow = false;  ///< the noun tells a part of the condition

  /// In the plural, such that "few", "many" and "no" can stand before it.
  std::string countable(bool with_known) const {
    const std::string among = latest ? format(" among the latest {}", *latest) : "";
    return format("{}{}{}{}{}", noun.many, with_known ? known : "", among, when, condition);
  }
  std::string all() const {
    if (!latest) return countable(false);
    if (*latest == 1) return format("the latest {}{}{}", noun.one, when, condition);
    return format("the latest {} {}{}{}", *latest, noun.many, when, condition);
  }
  std::string one() const {
    const std::string among = latest ? format(" among the latest {}", *latest) : "";
    return format("{}{}{}{}", noun.one, among, when, condition);
  }
};

/// Empty when the window is everything before the application.
std::string when(const WindowSpec& window) {
  const Duration ending = window.ending;
  if (!window.length) {
    return ending.microseconds == 0 ? "" : format(" more than {} before the application", in_words(ending));
  }
  if (ending.microseconds > 0) {
    const std::int64_t begin = ending.microseconds + window.length->microseconds;
    for (const LengthUnit& unit : kLengthUnits) {
      const std::int64_t one = unit.length.microseconds;
      if (ending.microseconds % one != 0 || begin % one != 0 || (ending == unit.length && begin <= 2 * one)) continue;
      return format(" from {} to {} before the application", begin / one,
                    counted(ending.microseconds / one, unit.name));
    }
    return format(" from {} to {} before the application", in_words(Duration{begin}), in_words(ending));
  }
  for (const LengthUnit& unit : kLengthUnits) {
    if (*window.length == unit.length && unit.length != kDay) return format(" in the last {}", unit.name);
  }
  return format(" in the last {}", in_words(*window.length));
}

/// What a length of time divided by a number is in.
struct LongerUnit {
  std::string_view from;
  double by;
  std::string_view unit;
};

constexpr LongerUnit kLongerUnits[] = {
    {"days", 30.4375, "months"}, {"days", 365.25, "years"}, {"days", 7, "weeks"}, {"hours", 24, "days"}};

constexpr std::string_view kPluralUnits[] = {"weeks", "months", "years"};

struct TimeUnit {
  std::string_view name;
  Duration length;
  double below;  ///< from so many on, the next unit reads better
};

constexpr TimeUnit kTimeUnits[] = {{"seconds", kSecond, 120.0},
                                   {"minutes", kMinute, 120.0},
                                   {"hours", kHour, 100.0},
                                   {"days", kDay, std::numeric_limits<double>::infinity()}};

class Phrasing {
 public:
  Phrasing(std::span<const Definition> definitions, const TableSpec& applications, std::span<const TableSpec> tables)
      : definitions_(definitions),
        applications_(applications),
        tables_(tables.begin(), tables.end()),
        vocabulary_(definitions) {
    // Earlier applications are rows like others.
    if (std::ranges::find(tables_, applications.name, &TableSpec::name) == tables_.end())
      tables_.push_back(applications);
  }

  Phrase of(const Definition& definition) {
    if (definition.family == kMaskedFamily) return plain(format("masked attribute {}", definition.name), Degree::kNone);
    const auto known = features_.find(definition.name);
    if (known != features_.end()) return known->second;
    const TableSpec* rows = std::exchange(rows_, nullptr);
    Phrase phrase = said(parse_expression(definition));
    rows_ = rows;
    features_.emplace(definition.name, phrase);
    return phrase;
  }

 private:
  static Phrase plain(const std::string& words, Degree degree = Degree::kLow, std::string unit = "") {
    return {.words = words, .when = "", .brief = words, .absent = "", .unit = std::move(unit), .degree = degree};
  }

  /// What one thing after another is done with, both as a whole and in brief.
  static Phrase made(std::string_view phrase, const std::vector<Phrase>& of, std::string unit) {
    Phrase result = plain(std::string(phrase), Degree::kLow, std::move(unit));
    for (std::size_t i = 0; i < of.size(); ++i) {
      const std::string place = format("{}", i + 1);
      result.words = filled(result.words, {{place, of[i].words}});
      result.brief = filled(result.brief, {{place, of[i].brief}});
    }
    return result;
  }

  Phrase said(const Node& node) {
    switch (node.kind) {
      case NodeKind::kNumber:
        return plain(node.text.empty() ? exact(node.number) : node.text);
      case NodeKind::kText:
        return plain(node.text.empty() ? "an empty text" : node.text);
      case NodeKind::kName:
        return name(node);
      case NodeKind::kColumn:
        return column(node);
      case NodeKind::kUnary:
        if (node.text == "not") return whether(node);
        return made("sign-reversed {1}", {said(node.children[0])}, said(node.children[0]).unit);
      case NodeKind::kBinary:
        return arithmetic(node);
      case NodeKind::kIsMissing:
      case NodeKind::kIn:
        return whether(node);
      case NodeKind::kFunction:
        return function(node);
      default:
        return aggregate(node);
    }
  }

  Phrase whether(const Node& node) {
    return plain(format("whether {}", condition(node)), Degree::kNone, std::string(kYesOrNo));
  }

  // --- what stands in a table

  Phrase name(const Node& node) {
    if (node.text == "application_at" || (rows_ == nullptr && node.text == applications_.time))
      return plain("the application");
    if (rows_ != nullptr) return of_row(*rows_, node.text);
    if (node.text == "missing") return plain("an unknown value");
    const auto feature = std::ranges::find(definitions_, node.text, &Definition::name);
    if (feature == definitions_.end()) return of_application(node.text);
    Phrase phrase = of(*feature);
    if (phrase.words.size() > kNestedMax) return plain(format("feature {}", node.text), phrase.degree, phrase.unit);
    return phrase;
  }

  Phrase of_application(const std::string& column) const {
    Phrase phrase = of_row(applications_, column);
    phrase.words = phrase.brief = format("{} of the application", phrase.words);
    return phrase;
  }

  Phrase of_row(const TableSpec& table, const std::string& column) const {
    if (table.role == TableRole::kApplications && column == kOutcomeName)
      return plain("repaid", Degree::kNone, std::string(kYesOrNo));
    const ColumnWords words = vocabulary_.of(table.name, column);
    const auto declared = table.columns.find(column);
    const bool holds = declared != table.columns.end() && declared->second.type == ColumnType::kBoolean;
    if (holds) return plain(words.words, Degree::kNone, std::string(kYesOrNo));
    return plain(words.words, words.told || rows_ != nullptr ? Degree::kLow : Degree::kNone, words.unit);
  }

  Phrase column(const Node& node) {
    if (rows_ != nullptr) return of_row(*rows_, node.text);
    const auto table = std::ranges::find(tables_, node.table, &TableSpec::name);
    if (table == tables_.end() || table->role == TableRole::kApplications) return of_application(node.text);
    if (table->time.empty()) return of_row(*table, node.text);
    rows_ = &*table;
    Phrase phrase = of_row(*table, node.text);
    rows_ = nullptr;
    phrase.words = phrase.brief = format("latest {} of {}", phrase.words, vocabulary_.of(*table).many);
    return phrase;
  }

  // --- what is done with values

  Phrase arithmetic(const Node& node) {
    if (std::string_view("+-*/").find(node.text) == std::string_view::npos) return whether(node);
    std::vector<Phrase> sides = {said(node.children[0]), said(node.children[1])};
    const bool square = node.text == "*" && sides[0].words == sides[1].words;
    shorten(sides);
    const std::string& left = sides[0].unit;
    const std::string& right = sides[1].unit;
    const bool constant = node.children[1].kind == NodeKind::kNumber;
    if (node.text == "-") return made("excess of {1} over {2}", sides, left == right ? difference(left) : "");
    if (node.text == "+") return made("sum of {1} and {2}", sides, left == right ? left : "");
    if (square) return made("square of {1}", sides, "");
    if (node.text == "*") return made("product of {1} and {2}", sides, "");
    for (const LongerUnit& longer : kLongerUnits) {
      if (!constant || left != longer.from || node.children[1].number != longer.by) continue;
      Phrase phrase = sides[0];
      phrase.unit = longer.unit;
      return phrase;
    }
    const bool per_one = sides[1].degree == Degree::kFew && left != "%" && left != kYesOrNo;
    return made(constant ? "quotient of {1} and {2}" : "ratio of {1} to {2}", sides, per_one ? left : "");
  }

  /// Of two that differ in their windows alone, the second is "those" or "that" of its window.
  static void shorten(std::vector<Phrase>& sides) {
    Phrase& second = sides[1];
    if (sides[0].when == second.when || without_window(sides[0]) != without_window(second)) return;
    const std::string_view those = second.degree == Degree::kFew ? "those" : "that";
    second.words = format("{}{}", those, second.when.empty() ? " of all time" : second.when);
  }

  static std::string without_window(const Phrase& phrase) {
    std::string words = phrase.words;
    if (!phrase.when.empty()) words.erase(words.find(phrase.when), phrase.when.size());
    return words;
  }

  static std::string difference(const std::string& unit) {
    return unit == "%" ? std::string(kPercentagePoints) : unit == kYesOrNo ? "" : unit;
  }

  Phrase function(const Node& node) {
    std::vector<Phrase> arguments;
    std::vector<std::string> all;
    std::vector<std::string> units;
    for (const Node& child : node.children) {
      const bool holds =
          node.function->takes[std::min(arguments.size(), node.function->takes.size() - 1)] == ValueType::kCondition;
      arguments.push_back(holds ? plain(condition(child)) : said(child));
      all.push_back(arguments.back().words);
      if (!holds && child.kind != NodeKind::kNumber) units.push_back(arguments.back().unit);
    }
    const Wording& wording = node.function->said;
    const bool one_unit = !units.empty() && std::ranges::count(units, units.front()) == std::ssize(units);
    const bool own_clock = rows_ != nullptr && node.children[0].text == rows_->time;
    Phrase phrase = made(wording.phrase, arguments, unit_of(wording, one_unit ? units.front() : ""));
    phrase.degree = wording.degree;
    const std::string at = own_clock ? "" : format(" of {}", all.front());
    for (std::string* text : {&phrase.words, &phrase.brief})
      *text = filled(*text, {{"all", listed(all, "and")}, {"at", at}});
    return phrase;
  }

  static std::string unit_of(const Wording& wording, std::string_view unit_of_value) {
    if (unit_of_value.empty() && wording.unit.find('{') != std::string_view::npos) return "";
    return filled(wording.unit, {{"value", unit_of_value}});
  }

  // --- conditions

  std::string condition(const Node& node) {
    if (node.kind == NodeKind::kIsMissing) return format("{} is unknown", said(node.children[0]).words);
    if (node.kind == NodeKind::kIn) return format("{} is {}", said(node.children[0]).words, choice(node));
    if (node.kind == NodeKind::kUnary && node.text == "not") return negation(node.children[0]);
    if (node.kind != NodeKind::kBinary) return format("{} is true", said(node).words);
    const bool joins = node.text == "and" || node.text == "or";
    if (!joins) {
      return format("{} {} {}", said(node.children[0]).words, operator_words(node.text), said(node.children[1]).words);
    }
    return format("{} {} {}", joined(node, node.children[0]), node.text, joined(node, node.children[1]));
  }

  /// "either ... or" within an "and", "both ... and" within an "or": no parentheses are needed.
  std::string joined(const Node& whole, const Node& part) {
    const bool other =
        part.kind == NodeKind::kBinary && (part.text == "and" || part.text == "or") && part.text != whole.text;
    return format("{}{}", !other ? "" : part.text == "or" ? "either " : "both ", condition(part));
  }

  std::string choice(const Node& node) {
    std::vector<std::string> items;
    for (std::size_t i = 1; i < node.children.size(); ++i) items.push_back(said(node.children[i]).words);
    return listed(items, "or");
  }

  std::string negation(const Node& node) {
    if (node.kind == NodeKind::kIsMissing) return format("{} is known", said(node.children[0]).words);
    if (node.kind == NodeKind::kIn) return format("{} is not {}", said(node.children[0]).words, choice(node));
    return format("it is not so that {}", condition(node));
  }

  // --- aggregations

  Phrase aggregate(const Node& node) {
    const TableSpec* table = aggregated_table(node, tables_);
    if (table == nullptr) return plain(std::string(node.aggregation->name), Degree::kNone);
    const TableSpec* outer = std::exchange(rows_, table);
    const Node& of = node.children.front();
    const std::string_view name = node.aggregation->name;
    RowPhrase rows{.noun = vocabulary_.of(*table), .when = when(node.window), .latest = node.window.rows};
    const bool share = node.aggregation->takes == Takes::kCondition;
    const std::string where = share && !node.where.empty() ? condition(node.where.front()) : "";
    if (!share) choose(node, *table, rows);
    const Phrase value = value_of(node, rows);
    const bool of_rows = of.kind == NodeKind::kName && of.text == table->name;
    const bool surely_known = of_rows || tells_time(of) || rows.condition.find(value.words) != std::string::npos;
    if (!surely_known) rows.known = format(" with a known {}", value.words);
    const bool holding = value.unit == kYesOrNo && (name == "sum" || name == "mean");
    Phrase phrase = holding ? holding_rows(name == "sum", condition(of), rows) : filled_in(node, value, rows, where);
    if (!rows.latest) phrase.when = rows.when;
    rows_ = outer;
    return phrase;
  }

  /// Which rows of the window: as a noun of their own where the vocabulary has one for a part of the condition.
  void choose(const Node& node, const TableSpec& table, RowPhrase& rows) {
    std::vector<const Node*> parts;
    for (const Node& where : node.where) split(where, parts);
    for (const Node* part : parts) {
      const std::string words = condition(*part);
      const std::optional<RowWords> noun = rows.narrow ? std::nullopt : vocabulary_.of(table, words);
      if (noun) {
        rows.noun = *noun;
        rows.narrow = true;
        continue;
      }
      const bool either = parts.size() > 1 && part->text == "or";
      rows.condition +=
          format("{}{}{}", rows.condition.empty() ? " for which " : " and ", either ? "either " : "", words);
    }
  }

  /// The parts of which all must be true.
  static void split(const Node& node, std::vector<const Node*>& parts) {
    if (node.kind != NodeKind::kBinary || node.text != "and") return parts.push_back(&node);
    for (const Node& child : node.children) split(child, parts);
  }

  /// What of a row is aggregated. Outgoing amounts are told without the sign that tells them to be outgoing.
  Phrase value_of(const Node& node, const RowPhrase& rows) {
    const Node& of = node.children.front();
    if (node.aggregation->takes == Takes::kPlaces) return plain("place");
    if (of.kind == NodeKind::kName && of.text == rows_->name) return plain("");
    const bool negative = of.kind == NodeKind::kUnary && of.text == "-";
    if (!negative || !rows.narrow) return said(of);
    const Phrase value = said(of.children.front());
    const auto below = vocabulary_.of(*rows_, format("{} is less than 0", value.words));
    return below && below->many == rows.noun.many ? value : said(of);
  }

  /// Whether every row has it: the hour or day of the row itself.
  bool tells_time(const Node& node) const {
    return node.kind == NodeKind::kFunction && node.children.front().text == rows_->time;
  }

  /// A sum of a condition is how many rows it holds for, a mean which share of them.
  static Phrase holding_rows(bool sum, const std::string& holds, const RowPhrase& rows) {
    const std::string_view share = sum ? "" : "share of ";
    const std::string_view joint = rows.condition.empty() ? "for which" : "and";
    return {.words = format("{}{} {} {}", share, sum ? rows.countable(false) : rows.all(), joint, holds),
            .when = "",
            .brief = format("{}such {} for which {}", share, rows.noun.many, holds),
            .absent = sum ? "" : format("no {}", rows.countable(false)),
            .unit = sum ? "" : "%",
            .degree = sum ? Degree::kFew : Degree::kLow};
  }

  static Phrase filled_in(const Node& node, const Phrase& value, const RowPhrase& rows, const std::string& where) {
    const Wording& wording = node.aggregation->said;
    const bool column = node.children.front().kind == NodeKind::kColumn;
    const std::string values = column ? plural_of(value.words) : format("values of {}", value.words);
    const std::string setting = setting_of(node);
    const auto text = [&](const std::string& all, const std::string& one) {
      return filled(wording.phrase, {{"rows", all},
                                     {"row", one},
                                     {"value", value.words},
                                     {"values", values},
                                     {"condition", where},
                                     {"setting", setting}});
    };
    const std::string counted = rows.countable(true);
    const bool of_value = wording.unit == "{value}";
    return {.words = text(wording.phrase.starts_with("{rows}") ? counted : rows.all(), rows.one()),
            .when = "",
            .brief = text("such " + rows.noun.many, "such " + rows.noun.one),
            .absent = wording.rows_needed == 0 ? "" : format("{} {}", kFewerThan[wording.rows_needed], counted),
            .unit = unit_of(wording, value.unit),
            .degree = of_value && value.degree == Degree::kNone ? Degree::kNone : wording.degree};
  }

  /// The first of the constants, given or not; all of texts.
  static std::string setting_of(const Node& node) {
    if (node.aggregation->settings.empty()) return "";
    const AggregationSetting& setting = node.aggregation->settings.front();
    std::vector<std::string> texts;
    double number = setting.otherwise;
    for (const Node& argument : node.arguments) {
      if (argument.kind == NodeKind::kText) texts.push_back(argument.text);
      if (argument.kind == NodeKind::kNumber || argument.kind == NodeKind::kLength) number = argument.number;
    }
    if (setting.kind == AggregationSetting::kTexts) return join(texts, " then ");
    if (setting.kind == AggregationSetting::kLength) return in_words(Duration{static_cast<std::int64_t>(number)});
    return setting.name == "share" ? format("{:.4g}%", number * 100.0) : exact(number);
  }

  std::span<const Definition> definitions_;
  const TableSpec& applications_;
  std::vector<TableSpec> tables_;
  Vocabulary vocabulary_;
  const TableSpec* rows_ = nullptr;  // within an aggregation: the table whose columns can be named
  std::map<std::string, Phrase> features_;
};

}  // namespace

std::string readable(double value) {
  constexpr double kLeast = 1e-6;
  constexpr int kSignificantDigits = 3;
  if (!std::isfinite(value)) return value < 0 ? "below any number" : "above any number";
  if (value == 0.0) return "0";
  if (std::abs(value) < kLeast) return "almost 0";
  const int digits_before_point = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  std::string text = format("{:.{}f}", value, std::max(0, kSignificantDigits - digits_before_point));
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

namespace {

/// In the unit it is counted in, or the one that a person would choose: 0.0275 hours are 99 seconds.
std::string readable_length(double value, const TimeUnit& counted_in) {
  const TimeUnit* unit = &counted_in;
  double count = value;
  const auto change = [&](const TimeUnit* other) {
    count *= static_cast<double>(unit->length.microseconds) / static_cast<double>(other->length.microseconds);
    unit = other;
  };
  while (value != 0.0 && std::abs(count) < 1.0 && unit != std::begin(kTimeUnits)) change(unit - 1);
  while (std::isfinite(count) && std::abs(count) >= unit->below) change(unit + 1);
  const std::string number = readable(count);
  return format("{} {}", number, number == "1" ? unit->name.substr(0, unit->name.size() - 1) : unit->name);
}

}  // namespace

std::string readable(double value, std::string_view unit) {
  if (unit == kYesOrNo) return value == 0.0 ? "no" : "yes";
  if (unit == "%") return format("{}%", readable(100.0 * value));
  if (unit == kPercentagePoints) return format("{} {}", readable(100.0 * value), unit);
  if (const auto length = std::ranges::find(kTimeUnits, unit, &TimeUnit::name); length != std::end(kTimeUnits))
    return readable_length(value, *length);
  std::string number = readable(value);
  if (unit.empty()) return number;
  const bool one = number == "1" && std::ranges::find(kPluralUnits, unit) != std::end(kPluralUnits);
  return format("{} {}", number, one ? unit.substr(0, unit.size() - 1) : unit);
}

Phrase phrase_of(const Definition& definition, std::span<const Definition> definitions, const TableSpec& applications,
                 std::span<const TableSpec> tables) {
  return Phrasing(definitions, applications, tables).of(definition);
}

std::vector<Phrase> phrases_of(std::span<const Definition> definitions, const TableSpec& applications,
                               std::span<const TableSpec> tables) {
  Phrasing phrasing(definitions, applications, tables);
  std::vector<Phrase> phrases;
  for (const Definition& definition : definitions) phrases.push_back(phrasing.of(definition));
  return phrases;
}

}  // namespace asof
