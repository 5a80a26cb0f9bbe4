// Definitions of features as texts: whatever the text, it becomes a plan or is refused with an Error, and a plan can be
// computed for users with and without rows, to the same bits whatever else is computed beside it. Parser, names and
// types, windows, what features share, and every aggregation stand behind this.
#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "asof/error.h"
#include "features/plan.h"
#include "features/row_filter.h"
#include "fuzz/target.h"

namespace asof {
namespace {

constexpr Timestamp kApplicationAt{1'700'000'000'000'000};

TableSpec spec_of(std::string name, TableRole role, const Table& rows) {
  TableSpec spec;
  spec.name = std::move(name);
  spec.role = role;
  spec.entity = "user_id";
  if (role != TableRole::kUndated) spec.time = role == TableRole::kApplications ? "application_at" : "at";
  return with_types(std::move(spec), rows.columns);
}

Column integers(std::string name, ColumnType type, std::vector<std::int64_t> values) {
  return {.name = std::move(name), .type = type, .integers = std::move(values)};
}

Column reals(std::string name, std::vector<double> values) {
  return {.name = std::move(name), .type = ColumnType::kReal, .reals = std::move(values)};
}

Column texts(std::string name, std::vector<std::int32_t> codes) {
  return {.name = std::move(name),
          .type = ColumnType::kText,
          .codes = std::move(codes),
          .dictionary = std::make_shared<const Dictionary>(Dictionary{"open", "pay", "close"})};
}

std::vector<std::int64_t> minutes_before(std::vector<std::int64_t> minutes) {
  for (std::int64_t& value : minutes) value = kApplicationAt.microseconds - value * kMinute.microseconds;
  return minutes;
}

/// One user with five rows of every kind of value, missing ones among them.
Table event_rows() {
  return {.name = "events",
          .columns = {integers("user_id", ColumnType::kInteger, {1, 1, 1, 1, 1}),
                      integers("at", ColumnType::kTime, minutes_before({90'000, 3'000, 2'990, 10, 10})),
                      texts("action", {0, 1, 0, 1, kMissingCode}), texts("session_id", {0, 1, 1, 2, kMissingCode}),
                      reals("value", {1.5, -2.0, kMissing, 1e300, 0.0}),
                      integers("count", ColumnType::kInteger, {3, 1, 4, 1, kMissingInteger}),
                      reals("latitude", {-1.28, -1.3, 91.0, -1.28, 90.0}),
                      reals("longitude", {36.8, 36.9, 10.0, 36.8, 720.0})},
          .rows = 5};
}

Table client_rows() {
  return {.name = "clients",
          .columns = {integers("user_id", ColumnType::kInteger, {1}), reals("credit_limit", {500.0}),
                      texts("city", {2}), integers("since", ColumnType::kTime, minutes_before({1'000'000}))},
          .rows = 1};
}

Table application_rows() {
  return {.name = "applications",
          .columns = {integers("user_id", ColumnType::kInteger, {1}),
                      integers("application_at", ColumnType::kTime, {kApplicationAt.microseconds}),
                      reals("amount", {120.0})},
          .rows = 1};
}

/// What definitions are read against: the schema, and the rows of user 1. User 2 has none.
struct Lender {
  Table application = application_rows();
  TableSpec applications = spec_of("applications", TableRole::kApplications, application);
  std::vector<TableSpec> tables = {spec_of("events", TableRole::kEvents, event_rows()),
                                   spec_of("clients", TableRole::kUndated, client_rows())};
  TimeZone zone = TimeZone::named("Europe/Berlin");
  EntityIndex users{EntityKey(std::int64_t{1})};
  std::map<std::string, EventLog> logs;

  Lender() {
    logs.emplace("events", event_log(tables[0], event_rows(), users, zone));
    logs.emplace("clients", event_log(tables[1], client_rows(), users, zone));
  }
};

/// The features of user 1 and of user 2, from one workspace or from new ones.
std::vector<double> features_of(const Lender& lender, const FeaturePlan& plan, Workspace* workspace) {
  History with_rows;
  History without_rows;
  for (const TableSpec& table : plan.tables()) {
    const EventLog& log = lender.logs.at(table.name);
    with_rows.push_back({&log, log.rows_of(0)});
    without_rows.push_back({&log, {}});
  }
  const std::size_t count = plan.columns().size();
  std::vector<double> features(2 * count);
  const auto compute = [&](std::int64_t user, const History& history, std::span<double> out) {
    const Application application{EntityKey(user), kApplicationAt, &lender.application};
    if (workspace != nullptr) {
      plan.compute(application, history, *workspace, out);
    } else {
      plan.compute(application, history, out);
    }
  };
  compute(2, without_rows, std::span(features).subspan(count));
  compute(1, with_rows, std::span(features).first(count));
  return features;
}

/// The last feature is one that the definitions can name.
FeaturePlan plan_of(const Lender& lender, std::vector<Definition> definitions) {
  definitions.push_back({"events_7d", "count(events over 7d)", {}, "fuzz", 2});
  return {std::move(definitions), lender.applications, lender.tables, {.zone = lender.zone}};
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (is_missing(a) && is_missing(b));
}

/// Every line is a definition. Those that stand alone are computed alone and together: what they share changes nothing.
void read_definitions(const std::string& text) {
  constexpr std::size_t kDefinitionsMax = 4;
  static const Lender lender;
  std::vector<Definition> definitions;
  std::vector<std::vector<double>> alone;
  std::istringstream lines(text);
  for (std::string line; definitions.size() < kDefinitionsMax && std::getline(lines, line);) {
    const Definition definition{"x" + std::to_string(definitions.size()), line, {}, "fuzz", 1};
    try {
      alone.push_back(features_of(lender, plan_of(lender, {definition}), nullptr));
      definitions.push_back(definition);
    } catch (const Error&) {  // refused, as it should be; everything else is a finding
    }
  }
  if (definitions.empty()) return;
  const FeaturePlan plan = plan_of(lender, definitions);
  const std::size_t count = plan.columns().size();
  Workspace workspace;
  for (int pass = 0; pass < 2; ++pass) {
    const std::vector<double> together = features_of(lender, plan, &workspace);
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      const std::vector<double>& one = alone[i];
      if (same_bits(together[i], one.front()) && same_bits(together[count + i], one[one.size() / 2])) continue;
      throw std::logic_error("`" + definitions[i].expression + "` is another number beside other features");
    }
  }
}

}  // namespace
}  // namespace asof

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  asof::read_definitions(std::string(data, data + size));
  return 0;
}
