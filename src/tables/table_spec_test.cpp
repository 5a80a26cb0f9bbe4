#include "tables/table_spec.h"

#include <gtest/gtest.h>

#include "asof/error.h"

namespace asof {
namespace {

TableSpec everything_declared() {
  TableSpec spec;
  spec.name = "events";
  spec.role = TableRole::kDated;
  spec.entity = "user_id";
  spec.time = "timestamp";
  spec.id = "id";
  spec.known_at = "received_at";
  spec.delay = Duration{90'000'000};
  spec.valid_from = Timestamp{0};
  spec.valid_to = Timestamp{1'700'000'000'123'456};
  spec.where = "kind != 'test'";
  spec.allow_undated = true;
  spec.outcome = OutcomeSpec{.label = "status",
                             .good = "paid",
                             .indeterminate = {"void", "-1"},
                             .known_at = "known",
                             .performance_window = kDay,
                             .observed_until = Timestamp{1'700'000'000'000'000}};
  spec.columns["speed"] = {.type = ColumnType::kReal, .missing = {"-1", "n/a"}};
  spec.columns["timestamp"] = {.epoch = EpochUnit::kMilliseconds};
  return spec;
}

TEST(TableSpec, a_declaration_comes_back_from_json_as_it_was) {
  const TableSpec spec = everything_declared();
  EXPECT_EQ(table_spec_from_json(to_json_value(spec)), spec);
  EXPECT_EQ(table_spec_from_json(parse_json(to_json(to_json_value(spec)))), spec);
}

TEST(TableSpec, where_the_data_lies_is_not_kept) {
  TableSpec spec = everything_declared();
  spec.from = "postgres:postgresql://user:secret@host/db#events";
  EXPECT_EQ(to_json(to_json_value(spec)).find("secret"), std::string::npos);
  EXPECT_EQ(table_spec_from_json(to_json_value(spec)).from, "");
}

TEST(TableSpec, only_what_was_declared_is_written) {
  TableSpec spec;
  spec.name = "gps";
  spec.entity = "user_id";
  spec.time = "time_of_fix";
  EXPECT_EQ(to_json(to_json_value(spec)), R"({"name":"gps","role":"events","entity":"user_id","time":"time_of_fix"})");
}

TEST(TableSpec, every_role_unit_and_type_has_a_name_that_reads_back) {
  for (const TableRole role : {TableRole::kApplications, TableRole::kEvents, TableRole::kDated, TableRole::kUndated}) {
    EXPECT_EQ(table_role_named(to_string(role)), role);
  }
  for (const EpochUnit unit :
       {EpochUnit::kNone, EpochUnit::kSeconds, EpochUnit::kMilliseconds, EpochUnit::kMicroseconds}) {
    EXPECT_EQ(epoch_unit_named(to_string(unit)), unit);
  }
  for (const ColumnType type :
       {ColumnType::kInteger, ColumnType::kReal, ColumnType::kBoolean, ColumnType::kText, ColumnType::kTime}) {
    EXPECT_EQ(column_type_named(to_string(type)), type);
  }
  EXPECT_FALSE(table_role_named("log"));
}

TEST(TableSpec, what_this_version_does_not_know_is_refused) {
  const char* const kUnknown[] = {
      R"({"name":"a","role":"events","entity":"b","window":1})",
      R"({"name":"a","role":"log","entity":"b"})",
      R"({"name":"a","role":"events","entity":"b","columns":{"c":{"unit":"m"}}})",
      R"({"name":"a","role":"events"})",
      R"({"name":1,"role":"events","entity":"b"})",
  };
  for (const char* json : kUnknown) EXPECT_THROW(table_spec_from_json(parse_json(json)), Error) << json;
}

}  // namespace
}  // namespace asof
