// Columns are made at their full length and filled by all threads, each group of users at its own place.
#include "simulate/tables.h"

#include <functional>
#include <string>
#include <utility>

#include "base/parallel.h"
#include "simulate/names.h"

namespace asof::simulation {
namespace {

Column make_column(std::string name, ColumnType type, std::size_t rows) {
  Column column;
  column.name = std::move(name);
  column.type = type;
  if (type == ColumnType::kReal) {
    column.reals.resize(rows);
  } else {
    column.integers.resize(rows);
  }
  return column;
}

Column make_text_column(std::string name, std::shared_ptr<const Dictionary> dictionary, std::size_t rows) {
  Column column;
  column.name = std::move(name);
  column.type = ColumnType::kText;
  column.codes.resize(rows);
  column.dictionary = std::move(dictionary);
  return column;
}

/// A column of one value per entry.
template <class Value>
Column column_of(std::string name, ColumnType type, std::span<const Entry* const> entries, Value value) {
  Column column = make_column(std::move(name), type, entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (type == ColumnType::kReal) {
      column.reals[i] = static_cast<double>(value(*entries[i]));
    } else {
      column.integers[i] = static_cast<std::int64_t>(value(*entries[i]));
    }
  }
  return column;
}

std::int64_t user_id(const Entry& entry) { return static_cast<std::int64_t>(entry.applicant.person.number); }

std::int64_t application_at(const Entry& entry) { return entry.applicant.person.application_at.microseconds; }

std::vector<const Entry*> all_or_some(std::span<const Entry> entries, const std::function<bool(const Entry&)>& wanted) {
  std::vector<const Entry*> chosen;
  for (const Entry& entry : entries)
    if (wanted(entry)) chosen.push_back(&entry);
  return chosen;
}

std::vector<const Entry*> all(std::span<const Entry> entries) {
  return all_or_some(entries, [](const Entry&) { return true; });
}

/// Where each group's rows begin, and last how many rows there are.
template <class Row>
std::vector<std::size_t> offsets_of(std::span<const Rows> groups, std::vector<Row> Rows::*rows) {
  std::vector<std::size_t> offsets = {0};
  for (const Rows& group : groups) offsets.push_back(offsets.back() + (group.*rows).size());
  return offsets;
}

/// Calls `fill(row, index)` for every row of every group.
template <class Row, class Fill>
void fill_all(std::span<const Rows> groups, std::vector<Row> Rows::*rows, int threads, Fill fill) {
  const std::vector<std::size_t> offsets = offsets_of(groups, rows);
  parallel_for(groups.size(), 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t group = begin; group < end; ++group) {
      std::size_t index = offsets[group];
      for (const Row& row : groups[group].*rows) fill(row, index++);
    }
  });
}

std::int32_t code_of(std::uint16_t name) { return name == kNoName ? kMissingCode : name; }

constexpr std::int64_t kSessionsPerUser = 1000;

}  // namespace

Table outcomes_table(std::span<const Entry> entries) {
  const auto chosen = all_or_some(entries, [](const Entry& entry) { return entry.labelled; });
  Table table{"loan_outcomes", {}, chosen.size()};
  table.columns.push_back(column_of("user_id", ColumnType::kInteger, chosen, user_id));
  table.columns.push_back(column_of("application_at", ColumnType::kTime, chosen, application_at));
  table.columns.push_back(column_of("is_repaid", ColumnType::kInteger, chosen, [](const Entry& entry) {
    return entry.outcome_known ? std::int64_t{entry.applicant.repaid} : kMissingInteger;
  }));
  table.columns.push_back(column_of("outcome_known_at", ColumnType::kTime, chosen, [](const Entry& entry) {
    return entry.outcome_known ? entry.applicant.outcome_known_at().microseconds : kMissingInteger;
  }));
  return table;
}

Table to_predict_table(std::span<const Entry> entries) {
  const auto chosen = all_or_some(entries, [](const Entry& entry) { return !entry.labelled; });
  Table table{"applications_to_predict", {}, chosen.size()};
  table.columns.push_back(column_of("user_id", ColumnType::kInteger, chosen, user_id));
  table.columns.push_back(column_of("application_at", ColumnType::kTime, chosen, application_at));
  return table;
}

Table features_table(std::span<const Entry> entries) {
  constexpr bool kIsWhole[] = {false, false, true, false, true, false, false, true, true, true};
  const auto chosen = all(entries);
  Table table{"features", {}, chosen.size()};
  table.columns.push_back(column_of("user_id", ColumnType::kInteger, chosen, user_id));
  for (std::size_t i = 0; i < std::size(kIsWhole); ++i) {
    const std::string name = "feature_" + std::to_string(i + 1);
    if (kIsWhole[i]) {
      table.columns.push_back(column_of(name, ColumnType::kInteger, chosen, [i](const Entry& entry) {
        const double value = entry.attributes[i];
        return is_missing(value) ? kMissingInteger : static_cast<std::int64_t>(value);
      }));
    } else {
      table.columns.push_back(
          column_of(name, ColumnType::kReal, chosen, [i](const Entry& entry) { return entry.attributes[i]; }));
    }
  }
  return table;
}

