// Every pack that ships: it resolves over tables that have the columns it reads, and says nothing of nobody.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/elementary.h"
#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "features/aggregation.h"
#include "features/expression.h"
#include "features/plan.h"
#include "features/row_filter.h"
#include "testing/places.h"

namespace asof {
namespace {

constexpr Timestamp kApplicationAt{1'700'000'000'000'000};
constexpr std::string_view kCalendar = "calendar";  // the family that tells of the application, not of the user

struct Pack {
  std::size_t features_least;
  std::vector<std::string> events;   // tables with many rows per user, and a time
  std::vector<std::string> undated;  // tables with one row per user
};

/// A pack that is not in here fails the tests.
const std::map<std::string, Pack, std::less<>>& packs() {
  static const std::map<std::string, Pack, std::less<>> all = {
      {"mobile-lender/classic", {13, {"events", "gps"}, {"features"}}},
      {"mobile-lender/full", {250, {"events", "gps"}, {"features"}}},
      {"bank-transactions/full", {100, {"transactions"}, {}}},
      {"statements/full", {60, {"statements"}, {"clients"}}},
  };
  return all;
}

std::vector<Definition> definitions_of(const std::string& pack) {
  return expand_families(pack_definitions(pack),
                         [](std::string_view) { return std::vector<std::string>{"feature_1"}; });
}

ColumnType type_of(const std::string& column) {
  static const std::set<std::string> kTexts = {"location_provider", "screen_name", "action",      "session_id",
                                               "network_type",      "category",    "counterparty"};
  static const std::set<std::string> kTimes = {"at", "time_of_fix", "timestamp", "application_at"};
  if (kTexts.contains(column)) return ColumnType::kText;
  return kTimes.contains(column) ? ColumnType::kTime : ColumnType::kReal;
}

TableSpec spec_of(const std::string& name, TableRole role) {
  TableSpec spec{.name = name, .role = role, .entity = "user_id"};
  if (role == TableRole::kEvents) spec.time = name == "gps" ? "time_of_fix" : name == "events" ? "timestamp" : "at";
  if (role == TableRole::kApplications) spec.time = "application_at";
  spec.columns["user_id"].type = ColumnType::kInteger;
  if (!spec.time.empty()) spec.columns[spec.time].type = ColumnType::kTime;
  return spec;
}

/// Texts in quotes that the definitions compare with: what the rows made up below hold.
Dictionary texts_in(const std::vector<Definition>& definitions) {
  std::set<std::string> texts = {"something else"};
  for (const Definition& definition : definitions) {
    const std::string_view all = definition.expression;
    for (std::size_t open = all.find('\''); open != std::string_view::npos;) {
      const std::size_t close = all.find('\'', open + 1);
      texts.emplace(all.substr(open + 1, close - open - 1));
      open = all.find('\'', close + 1);
    }
  }
  return {texts.begin(), texts.end()};
}

/// A pack over tables that have the columns it reads.
struct Lender {
  std::vector<Definition> definitions;
  TableSpec applications = spec_of("applications", TableRole::kApplications);
  std::vector<TableSpec> tables;

  explicit Lender(const std::string& name) : definitions(definitions_of(name)) {
    const Pack& pack = packs().at(name);
    for (const std::string& table : pack.events) tables.push_back(spec_of(table, TableRole::kEvents));
    for (const std::string& table : pack.undated) tables.push_back(spec_of(table, TableRole::kUndated));
    for (const auto& [table, columns] : columns_read(definitions, applications, tables).of_tables) {
      const auto spec = std::ranges::find(tables, table, &TableSpec::name);
      if (spec == tables.end()) continue;
      for (const std::string& column : columns) spec->columns[column].type = type_of(column);
    }
  }

  FeaturePlan plan() const { return {definitions, applications, tables, {.zone = TimeZone::named("UTC")}}; }

  /// The features of user 1, who has `rows` rows in every table of events and, if any, one in the others.
  std::vector<double> features_of_user_with(std::size_t rows) const {
    const FeaturePlan pack = plan();
    const EntityKey user = std::int64_t{1};
    std::vector<EventLog> logs;
    for (const TableSpec& spec : pack.tables()) {
      const std::size_t count = spec.role == TableRole::kUndated ? std::min<std::size_t>(rows, 1) : rows;
      logs.push_back(event_log(spec, rows_of(spec, count), EntityIndex(user), TimeZone()));
    }
    History history;
    for (const EventLog& log : logs) history.push_back({&log, log.rows_of(0)});
    std::vector<double> features(definitions.size());
    pack.compute({user, kApplicationAt}, history, features);
    return features;
  }

 private:
  /// Made-up rows: dense in the last hour, thin a year ago.
  Table rows_of(const TableSpec& spec, std::size_t count) const {
    Random random(count, spec.name.size());
    const auto texts = std::make_shared<const Dictionary>(texts_in(definitions));
    Table table{.name = spec.name, .columns = {}, .rows = count};
    for (const auto& [name, declared] : spec.columns) {
      Column column{.name = name, .type = *declared.type, .dictionary = texts};
      for (std::size_t row = 0; row < count; ++row) {
        if (column.type == ColumnType::kText) {
          column.codes.push_back(static_cast<std::int32_t>(random.below(texts->size() + 1)) - 1);  // -1: missing
        } else if (column.type == ColumnType::kReal) {
          column.reals.push_back(random.uniform() * 12 - 4);
        } else if (column.type == ColumnType::kTime) {
          const double age_days = 400 * portable_pow(random.uniform(), 6);
          const auto age = static_cast<std::int64_t>(age_days * static_cast<double>(kDay.microseconds));
          const std::int64_t apart = static_cast<std::int64_t>(row + 1) * kSecond.microseconds;
          column.integers.push_back(kApplicationAt.microseconds - age - apart);
        } else {
          column.integers.push_back(1);  // the user
        }
      }
      table.columns.push_back(std::move(column));
    }
    return table;
  }
};

TEST(Packs, every_pack_is_known_to_these_tests) {
  const std::vector<std::string> names = pack_names();
  EXPECT_EQ(names.size(), packs().size());
  for (const std::string& name : names) EXPECT_TRUE(packs().contains(name)) << name;
}

TEST(Packs, every_pack_resolves_over_the_tables_it_names) {
  for (const auto& [name, pack] : packs()) {
    const Lender lender(name);
    const FeaturePlan plan = lender.plan();
    EXPECT_EQ(plan.tables().size(), pack.events.size() + pack.undated.size()) << name << " does not read them all";
    EXPECT_GE(plan.columns().size(), pack.features_least) << name;
    std::set<std::string> names;
    for (const FeatureColumn& column : plan.columns()) {
      EXPECT_TRUE(names.insert(column.name).second) << name << ": " << column.name << " is there twice";
      EXPECT_FALSE(column.family.empty()) << name << ": " << column.name << " has no family";
    }
  }
}

TEST(Packs, of_a_user_without_rows_counts_are_0_and_nothing_else_is_known) {
  const std::set<std::string_view> kCounts = {"count",   "distinct",       "sum",         "decayed_count",
                                              "places",  "active_days",    "sessions",    "longest_streak",
                                              "changes", "current_streak", "decayed_sum", "impossible_jumps",
                                              "sequence"};
  for (const auto& [name, pack] : packs()) {
    const Lender lender(name);
    const std::vector<double> features = lender.features_of_user_with(0);
    for (std::size_t i = 0; i < features.size(); ++i) {
      const Definition& definition = lender.definitions[i];
      if (definition.family == kCalendar) {
        EXPECT_LE(std::abs(features[i]), 1.0) << definition.name;
        continue;
      }
      EXPECT_TRUE(is_missing(features[i]) || features[i] == 0.0) << definition.name << " is " << features[i];
      const Node node = parse_expression(definition);
      if (node.kind == NodeKind::kAggregate && kCounts.contains(node.aggregation->name)) {
        EXPECT_EQ(features[i], 0.0) << definition.name;
      }
    }
  }
}

TEST(Packs, of_a_user_with_many_rows_everything_is_known) {
  constexpr std::size_t kRows = 2000;
  for (const auto& [name, pack] : packs()) {
    const Lender lender(name);
    const std::vector<double> features = lender.features_of_user_with(kRows);
    for (std::size_t i = 0; i < features.size(); ++i)
      EXPECT_TRUE(std::isfinite(features[i])) << name << ": " << lender.definitions[i].name << " is " << features[i];
  }
}

TEST(Packs, tell_no_place) {
  // A latitude or longitude stands only in the pair that an aggregation of places takes.
  constexpr std::string_view kPair = "gps.latitude, gps.longitude";
  for (const std::string& name : pack_names()) {
    for (const Definition& definition : definitions_of(name)) {
      std::string rest = definition.expression;
      for (std::size_t at = rest.find(kPair); at != std::string::npos; at = rest.find(kPair)) {
        ASSERT_GT(at, 0U);
        std::size_t begin = at - 1;  // of the call
        while (begin > 0 && (std::isalnum(static_cast<unsigned char>(rest[begin - 1])) != 0 || rest[begin - 1] == '_'))
          --begin;
        const Aggregation* aggregation = find_aggregation(std::string_view(rest).substr(begin, at - 1 - begin));
        EXPECT_TRUE(aggregation != nullptr && aggregation->takes == Takes::kPlaces) << definition.expression;
        rest.erase(at, kPair.size());
      }
      EXPECT_EQ(rest.find("latitude"), std::string::npos) << definition.expression;
      EXPECT_EQ(rest.find("longitude"), std::string::npos) << definition.expression;
    }
  }
}

TEST(Packs, the_documents_say_how_many_features_a_pack_has) {
  const std::string documents = read_file(std::filesystem::path(testing::kSourceFolder) / "docs/features.md");
  for (const std::string& name : pack_names()) {
    const auto own = [](const Definition& definition) { return definition.family == "masked"; };
    const std::vector<Definition> definitions = definitions_of(name);
    const std::size_t count = definitions.size() - static_cast<std::size_t>(std::ranges::count_if(definitions, own));
    const std::string row = format("| `{}` | {} ", name, count);
    EXPECT_NE(documents.find(row), std::string::npos) << "no row begins with " << row;
  }
}

TEST(Packs, the_full_pack_has_every_feature_of_the_classic_one) {
  const std::vector<Definition> full = definitions_of("mobile-lender/full");
  for (const Definition& classic : definitions_of("mobile-lender/classic")) {
    const auto same = std::ranges::find(full, classic.name, &Definition::name);
    ASSERT_NE(same, full.end()) << classic.name;
    EXPECT_EQ(same->expression, classic.expression);
  }
}

}  // namespace
}  // namespace asof
