// Guessing goes by names and types: the columns that people give to such tables are few. The lists of words below are
// all that it knows; what they do not cover is asked.
#include "project/guess.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

using Words = std::vector<std::string>;

// The more usual, the earlier.
constexpr std::array<std::string_view, 9> kEntityNames = {"user_id",     "client_id",    "customer_id",
                                                          "borrower_id", "applicant_id", "account_id",
                                                          "member_id",   "person_id",    "loan_id"};
constexpr std::array<std::string_view, 4> kIdNames = {"id", "row_id", "event_id", "uuid"};
constexpr std::array<std::string_view, 12> kTimeWords = {
    "application", "applied", "event", "timestamp", "time", "occurred", "happened", "at", "ts", "date", "day", "on"};
constexpr std::array<std::string_view, 9> kArrivalWords = {"received", "ingested", "inserted", "loaded",  "arrived",
                                                           "synced",   "uploaded", "recorded", "imported"};
constexpr std::array<std::string_view, 8> kOutcomeTimeWords = {"outcome", "closed",    "due",      "repaid",
                                                               "paid",    "defaulted", "maturity", "observed"};
constexpr std::array<std::string_view, 4> kRepaidWords = {"repaid", "paid", "good", "performing"};
constexpr std::array<std::string_view, 3> kNegations = {"not", "never", "no"};
constexpr std::array<std::string_view, 7> kDefaultedWords = {"default", "defaulted", "bad", "delinquent",
                                                             "overdue", "arrears",   "npl"};
constexpr std::array<std::string_view, 6> kOutcomeWords = {"label", "target", "outcome", "loan_status", "status", "y"};

constexpr std::array<std::string_view, 18> kProtectedWords = {
    "sex",     "gender", "age",       "birth",  "birthday", "birthdate", "dob",         "marriage", "marital",
    "married", "race",   "ethnicity", "ethnic", "tribe",    "religion",  "nationality", "pregnant", "disability"};

constexpr std::size_t kLabelValuesMax = 10;
// Epochs of the years 2000 to 2100, in seconds.
constexpr std::int64_t kEpochLeast = 946'684'800;
constexpr std::int64_t kEpochMost = 4'102'444'800;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// `isRepaid`, `is_repaid` and `is.repaid` alike: is, repaid.
Words words_of(std::string_view name) {
  Words words(1);
  char before = '_';
  for (const char c : name) {
    const bool begins =
        std::isupper(static_cast<unsigned char>(c)) != 0 && std::islower(static_cast<unsigned char>(before)) != 0;
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 || begins) words.emplace_back();
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    before = c;
  }
  std::erase(words, "");
  return words;
}

template <std::size_t size>
bool has_word(std::string_view name, const std::array<std::string_view, size>& known) {
  return std::ranges::any_of(
      words_of(name), [&known](const std::string& word) { return std::ranges::find(known, word) != known.end(); });
}

/// The place of `name` in a list whose earlier entries are preferred; its length when it is not in it.
template <std::size_t size>
std::size_t rank_of(std::string_view name, const std::array<std::string_view, size>& preferred) {
  return static_cast<std::size_t>(std::ranges::find(preferred, lower(name)) - preferred.begin());
}

/// How early the first of its words stands in `preferred`.
template <std::size_t size>
std::size_t word_rank(std::string_view name, const std::array<std::string_view, size>& preferred) {
  std::size_t best = size;
  for (const std::string& word : words_of(name)) best = std::min(best, rank_of(word, preferred));
  return best;
}

bool can_be_entity(const SourceColumn& column) {
  return column.type == ColumnType::kInteger || column.type == ColumnType::kText;
}

/// The column that most tables share; among equals the one with the most usual name.
std::string shared_entity(std::span<const SurveyedTable> tables) {
  std::map<std::string, std::size_t> tables_with;
  for (const SurveyedTable& table : tables) {
    for (const SourceColumn& column : table.columns) {
      const bool by_name =
          rank_of(column.name, kEntityNames) < kEntityNames.size() || lower(column.name).ends_with("_id");
      if (can_be_entity(column) && by_name) ++tables_with[column.name];
    }
  }
  const auto better = [](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second < b.second;
    return rank_of(a.first, kEntityNames) > rank_of(b.first, kEntityNames);
  };
  const auto best = std::ranges::max_element(tables_with, better);
  return best == tables_with.end() ? std::string() : best->first;
}

