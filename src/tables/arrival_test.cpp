#include "tables/arrival.h"

#include <gtest/gtest.h>

#include <vector>

namespace asof {
namespace {

TableSpec table(const std::string& name, TableRole role) {
  return {.name = name, .role = role, .entity = "user_id", .time = role == TableRole::kUndated ? "" : "at"};
}

TEST(Arrival, is_unknown_of_tables_with_times_that_do_not_say_when_rows_were_had) {
  std::vector<TableSpec> tables = {table("gps", TableRole::kEvents), table("statements", TableRole::kDated),
                                   table("features", TableRole::kUndated), table("loans", TableRole::kApplications)};
  EXPECT_EQ(arrival_unknown(tables),
            "Arrival unknown: `gps`, `statements` declare neither `known_at` nor `delay`, so rows that reached the "
            "lender after the application may have counted");
  tables[0].known_at = "received_at";
  EXPECT_EQ(arrival_unknown(tables),
            "Arrival unknown: `statements` declares neither `known_at` nor `delay`, so rows that reached the lender "
            "after the application may have counted");
  tables[1].delay = kHour;
  EXPECT_EQ(arrival_unknown(tables), "");
}

}  // namespace
}  // namespace asof
