// The same borrower under two names: on both sides of every split, so that a model is tested on what it learnt.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "audit/check.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

constexpr std::size_t kRowsOfHistoryMin = 5;
constexpr std::size_t kRareValuesMin = 3;
constexpr std::size_t kRareRowsMost = 5;  // a value of more rows says little about whose it is
constexpr double kAlarmShare = 0.01;
constexpr double kRepeatedShare = 0.005;

/// FNV-1a over 64-bit words, each mixed first.
class Fingerprint {
 public:
  void add(std::uint64_t word) {
    constexpr std::uint64_t kPrime = 0x100000001B3, kMix = 0x9E3779B97F4A7C15;
    word *= kMix;
    hash_ = (hash_ ^ (word ^ (word >> 29U))) * kPrime;
    hash_ ^= hash_ >> 32U;
  }
  void add(double value) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    add(is_missing(value) ? ~std::uint64_t{0} : value == 0.0 ? 0 : bits);
  }
  void add(const Column& column, std::size_t row) {
    if (column.type == ColumnType::kReal) return add(column.reals[row]);
    add(static_cast<std::uint64_t>(column.type == ColumnType::kText ? column.codes[row] : column.integers[row]));
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325;
};

/// Which of several things are the same under different groups: members of equal fingerprints that are not of one
/// group.
struct Twins {
  std::size_t looked_at = 0;
  std::size_t twins = 0;
  std::string example;

  void say(const std::string& table, std::string_view what, Report& report) const {
    const std::string text = format("{} of {} {} are there under another entity too ({})", twins, looked_at, what,
                                    percent(twins, looked_at));
    if (twins == 0) return report.ok(table, "", text);
    const std::string advice = format(
        "{}, such as {}: the same borrower would be learnt from and tested on; make them one entity, or give them one "
        "value of a `group` column",
        text, example);
    if (static_cast<double>(twins) >= kAlarmShare * static_cast<double>(looked_at)) {
      report.alarm(table, "", advice);
    } else {
      report.warn(table, "", advice);
    }
  }
};

struct Member {
  std::uint32_t group;
  std::string name;
};

Twins find_twins(const std::map<std::uint64_t, std::vector<Member>>& by_fingerprint) {
  Twins found;
  for (const auto& [fingerprint, members] : by_fingerprint) {
    found.looked_at += members.size();
    const auto other = std::ranges::find_if(members, [&](const Member& m) { return m.group != members.front().group; });
    if (other == members.end()) continue;
    found.twins += members.size();
    if (found.example.empty()) found.example = format("{} and {}", members.front().name, other->name);
  }
  return found;
}

/// Histories of five rows or more, without entity and row id.
void compare_histories(const EventLog& log, const Evidence& evidence, Report& report) {
  const Applications& applications = evidence.assembled->applications;
  std::map<std::uint64_t, std::vector<Member>> by_fingerprint;
  std::vector<bool> seen(applications.entities.size(), false);
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const std::uint32_t entity = applications.entity[i];
    const RowRange range = log.rows_of(entity);
    if (seen[entity] || range.size() < kRowsOfHistoryMin) continue;
    seen[entity] = true;
    Fingerprint fingerprint;
    for (const Column& column : log.table().columns) {
      if (column.name == log.spec().id) continue;
      for (std::size_t row = range.begin; row < range.end; ++row) fingerprint.add(column, row);
    }
    by_fingerprint[fingerprint.value()].push_back({evidence.data.groups[i], asof::to_string(applications.keys[i])});
  }
  find_twins(by_fingerprint).say(log.spec().name, format("histories of {} rows or more", kRowsOfHistoryMin), report);
}

/// Rows of one entity that agree in everything that was read: only where no row id could drop them.
void count_repeated(const EventLog& log, const Evidence& evidence, Report& report) {
  if (!log.spec().id.empty() || log.table().columns.size() < 3) return;
  std::size_t repeated = 0;
  const std::uint32_t entities = static_cast<std::uint32_t>(evidence.assembled->applications.entities.size());
  for (std::uint32_t entity = 0; entity < entities; ++entity) {
    const RowRange range = log.rows_of(entity);
    std::uint64_t before = 0;
    for (std::size_t row = range.begin; row < range.end; ++row) {
      Fingerprint fingerprint;
      for (const Column& column : log.table().columns) fingerprint.add(column, row);
      repeated += row > range.begin && fingerprint.value() == before ? 1 : 0;
      before = fingerprint.value();
    }
  }
  if (static_cast<double>(repeated) < kRepeatedShare * static_cast<double>(log.table().rows)) return;
  report.warn(
      log.spec().name, "",
      format("{} of {} rows are there twice, equal in every column read ({}), and count twice: declare the row id "
             "(`id:`), by which repeated rows are dropped",
             repeated, log.table().rows, percent(repeated, log.table().rows)));
}

/// Feature rows that agree in everything, of which at least three values are held by few: zeros and missing values say
/// nothing about whose a row is.
void compare_feature_rows(const Evidence& evidence, Report& report) {
  const Dataset& data = evidence.data;
  std::vector<std::map<double, std::size_t>> holders(data.columns.size());
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t j = 0; j < holders.size(); ++j) {
      if (std::isfinite(data.features.row(row)[j])) ++holders[j][data.features.row(row)[j]];
    }
  }
  std::map<std::uint64_t, std::vector<Member>> by_fingerprint;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    Fingerprint fingerprint;
    std::size_t rare = 0;
    for (std::size_t j = 0; j < holders.size(); ++j) {
      const double value = data.features.row(row)[j];
      fingerprint.add(value);
      rare += std::isfinite(value) && holders[j].at(value) <= kRareRowsMost ? 1 : 0;
    }
    if (rare < kRareValuesMin) continue;
    const std::string name = evidence.table == nullptr ? asof::to_string(evidence.assembled->applications.keys[row])
                                                       : evidence.table->rows.at(evidence.table->entity).display(row);
    by_fingerprint[fingerprint.value()].push_back({data.groups[row], name});
  }
  find_twins(by_fingerprint).say(evidence.table == nullptr ? "" : evidence.table->name, "rows of features", report);
}

/// A feature table has one row per application.
void count_repeated_applications(const FeatureTable& table, Report& report) {
  std::set<std::pair<std::uint32_t, std::int64_t>> seen;
  std::size_t repeated = 0;
  for (std::size_t row = 0; row < table.data.rows(); ++row)
    repeated += seen.emplace(table.data.groups[row], table.data.times[row].microseconds).second ? 0 : 1;
  if (repeated == 0) return;
  report.warn(
      table.name, "",
      format("{} of {} rows repeat `{}` and `{}` of another row: one row per application was expected; a join may "
             "have multiplied them",
             repeated, table.data.rows(), table.entity, table.time));
}

void run(const Evidence& evidence, Report& report) {
  if (evidence.assembled != nullptr) {
    for (const EventLog& log : evidence.assembled->histories.logs) {
      if (log.times().empty()) continue;
      compare_histories(log, evidence, report);
      count_repeated(log, evidence, report);
    }
  } else {
    count_repeated_applications(*evidence.table, report);
  }
  compare_feature_rows(evidence, report);
}

}  // namespace

extern const Check duplicates;
constinit const Check duplicates = {
    .name = "duplicates",
    .summary =
        "Histories and rows of features that are the same under two entities: an alarm from one in a hundred, else a "
        "warning; rows that are there twice.",
    .run = run,
};

}  // namespace asof::audit::checks
