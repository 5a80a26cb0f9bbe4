#include "sources/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "asof/error.h"
#include "base/files.h"
#include "sources/source.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

TEST(Catalog, a_folder_holds_the_files_and_folders_that_can_be_read_as_tables) {
  const fs::path folder = fs::path(::testing::TempDir()) / ("catalog_folder_" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder / "logs");
  for (const char* name : {"empty", "csvs", "_temporary", "marks"}) fs::create_directories(folder / name);
  for (const char* name : {"b.csv", "a.csv.gz", "notes.txt", ".hidden.csv", "_part.csv", "logs/part-1.parquet",
                           "csvs/c.csv", "_temporary/part-1.parquet", "marks/_part.parquet"})
    write_file(folder / name, "x");
  EXPECT_THAT(tables_in_folder(folder), ElementsAre(folder / "a.csv.gz", folder / "b.csv", folder / "logs"));
  EXPECT_THROW(tables_in_folder(folder / "nowhere"), Error);
}

TEST(Catalog, a_database_shows_the_tables_that_its_user_may_read) {
  const auto& server = testing::PostgresServer::shared();
  static_cast<void>(
      server.run_sql("create table catalog_events (user_id bigint, at timestamptz); insert into catalog_events values "
                     "(1, '2024-01-01T00:00:00Z');"
                     "create view catalog_view as select * from catalog_events;"
                     "create table \"Catalog Odd\" (id int);"
                     "create schema catalog_other; create table catalog_other.things (id int);"
                     "create table catalog_secret (id int); revoke all on catalog_secret from public; revoke all on "
                     "catalog_secret from reader;"));
  const std::vector<std::string> owned = tables_in_postgres(server.url("owner"));
  EXPECT_THAT(owned, Contains("catalog_events"));
  EXPECT_THAT(owned, Contains("catalog_view"));
  EXPECT_THAT(owned, Contains("\"Catalog Odd\""));
  EXPECT_THAT(owned, Contains("catalog_other.things"));
  EXPECT_THAT(owned, Not(Contains(HasSubstr("pg_"))));
  EXPECT_THAT(tables_in_postgres(server.url("reader")), Not(Contains("catalog_secret")));

  for (const char* table : {"catalog_events", "catalog_view"}) {
    EXPECT_EQ(read_table({.table = table, .from = "postgres:" + server.url("owner") + "#" + table}).rows, 1U) << table;
  }
}

TEST(Catalog, a_refused_password_is_not_repeated) {
  const auto& server = testing::PostgresServer::shared();
  try {
    tables_in_postgres(server.url_with_password("owner", "wrong-pass"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("wrong-pass")));
  }
}

}  // namespace
}  // namespace asof
