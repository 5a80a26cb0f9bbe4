// What a feature says of itself, word for word.
#include "features/describe.h"

#include <gtest/gtest.h>

#include "features/sql.h"

namespace asof {
namespace {

const std::vector<Definition> kDefinitions = {
    {"change", "mean(gps.speed over 7d) / (mean(gps.speed over 90d ending 24h before) + late)", {}, "test", 1},
    {"late", "share(events over last 20 rows where hour(timestamp) < 6 and kind in ('pay', 'open'))", {}, "test", 2},
    {"slope", "trend(gps.speed)", {}, "test", 3},
};

SketchedTables tables() {
  SketchedTables sketched = sketch_tables(kDefinitions);
  for (TableSpec& table : sketched.tables) {
    if (table.name == "gps") table.columns["speed"].missing = {"-1"};
    if (table.name == "events") table.known_at = "seen";
  }
  return sketched;
}

TEST(Describe, a_feature_says_how_it_is_made_of_its_parts_and_which_rows_count) {
  const SketchedTables sketched = tables();
  const PlanOptions options;
  const std::string said = describe(kDefinitions[0], {.definitions = kDefinitions,
                                                      .applications = sketched.applications,
                                                      .tables = sketched.tables,
                                                      .options = options});
  EXPECT_EQ(
      said,
      R"(In short: ratio of mean speed of gps rows in the last 7 days to sum of mean speed of gps rows from 91 to 1 day before the application and share of the latest 20 events for which hour of the day is less than 6 and kind is pay or open.
[1] divided by ([2] plus [3])
[1] Mean of the values; missing when there are none.
    Value: `speed` of a row; rows without one are left out.
    Rows: those of `gps` that are the applicant's, with T - 7d <= `time` < T.
    In `speed`, -1 means missing.
[2] Mean of the values; missing when there are none.
    Value: `speed` of a row; rows without one are left out.
    Rows: those of `gps` that are the applicant's, with T - 1d - 90d <= `time` < T - 1d.
    In `speed`, -1 means missing.
[3] The feature `late`: [4].
[4] Share of the rows for which the condition is true; missing when there are no rows.
    Rows: those of `events` that are the applicant's, with `timestamp` < T.
    Of these, only rows that were known at T: `seen` <= T; a row without it counts as known when it happened.
    Condition: (hour(`timestamp`) is less than 6) and (`kind` is one of 'pay', 'open'); where that cannot be decided, it does not hold.
    Of these, the latest 20.
Arithmetic with a missing value is missing.
Arrival unknown: `gps` declares neither `known_at` nor `delay`, so rows that reached the lender after the application may have counted.
Division by zero is missing.
hour: Hour of the day, 0 to 23, in the project's time zone.
)");
}

TEST(Describe, tables_are_sketched_from_what_is_done_with_their_columns) {
  const SketchedTables sketched = tables();
  ASSERT_EQ(sketched.tables.size(), 2U);
  EXPECT_EQ(sketched.tables[0].time, "timestamp");
  EXPECT_EQ(sketched.tables[0].columns.at("kind").type, ColumnType::kText);
  EXPECT_EQ(sketched.tables[1].time, "time");
  EXPECT_EQ(sketched.tables[1].columns.at("speed").type, ColumnType::kReal);
}

TEST(Describe, the_features_of_every_pack_can_be_described) {
  for (const std::string& pack : pack_names()) {
    const std::vector<Definition> definitions =
        expand_families(pack_definitions(pack), [](std::string_view) { return std::vector<std::string>(); });
    const SketchedTables sketched = sketch_tables(definitions);
    const PlanOptions options;
    const FeaturePlan plan(definitions, sketched.applications, sketched.tables, options);
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      EXPECT_FALSE(describe(definitions[i], {.definitions = definitions,
                                             .applications = sketched.applications,
                                             .tables = sketched.tables,
                                             .options = options})
                       .empty());
      const FeatureSql sql = feature_sql(plan, i, options);
      EXPECT_NE(sql.query.empty(), sql.reason.empty()) << definitions[i].name;
    }
  }
}

}  // namespace
}  // namespace asof
