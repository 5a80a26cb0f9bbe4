// A pattern is a line in kPatterns. Its place in the list is its rank: the budget takes from the top, and of two
// candidates that say the same the one higher up stays. So what a person would think of first stands first.
#include "suggest/candidates.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <string_view>

#include "base/format.h"
#include "dataset/tables_in_memory.h"
#include "features/plan.h"
#include "project/survey.h"

namespace asof {
namespace {

/// What a pattern is written over.
enum class Over {
  kRows,       ///< {table}
  kNumber,     ///< {table}.{column}, a number
  kText,       ///< {table}.{column}, a text
  kValue,      ///< {table}.{column} = '{value}', a frequent text
  kFlag,       ///< {table}.{column}, true or false
  kPlace,      ///< {table}.{column}, {table}.{other}: latitude and longitude
  kAttribute,  ///< {table}.{column} of a table with one row at a time
  kMoment,     ///< the application's own time
};

using Words = std::span<const std::string_view>;
constexpr std::string_view kWindows[] = {"all", "30d", "7d", "24h"};
constexpr std::string_view kLongWindows[] = {"all", "30d"};
constexpr std::string_view kHabitWindows[] = {"all", "30d", "7d"};
constexpr std::string_view kHalfLives[] = {"7d", "24h", "30d"};
constexpr std::string_view kClocks[] = {"hour", "weekday", "month_day"};
constexpr std::string_view kShortAndLong[] = {"7d of 30d", "24h of 7d", "30d of all"};
constexpr std::string_view kRecentAndAll[] = {"7d of all", "30d of all"};

struct Pattern {
  Over over;
  std::string_view family;
  std::string_view name;
  std::string_view expression;
  Words spans = {};  ///< what {span} stands for, or "{short} of {long}"; none: the pattern is one candidate
};

constexpr Pattern kPatterns[] = {
    {Over::kRows, "activity", "{table}_{span}", "count({table} over {span})", kWindows},
    {Over::kRows, "recency", "{table}_recency_hours", "hours_since_last({table})"},
    {Over::kMoment, "calendar", "application_{span}_sin", "{span}_sin(application_at)", kClocks},
    {Over::kMoment, "calendar", "application_{span}_cos", "{span}_cos(application_at)", kClocks},
    {Over::kNumber, "level", "{column}_mean_{span}", "mean({table}.{column} over {span})", kWindows},
    {Over::kAttribute, "attributes", "{table}_{column}", "{table}.{column}"},
    {Over::kText, "variety", "{column}_distinct_{span}", "distinct({table}.{column} over {span})", kWindows},
    {Over::kFlag, "shares", "{column}_share_{span}", "share({table} over {span} where {column})", kLongWindows},
    {Over::kValue, "shares", "{column}_{value}_share_{span}", "share({table} over {span} where {column} = '{value}')",
     kLongWindows},
    {Over::kRows, "regularity", "{table}_active_days_{span}", "active_days({table} over {span})", kHabitWindows},
    {Over::kRows, "activity", "{table}_decayed_{span}", "decayed_count({table}, {span})", kHalfLives},
    {Over::kRows, "change", "{table}_{short}_of_{long}", "count({table} over {short}) / count({table} over {long})",
     kShortAndLong},
    {Over::kNumber, "level", "{column}_max_{span}", "max({table}.{column} over {span})", kWindows},
    {Over::kNumber, "spread", "{column}_stddev_{span}", "stddev({table}.{column} over {span})", kWindows},
    {Over::kNumber, "level", "{column}_last", "last({table}.{column})"},
    {Over::kNumber, "change", "{column}_mean_{short}_of_{long}",
     "mean({table}.{column} over {short}) / mean({table}.{column} over {long})", kRecentAndAll},
    {Over::kNumber, "change", "{column}_trend_{span}", "trend({table}.{column} over {span})", kLongWindows},
    {Over::kRows, "recency", "{table}_began_days_ago", "days_since_first({table})"},
    {Over::kRows, "regularity", "{table}_night_share_{span}", "night_share({table} over {span})", kLongWindows},
    {Over::kRows, "regularity", "{table}_weekend_share_{span}", "weekend_share({table} over {span})", kLongWindows},
    {Over::kRows, "regularity", "{table}_mean_gap_{span}", "gap_mean_hours({table} over {span})", kLongWindows},
    {Over::kRows, "regularity", "{table}_gap_spread_{span}", "gap_stddev_hours({table} over {span})", kLongWindows},
    {Over::kRows, "sessions", "{table}_sessions_{span}", "sessions({table}, 30m over {span})", kHabitWindows},
    {Over::kRows, "sessions", "{table}_session_mean_minutes_{span}", "session_mean_minutes({table}, 30m over {span})",
     kLongWindows},
    {Over::kRows, "sessions", "{table}_rows_per_session_{span}", "events_per_session({table}, 30m over {span})",
     kLongWindows},
    {Over::kText, "variety", "{column}_entropy_{span}", "entropy({table}.{column} over {span})", kLongWindows},
    {Over::kText, "variety", "{column}_top_share_{span}", "mode_share({table}.{column} over {span})", kLongWindows},
    {Over::kText, "variety", "{column}_changes_{span}", "changes({table}.{column} over {span})", kLongWindows},
    {Over::kValue, "recency", "{column}_{value}_recency_hours", "hours_since_last({table} where {column} = '{value}')"},
    {Over::kPlace, "movement", "{table}_gyration_km_{span}",
     "gyration_km({table}.{column}, {table}.{other} over {span})", kHabitWindows},
    {Over::kPlace, "movement", "{table}_distance_km_{span}",
     "distance_km({table}.{column}, {table}.{other} over {span})", kHabitWindows},
    {Over::kPlace, "movement", "{table}_places_{span}", "places({table}.{column}, {table}.{other}, 500 over {span})",
     kHabitWindows},
    {Over::kPlace, "movement", "{table}_top_place_share_{span}",
     "top_place_share({table}.{column}, {table}.{other}, 500 over {span})", kLongWindows},
    {Over::kPlace, "movement", "{table}_place_entropy_{span}",
     "place_entropy({table}.{column}, {table}.{other}, 500 over {span})", kLongWindows},
    {Over::kValue, "change", "{column}_{value}_share_{short}_of_{long}",
     "share({table} over {short} where {column} = '{value}') / share({table} over {long} where {column} = '{value}')",
     kRecentAndAll},
};

constexpr std::size_t kValuesMost = 200;     // of a text column: with more, none is frequent
constexpr std::size_t kFrequentValues = 5;   // of a column that get candidates of their own
constexpr std::size_t kTextLengthMost = 40;  // of a value that is to stand in a name

/// What the words in braces stand for.
struct Filling {
  std::string table, column, other, value, span, shorter, longer;
};

std::string filled(std::string_view pattern, const Filling& filling) {
  const std::pair<std::string_view, const std::string*> words[] = {
      {"{table}", &filling.table}, {"{column}", &filling.column}, {"{other}", &filling.other},
      {"{value}", &filling.value}, {"{span}", &filling.span},     {"{short}", &filling.shorter},
      {"{long}", &filling.longer}};
  std::string text;
  while (!pattern.empty()) {
    const auto at = std::ranges::find_if(words, [&](const auto& word) { return pattern.starts_with(word.first); });
    if (at == std::end(words)) {
      text += pattern.front();
      pattern.remove_prefix(1);
    } else {
      text += *at->second;
      pattern.remove_prefix(at->first.size());
    }
  }
  return text;
}

bool may_stand_in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// A value that can be written in an expression and in YAML as it is.
bool plain(std::string_view value) {
  return !value.empty() && value.size() <= kTextLengthMost &&
         std::ranges::all_of(value, [](char c) { return may_stand_in_name(c) || c == '-' || c == '.' || c == ' '; });
}

std::string name_from(std::string text) {
  for (char& c : text) c = may_stand_in_name(c) ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '_';
  return text;
}

/// Numbers that only tell rows apart have no mean.
bool is_identifier(std::string_view column) { return column == "id" || column.ends_with("_id"); }

bool is_number(ColumnType type) { return type == ColumnType::kReal || type == ColumnType::kInteger; }

const KnownColumn* column_named(const KnownTable& table, std::initializer_list<std::string_view> names) {
  const auto at = std::ranges::find_if(table.columns, [&](const KnownColumn& column) {
    return is_number(column.type) && std::ranges::find(names, name_from(column.name)) != names.end();
  });
  return at == table.columns.end() ? nullptr : &*at;
}

struct Place {
  const KnownColumn* latitude;
  const KnownColumn* longitude;
};

/// Where somebody lives is no feature of its own: latitude and longitude make distances, and nothing else.
std::optional<Place> place_of(const KnownTable& table) {
  const Place place{column_named(table, {"latitude", "lat"}), column_named(table, {"longitude", "lon", "lng", "long"})};
  if (place.latitude == nullptr || place.longitude == nullptr) return std::nullopt;
  return place;
}

/// The fillings of a pattern over one table, without spans.
std::vector<Filling> fillings(Over over, const KnownTable& table) {
  const bool attributes = table.spec.role == TableRole::kDated;
  if (over == Over::kMoment) return {{}};
  if (attributes != (over == Over::kAttribute)) return {};
  const std::optional<Place> place = place_of(table);
  const Filling whole{.table = table.spec.name};
  if (over == Over::kRows) return {whole};
  std::vector<Filling> result;
  if (over == Over::kPlace && place) {
    result.push_back(whole);
    result.back().column = place->latitude->name;
    result.back().other = place->longitude->name;
  }
  for (const KnownColumn& column : table.columns) {
    const bool coordinate = place && (&column == place->latitude || &column == place->longitude);
    if (coordinate || (is_identifier(column.name) && over != Over::kText)) continue;
    const bool fits = (over == Over::kNumber && is_number(column.type)) ||
                      (over == Over::kFlag && column.type == ColumnType::kBoolean) ||
                      (over == Over::kText && (column.type == ColumnType::kText || is_identifier(column.name))) ||
                      (over == Over::kAttribute && column.type != ColumnType::kTime);
    Filling filling = whole;
    filling.column = column.name;
    if (fits) result.push_back(filling);
    if (over != Over::kValue) continue;
    for (const std::string& value : column.frequent) {
      filling.value = value;
      result.push_back(filling);
    }
  }
  return result;
}

std::vector<Filling> with_spans(const std::vector<Filling>& fillings, Words spans) {
  if (spans.empty()) return fillings;
  std::vector<Filling> result;
  for (Filling filling : fillings) {
    for (const std::string_view span : spans) {
      constexpr std::string_view kOf = " of ";
      const std::size_t of = span.find(kOf);
      filling.span = span;
      if (of != std::string_view::npos) {
        filling.shorter = span.substr(0, of);
        filling.longer = span.substr(of + kOf.size());
      }
      result.push_back(filling);
    }
  }
  return result;
}

Definition definition_of(const Pattern& pattern, Filling filling) {
  Definition definition{
      .expression = filled(pattern.expression, filling), .family = std::string(pattern.family), .origin = "suggested"};
  filling.value = name_from(filling.value);
  definition.name = name_from(filled(pattern.name, filling));
  return definition;
}

/// Whether the language accepts a definition over these tables: columns may have names that it cannot speak of.
class Grammar {
 public:
  Grammar(const Project& project, std::span<const KnownTable> tables) : applications_(project.applications()) {
    applications_.columns.clear();
    applications_.where.clear();
    for (const KnownTable& table : tables) {
      tables_.push_back(table.spec);
      tables_.back().where.clear();
    }
    options_ = {.boundary = project.boundary, .zone = project.zone()};
  }