Table truth_table(std::span<const Entry> entries) {
  const auto chosen = all(entries);
  Table table{"truth", {}, chosen.size()};
  const auto add = [&](std::string name, ColumnType type, auto value) {
    table.columns.push_back(column_of(std::move(name), type, chosen, value));
  };
  add("user_id", ColumnType::kInteger, user_id);
  add("application_at", ColumnType::kTime, application_at);
  add("is_repaid", ColumnType::kInteger, [](const Entry& entry) { return entry.applicant.repaid; });
  add("true_probability", ColumnType::kReal, [](const Entry& entry) { return entry.applicant.true_probability; });
  add("knowable_probability", ColumnType::kReal,
      [](const Entry& entry) { return entry.applicant.knowable_probability; });
  add("engagement", ColumnType::kReal, [](const Entry& entry) { return entry.applicant.person.traits.engagement; });
  add("haste", ColumnType::kReal, [](const Entry& entry) { return entry.applicant.person.traits.haste; });
  add("stability", ColumnType::kReal, [](const Entry& entry) { return entry.applicant.person.traits.stability; });
  add("means", ColumnType::kReal, [](const Entry& entry) { return entry.applicant.person.traits.means; });
  for (std::size_t family = 0; family < kFamilies; ++family)
    add("log_odds_" + std::string(kFamilyNames[family]), ColumnType::kReal,
        [family](const Entry& entry) { return entry.applicant.contributions[family]; });
  return table;
}

Table events_table(std::span<const Rows> groups, bool with_arrival, int threads) {
  const std::size_t rows = offsets_of(groups, &Rows::events).back();
  Column id = make_column("id", ColumnType::kInteger, rows);
  Column user = make_column("user_id", ColumnType::kInteger, rows);
  Column time = make_column("timestamp", ColumnType::kTime, rows);
  Column screen = make_text_column("screen_name", screen_names(), rows);
  Column action = make_text_column("action", action_names(), rows);
  Column session = make_column("session_id", ColumnType::kInteger, rows);
  Column network = make_text_column("network_type", network_names(), rows);
  Column received = make_column("received_at", ColumnType::kTime, with_arrival ? rows : 0);
  fill_all(groups, &Rows::events, threads, [&](const Event& event, std::size_t i) {
    const std::int64_t number = event.id / kIdsPerUser;
    id.integers[i] = event.id;
    user.integers[i] = number;
    time.integers[i] = event.time.microseconds;
    screen.codes[i] = code_of(event.screen);
    action.codes[i] = code_of(event.action);
    session.integers[i] = event.session == kNoSession ? kMissingInteger : number * kSessionsPerUser + event.session;
    network.codes[i] = code_of(event.network);
    if (with_arrival) received.integers[i] = event.received_at.microseconds;
  });
  Table table{"events", {}, rows};
  for (Column* column : {&id, &user, &time, &screen, &action, &session, &network})
    table.columns.push_back(std::move(*column));
  if (with_arrival) table.columns.push_back(std::move(received));
  return table;
}

Table gps_table(std::span<const Rows> groups, bool with_arrival, int threads) {
  const std::size_t rows = offsets_of(groups, &Rows::fixes).back();
  Column id = make_column("id", ColumnType::kInteger, rows);
  Column user = make_column("user_id", ColumnType::kInteger, rows);
  Column time = make_column("time_of_fix", ColumnType::kTime, rows);
  Column accuracy = make_column("accuracy", ColumnType::kReal, rows);
  Column speed = make_column("land_speed", ColumnType::kReal, rows);
  Column provider = make_text_column("location_provider", provider_names(), rows);
  Column latitude = make_column("latitude", ColumnType::kReal, rows);
  Column longitude = make_column("longitude", ColumnType::kReal, rows);
  Column received = make_column("received_at", ColumnType::kTime, with_arrival ? rows : 0);
  fill_all(groups, &Rows::fixes, threads, [&](const Fix& fix, std::size_t i) {
    id.integers[i] = fix.id;
    user.integers[i] = fix.id / kIdsPerUser;
    time.integers[i] = fix.time.microseconds;
    accuracy.reals[i] = fix.accuracy_metres;
    speed.reals[i] = fix.speed;
    provider.codes[i] = code_of(fix.provider);
    latitude.reals[i] = fix.latitude;
    longitude.reals[i] = fix.longitude;
    if (with_arrival) received.integers[i] = fix.received_at.microseconds;
  });
  Table table{"gps", {}, rows};
  for (Column* column : {&id, &user, &time, &accuracy, &speed, &provider, &latitude, &longitude})
    table.columns.push_back(std::move(*column));
  if (with_arrival) table.columns.push_back(std::move(received));
  return table;
}

}  // namespace asof::simulation
