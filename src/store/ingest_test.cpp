#include "store/ingest.h"

#include <gtest/gtest.h>

#include "testing/expect_refused.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::expect_refused;
using testing::TemporaryFolder;

/// A project of one CSV file.
struct IngestTest : ::testing::Test {
  TemporaryFolder folder;
  Project project{.time_zone = "UTC", .tables = {{.name = "t", .entity = "who", .time = "at", .id = "id"}}};

  IngestedTable run(std::string_view csv) {
    project.tables[0].from = folder.write("t.csv", csv);
    return ingest(project, folder / "store.db", {.now = [] { return Timestamp{23}; }, .progress = {}}).at(0);
  }
};

TEST_F(IngestTest, counts_what_became_of_the_rows) {
  const std::string_view csv =
      "who,at,id,amount\n1,2024-01-01,1,0.5\n1,2024-01-01,1,0.5\n2,2024-01-01,2,\n,2024-01-01,3,1\n2,,4,1\n";
  const IngestedTable first = run(csv);
  EXPECT_EQ(first.stored, 2u);
  EXPECT_EQ(first.already_there, 1u);
  EXPECT_EQ(first.no_entity, 1u);
  EXPECT_EQ(first.no_time, 1u);
  const IngestedTable second = run(csv);
  EXPECT_EQ(second.stored, 0u);
  EXPECT_EQ(second.already_there, 3u);
}

TEST_F(IngestTest, later_files_add_to_it_in_the_types_of_the_first) {
  EXPECT_EQ(run("who,at,id,amount\n1,2024-01-01,1,0.5\n").stored, 1u);
  EXPECT_EQ(run("who,at,id,amount\n1,2024-01-02,2,3\n").stored, 1u) << "3 alone would be an integer";
}

TEST_F(IngestTest, a_table_of_another_shape_is_refused_with_a_sentence) {
  run("who,at,id,amount\n1,2024-01-01,1,0.5\n");
  const auto refused = [&](std::string_view csv, const std::vector<std::string_view>& parts) {
    expect_refused([&] { run(csv); }, Error::kIncompatible, parts);
  };
  refused("who,at,id,amount,more\n1,2024-01-01,1,0.5,1\n", {"table t", "column more"});
  refused("who,at,id\n1,2024-01-01,1\n", {"table t", "column amount"});
  project.tables[0].columns["amount"].type = ColumnType::kText;
  refused("who,at,id,amount\n1,2024-01-01,1,0.5\n", {"table t", "column amount of type real", "text"});
  project.tables[0].columns.clear();
  project.tables[0].id = "";
  refused("who,at,id,amount\n1,2024-01-01,1,0.5\n", {"table t", "id id", "none"});
}

TEST_F(IngestTest, a_row_that_cannot_be_stored_is_named) {
  expect_refused([&] { run("who,at,id\n1,2024-01-01,1\n2,2024-01-01,\n"); }, Error::kInvalidInput,
                 {"t.csv line 3", "`id`", "row id is missing"});
  project.tables[0].time = "";
  project.tables[0].id = "";
  expect_refused([&] { run("who,x\n1,1\n1,2\n"); }, Error::kInvalidInput, {"t.csv line 3", "row of 1"});
}

}  // namespace
}  // namespace asof
