#include "store/sqlite.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/format.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

struct SqliteTest : ::testing::Test {
  TemporaryFolder folder;
  SqliteConnection store{folder / "store.db", Access::kCreate};

  std::int64_t prepared() const {
    int now = 0, most = 0;
    sqlite3_db_status(store.handle(), SQLITE_DBSTATUS_STMT_USED, &now, &most, 0);
    return now;
  }
};

TEST_F(SqliteTest, a_statement_that_is_prepared_again_has_forgotten_its_parameters_and_its_row) {
  {
    SqliteStatement first = store.prepare("SELECT ?1, 7 UNION ALL SELECT 2, 8 ORDER BY 2");
    first.bind(0, std::int64_t{1});
    ASSERT_TRUE(first.step());
    EXPECT_EQ(first.integer(0), 1);
  }
  SqliteStatement again = store.prepare("SELECT ?1, 7 UNION ALL SELECT 2, 8 ORDER BY 2");
  ASSERT_TRUE(again.step());
  EXPECT_EQ(again.type(0), SQLITE_NULL);
  EXPECT_EQ(again.integer(1), 7);
}

TEST_F(SqliteTest, a_statement_in_use_is_nobody_elses) {
  SqliteStatement one = store.prepare("SELECT 1 UNION ALL SELECT 2");
  ASSERT_TRUE(one.step());
  SqliteStatement other = store.prepare("SELECT 1 UNION ALL SELECT 2");
  ASSERT_TRUE(other.step());
  ASSERT_TRUE(one.step());
  EXPECT_EQ(one.integer(0), 2);
  EXPECT_EQ(other.integer(0), 1);
}

TEST_F(SqliteTest, it_keeps_few_statements_however_many_there_were) {
  const auto run = [&](int number) { store.prepare(format("SELECT {}", number)).run(); };
  for (int number = 0; number < 40; ++number) run(number);
  const std::int64_t before = prepared();
  for (int number = 40; number < 400; ++number) run(number);
  EXPECT_LE(prepared(), before + before / 10);
}

TEST_F(SqliteTest, a_statement_may_outlive_its_connection) {
  std::optional<SqliteConnection> other(std::in_place, folder / "other.db", Access::kCreate);
  SqliteStatement statement = other->prepare("SELECT 3");
  other.reset();
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.integer(0), 3);
}

}  // namespace
}  // namespace asof
