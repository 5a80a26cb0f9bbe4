// For tests: a store with one table, and rows and decisions to send to it. A delivery is stored whole when ten rows
// have its number as their time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/format.h"
#include "store/decision_log.h"
#include "store/row_writer.h"
#include "store/sqlite_format.h"

namespace asof {

inline constexpr std::int64_t kRowsPerDelivery = 10;

inline Timestamp no_clock() { return {1}; }

inline void make_store(const std::filesystem::path& file) {
  const SqliteConnection store = open_store(file, SqliteConnection::Access::kCreate);
  SqliteTransaction transaction(store);
  TableSpec spec{.name = "events", .entity = "who", .time = "at", .id = "id"};
  spec.columns = {{"who", {.type = ColumnType::kText}},
                  {"at", {.type = ColumnType::kTime}},
                  {"id", {.type = ColumnType::kInteger}},
                  {"note", {.type = ColumnType::kText}}};
  create_table(store, {spec, "UTC"});
  transaction.commit();
}

inline Column texts(std::string name, Dictionary values) {
  Column column{.name = std::move(name), .type = ColumnType::kText};
  for (std::size_t row = 0; row < values.size(); ++row) column.codes.push_back(static_cast<std::int32_t>(row));
  column.dictionary = std::make_shared<const Dictionary>(std::move(values));
  return column;
}

/// Rows number*10 ... number*10 + 9, of several users.
inline Delivery delivery(std::int64_t number) {
  Dictionary who;
  Dictionary notes;
  Column at{.name = "at", .type = ColumnType::kTime};
  Column id{.name = "id", .type = ColumnType::kInteger};
  for (std::int64_t row = 0; row < kRowsPerDelivery; ++row) {
    who.push_back(format("user-{}", (number * 31 + row * 7) % 101) + std::string(static_cast<std::size_t>(row), '.'));
    at.integers.push_back(number);
    id.integers.push_back(number * kRowsPerDelivery + row);
    notes.push_back(format("note {} {}", number, row));
  }
  Table rows{.name = "events", .columns = {}, .rows = kRowsPerDelivery};
  rows.columns = {texts("who", std::move(who)), std::move(at), std::move(id), texts("note", std::move(notes))};
  return {.table = "events", .rows = std::move(rows)};
}

/// Its fields are those of its number.
inline Decision decision(std::int64_t number) {
  return {.decided_at = {1'700'000'000'000'000 + number},
          .knowledge = {{number}, 0},
          .bundle = "lender",
          .version = "498394ccafa616d1",
          .prior_repaid = number % 3 == 0 ? std::optional(0.9) : std::nullopt,
          .user = number % 2 == 0 ? EntityKey(number % 5) : EntityKey(format("person-{}-to-forget", number % 5)),
          .request_id = format("request-{}-to-forget", number),
          .route = "/predict",
          .application_at = {1'600'000'000'000'001 + number},
          .request = Json::Object{{"user_id", number}, {"application", Json::Object{{"amount", 0.1}}}},
          .probability = 1.0 / static_cast<double>(number + 3),
          .band = "A",
          .rows_used = {{"gps", static_cast<std::size_t>(number)}, {"events", 0}}};
}

}  // namespace asof
