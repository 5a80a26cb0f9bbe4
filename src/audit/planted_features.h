// Tables of features for tests: clean ones of any seed, and leaks to plant into them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "audit/check.h"
#include "base/elementary.h"
#include "base/format.h"
#include "base/random.h"

namespace asof::audit::planted {

inline FeatureTableRequest request() {
  FeatureTableRequest request;
  request.entity = "user_id";
  request.time = "application_at";
  request.label = "is_repaid";
  return request;
}

inline Column reals(std::string name) { return {.name = std::move(name), .type = ColumnType::kReal}; }
inline Column integers(std::string name, ColumnType type = ColumnType::kInteger) {
  return {.name = std::move(name), .type = type};
}

/// Applications over two years, every fifth a second one of its person. Income, visits and region say something of the
/// outcome, the others nothing; a tenth of the incomes is missing.
inline Table clean(std::uint64_t seed, std::size_t rows = 400) {
  Random random(seed);
  const auto normal = [&] { return normal_quantile(1e-9 + random.uniform() * (1.0 - 2e-9)); };
  Table table{.name = "features.csv", .columns = {}, .rows = rows};
  Column user = integers("user_id"), at = integers("application_at", ColumnType::kTime), label = integers("is_repaid");
  Column income = reals("income"), visits = integers("visits"), age = integers("age"), ratio = reals("ratio");
  Column registered = integers("registered_at", ColumnType::kTime),
         employed = integers("employed", ColumnType::kBoolean);
  Column region{.name = "region", .type = ColumnType::kText};
  region.dictionary = std::make_shared<Dictionary>(Dictionary{"north", "south", "east", "west"});
  constexpr std::int64_t kBegin = 1'672'531'200'000'000;  // 2023
  for (std::size_t i = 0; i < rows; ++i) {
    const double means = 2.0 * normal();
    const auto seen = static_cast<std::int64_t>(random.below(40));
    const auto where = static_cast<std::int32_t>(random.below(4));
    const double log_odds = 0.4 + 0.5 * means + 0.02 * static_cast<double>(seen - 20) + 0.3 * (where - 1.5);
    user.integers.push_back(static_cast<std::int64_t>(i % 5 == 4 ? i - 1 : i));
    at.integers.push_back(kBegin + static_cast<std::int64_t>(random.uniform() * 730.0 * 86'400e6));
    label.integers.push_back(random.uniform() < sigmoid(log_odds) ? 1 : 0);
    income.reals.push_back(random.uniform() < 0.1 ? kMissing : 1000.0 * portable_exp(means));
    visits.integers.push_back(seen);
    region.codes.push_back(where);
    age.integers.push_back(18 + static_cast<std::int64_t>(random.below(50)));
    ratio.reals.push_back(random.uniform());
    registered.integers.push_back(at.integers.back() - static_cast<std::int64_t>(random.uniform() * 300.0 * 86'400e6));
    employed.integers.push_back(static_cast<std::int64_t>(random.below(2)));
  }
  table.columns = {user, at, label, income, visits, age, ratio, registered, employed, region};
  return table;
}

inline Column& column(Table& table, std::string_view name) {
  return *std::ranges::find(table.columns, name, &Column::name);
}

/// The label with `wrong` of the values turned around.
inline void plant_noisy_label(Table& table, const std::string& name, double wrong) {
  Random random(77);
  Column copy = integers(name);
  for (const std::int64_t good : column(table, "is_repaid").integers)
    copy.integers.push_back(random.uniform() < wrong ? 1 - good : good);
  table.columns.push_back(std::move(copy));
}

/// Known only of who repaid: the amount says nothing, that it is there says all but a tenth.
inline void plant_telling_gap(Table& table) {
  Random random(78);
  Column amount = reals("last_payment");
  for (const std::int64_t good : column(table, "is_repaid").integers)
    amount.reals.push_back((good == 1) == (random.uniform() < 0.95) ? random.uniform() : kMissing);
  table.columns.push_back(std::move(amount));
}

/// The label as words.
inline void plant_status(Table& table) {
  Column status{.name = "status", .type = ColumnType::kText};
  status.dictionary = std::make_shared<Dictionary>(Dictionary{"closed", "in collection"});
  for (const std::int64_t good : column(table, "is_repaid").integers) status.codes.push_back(good == 1 ? 0 : 1);
  table.columns.push_back(std::move(status));
}

/// Of every third row, a time up to a month after the application.
inline void plant_later_time(Table& table) {
  Random random(79);
  Column last = integers("last_login_at", ColumnType::kTime);
  for (std::size_t i = 0; i < table.rows; ++i) {
    const auto days = static_cast<std::int64_t>(random.uniform() * 30.0 * 86'400e6);
    last.integers.push_back(column(table, "application_at").integers[i] + (i % 3 == 0 ? days : -days));
  }
  table.columns.push_back(std::move(last));
}

/// Every twentieth row once more, as another person's, a day later.
inline void plant_twins(Table& table) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < table.rows; ++i) rows.push_back(i);
  for (std::uint32_t i = 0; i < table.rows; i += 20) rows.push_back(i);
  const std::size_t before = table.rows;
  table = take(table, rows);
  for (std::size_t i = before; i < table.rows; ++i) {
    column(table, "user_id").integers[i] += 1'000'000;
    column(table, "application_at").integers[i] += kDay.microseconds;
    column(table, "registered_at").integers[i] += kDay.microseconds;
  }
}

/// A join that found two rows for every tenth application.
inline void plant_repeated_applications(Table& table) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < table.rows; ++i) rows.push_back(i);
  for (std::uint32_t i = 0; i < table.rows; i += 10) rows.push_back(i);
  table = take(table, rows);
}

/// `ratio` is not filled in before 2024.
inline void plant_beginning(Table& table) {
  constexpr std::int64_t kBegins = 1'704'067'200'000'000;
  for (std::size_t i = 0; i < table.rows; ++i) {
    if (column(table, "application_at").integers[i] < kBegins) column(table, "ratio").reals[i] = kMissing;
  }
}

/// What the audit finds in a table.
inline std::vector<Finding> audit(const Table& table, const FeatureTableRequest& how = request()) {
  const FeatureTable features = make_feature_table(how, table);
  return run_checks(Evidence(features, {}));
}

/// One line per warning and alarm.
inline std::string shown(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kOk) continue;
    text += format("{} {} {}.{}: {}\n", to_string(finding.severity), finding.check, finding.table, finding.column,
                   finding.text);
  }
  return text;
}

inline bool has(const std::vector<Finding>& findings, Severity severity, std::string_view check,
                std::string_view column = {}) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.severity == severity && finding.check == check && (column.empty() || finding.column == column);
  });
}

}  // namespace asof::audit::planted
