// Definitions of features as texts: whatever the text, it becomes a plan or is refused with an Error, and a plan can be
// computed for users with and without rows. Parser, names and types, windows and every aggregation stand behind this.
#include <array>
#include <cstdint>
#include <map>
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

void read_definition(const std::string& expression) {
  static const Lender lender;
  try {
    const FeaturePlan plan({{"x", expression, {}, "fuzz", 1}, {"events_7d", "count(events over 7d)", {}, "fuzz", 2}},
                           lender.applications, lender.tables, {.zone = lender.zone});
    History with_rows;
    History without_rows;
    for (const TableSpec& table : plan.tables()) {
      const EventLog& log = lender.logs.at(table.name);
      with_rows.push_back({&log, log.rows_of(0)});
      without_rows.push_back({&log, {}});
    }
    std::array<double, 2> features{};
    plan.compute({EntityKey(std::int64_t{1}), kApplicationAt, &lender.application}, with_rows, features);
    plan.compute({EntityKey(std::int64_t{2}), kApplicationAt, &lender.application}, without_rows, features);
  } catch (const Error&) {  // refused, as it should be; everything else is a finding
  }
}

}  // namespace
}  // namespace asof

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  asof::read_definition(std::string(data, data + size));
  return 0;
}