  bool accepts(const Definition& definition) const {
    try {
      static_cast<void>(FeaturePlan({definition}, applications_, tables_, options_));
      return true;
    } catch (const Error& error) {
      if (error.kind() != Error::kInvalidInput) throw;
      return false;
    }
  }

 private:
  TableSpec applications_;
  std::vector<TableSpec> tables_;
  PlanOptions options_;
};

std::vector<std::string> frequent_values(const Peek& peek, const SurveyedTable& table, const std::string& column) {
  std::vector<std::string> frequent;
  const auto counted = peek.values(table, column, kValuesMost);
  if (!counted) return frequent;
  for (const ValueCount& value : *counted) {
    if (frequent.size() < kFrequentValues && plain(value.value)) frequent.push_back(value.value);
  }
  return frequent;
}

KnownTable known_table(const Project& project, const TableSpec& spec, const Peek& peek) {
  KnownTable table{.spec = spec, .columns = {}};
  const SurveyedTable surveyed{.name = spec.name, .from = spec.from, .written = {}, .columns = {}};
  for (const SourceColumn& source : source_columns(read_request(project, spec, {}, 1))) {
    const bool is_time = source.name == spec.time || source.name == spec.known_at;
    ColumnSpec& declared = table.spec.columns[source.name];
    declared.type = is_time ? ColumnType::kTime : declared.type.value_or(source.type);
    if (is_time || source.name == spec.entity || source.name == spec.id) continue;
    KnownColumn column{.name = source.name, .type = *declared.type, .frequent = {}};
    if (column.type == ColumnType::kText && !is_identifier(column.name)) {
      column.frequent = frequent_values(peek, surveyed, column.name);
    }
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace

std::vector<KnownTable> known_tables(const Project& project, int threads, const Progress& progress) {
  const Peek peek = peek_into_sources(threads, progress);
  std::vector<KnownTable> tables;
  for (const TableSpec& spec : project.tables) {
    const bool has_time = spec.role == TableRole::kEvents || spec.role == TableRole::kDated;
    if (has_time && spec.name != project.target.table) tables.push_back(known_table(project, spec, peek));
  }
  return tables;
}

std::vector<Definition> candidate_definitions(const Project& project, std::span<const KnownTable> tables,
                                              std::span<const Definition> own, std::size_t budget) {
  const Grammar grammar(project, tables);
  std::set<std::string> names, expressions;
  for (const Definition& definition : own) {
    names.insert(definition.name);
    expressions.insert(definition.expression);
  }
  std::vector<Definition> candidates;
  for (const Pattern& pattern : kPatterns) {
    for (const KnownTable& table : tables) {
      for (const Filling& filling : with_spans(fillings(pattern.over, table), pattern.spans)) {
        if (candidates.size() == budget) return candidates;
        Definition definition = definition_of(pattern, filling);
        if (expressions.contains(definition.expression) || !grammar.accepts(definition)) continue;
        if (names.contains(definition.name)) definition.name = name_from(table.spec.name) + "_" + definition.name;
        while (names.contains(definition.name)) definition.name += "_suggested";
        names.insert(definition.name);
        expressions.insert(definition.expression);
        candidates.push_back(std::move(definition));
      }
    }
  }
  return candidates;
}

}  // namespace asof