/// In which unit integers count the time since 1970, when they plausibly do.
std::optional<EpochUnit> epoch_of(std::int64_t least, std::int64_t most) {
  constexpr std::pair<EpochUnit, std::int64_t> kUnits[] = {
      {EpochUnit::kSeconds, 1}, {EpochUnit::kMilliseconds, 1'000}, {EpochUnit::kMicroseconds, 1'000'000}};
  for (const auto& [unit, per_second] : kUnits) {
    if (least >= kEpochLeast * per_second && most <= kEpochMost * per_second) return unit;
  }
  return std::nullopt;
}

void guess_times(const SurveyedTable& table, const Peek& peek, Roles& roles) {
  std::vector<std::string> times;
  for (const SourceColumn& column : table.columns) {
    if (column.type == ColumnType::kTime) times.push_back(column.name);
  }
  if (times.empty()) {
    for (const SourceColumn& column : table.columns) {
      if (column.type != ColumnType::kInteger || column.name == roles.entity || !has_word(column.name, kTimeWords))
        continue;
      const auto range = peek.range(table, column.name);
      roles.epoch = range ? epoch_of(range->first, range->second) : std::nullopt;
      if (!roles.epoch) continue;
      roles.time = column.name;
      return;
    }
    return;
  }
  const auto take_first = [&times](const auto& words) {
    const auto found = std::ranges::find_if(times, [&words](const std::string& name) { return has_word(name, words); });
    if (found == times.end() || times.size() == 1) return std::string();
    std::string name = *found;
    times.erase(found);
    return name;
  };
  roles.known_at = take_first(kArrivalWords);
  roles.outcome_at = take_first(kOutcomeTimeWords);
  roles.time =
      *std::ranges::min_element(times, {}, [](const std::string& name) { return word_rank(name, kTimeWords); });
  roles.naive = peek.naive(table, roles.time);
}

void guess_label(const SurveyedTable& table, const Peek& peek, Roles& roles) {
  const auto rank = [](const std::string& name) {
    if (has_word(name, kRepaidWords)) return 0;
    if (has_word(name, kDefaultedWords)) return 1;
    return rank_of(name, kOutcomeWords) < kOutcomeWords.size() ? 2 : 3;
  };
  int best = 3;
  for (const SourceColumn& column : table.columns) {
    const bool taken = column.name == roles.entity || column.name == roles.time || column.name == roles.id;
    if (taken || column.type == ColumnType::kTime || rank(column.name) >= best) continue;
    const auto values = peek.values(table, column.name, kLabelValuesMax);
    if (!values || values->size() < 2) continue;
    best = rank(column.name);
    roles.label = column.name;
    roles.label_values = *values;
  }
}

}  // namespace

LabelMeaning meaning_of_label(std::string_view column) {
  if (has_word(column, kRepaidWords)) return LabelMeaning::kRepaid;
  return has_word(column, kDefaultedWords) ? LabelMeaning::kDefaulted : LabelMeaning::kUnknown;
}

bool means_repaid(std::string_view value) { return has_word(value, kRepaidWords) && !has_word(value, kNegations); }

bool may_be_protected(std::string_view column) { return has_word(column, kProtectedWords); }

namespace {

bool has_column(const SurveyedTable& table, std::string_view name) {
  return std::ranges::find(table.columns, name, &SourceColumn::name) != table.columns.end();
}

void find_applications_to_predict(std::span<const SurveyedTable> tables, Guess& guess) {
  if (!guess.target) return;
  const SurveyedTable& labelled = tables[*guess.target];
  const Roles& target = guess.roles[*guess.target];
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const Roles& roles = guess.roles[i];
    const bool same_rows =
        roles.entity == target.entity && roles.time == target.time && !has_column(tables[i], target.label);
    guess.roles[i].to_predict =
        i != guess.target && same_rows && std::ranges::all_of(tables[i].columns, [&](const SourceColumn& column) {
          return has_column(labelled, column.name);
        });
  }
}

}  // namespace

Guess guess_roles(std::span<const SurveyedTable> tables, const Peek& peek) {
  Guess guess;
  const std::string entity = shared_entity(tables);
  for (const SurveyedTable& table : tables) {
    Roles roles;
    if (has_column(table, entity)) roles.entity = entity;
    for (const std::string_view id : kIdNames) {
      if (roles.id.empty() && id != roles.entity && has_column(table, id)) roles.id = id;
    }
    guess_times(table, peek, roles);
    if (!roles.entity.empty() && !roles.time.empty()) guess_label(table, peek, roles);
    guess.times_naive = guess.times_naive || roles.naive;
    guess.roles.push_back(std::move(roles));
  }
  // Event logs have a `status` too: an outcome by its name comes first, then the table that speaks of loans.
  const auto fit = [&](std::size_t i) {
    const Roles& roles = guess.roles[i];
    if (roles.label.empty()) return 0;
    const bool by_name = has_word(roles.label, kRepaidWords) || has_word(roles.label, kDefaultedWords);
    const bool of_loans = has_word(
        tables[i].name,
        std::array<std::string_view, 6>{"applications", "application", "loans", "loan", "outcomes", "outcome"});
    return 1 + (by_name ? 2 : 0) + (of_loans ? 1 : 0);
  };
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (fit(i) > 0 && (!guess.target || fit(i) > fit(*guess.target))) guess.target = i;
  }
  find_applications_to_predict(tables, guess);
  return guess;
}

}  // namespace asof
