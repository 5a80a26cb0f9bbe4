// Store files that earlier versions wrote are read, and take rows. One file per format in tests/fixtures/stores, each
// of the same rows.
#include <gtest/gtest.h>

#include "store/decision_chain.h"
#include "store/read_test_rows.h"
#include "store/sqlite_format.h"
#include "testing/places.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

const std::filesystem::path kStores = std::filesystem::path(testing::kSourceFolder) / "tests/fixtures/stores";

/// All columns of all tables but the applications.
std::vector<ServedTable> tables_of_store(const std::filesystem::path& file) {
  std::vector<ServedTable> tables;
  for (const StoredTable& table : stored_tables(open_store(file, SqliteConnection::Access::kRead))) {
    if (table.spec.role != TableRole::kApplications) tables.push_back(served(table.spec));
  }
  return tables;
}

TEST(StoreFixture, every_format_is_read_to_the_bit) {
  const std::vector<std::string> expected = {
      "attributes: f real",
      "3fe0000000000000|",
      "events: amount real at time count integer id integer ok boolean screen text",
      "3fb999999999999a|1704085200000000|5|1|1|écran, 1| time 1704085200000000",
      "8000000000000000|1704085200000000|missing|2|missing|home| time 1704085200000000",
      "missing|1706763600000001|-9|3|0|missing| time 1706763600000001",
      "notes: at time text text",
      "1704056400000000|other| time 1704056400000000",
      "1704056400000000|same| time 1704056400000000",
      "1704056400000000|same| time 1704056400000000",
  };
  for (int number = 1; number <= kStoreFormat; ++number) {
    SCOPED_TRACE(number);
    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder / "store.db";
    std::filesystem::copy_file(kStores / format("format-{}.db", number), file);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    const auto store = open_sqlite_store(file, tables_of_store(file), TimeZone::named("Africa/Nairobi"));
    EXPECT_EQ(written_out(store->read(std::string("ann"), {4'000'000'000'000'000})), expected);
    EXPECT_EQ(written_out(store->read(std::string("7"), {4'000'000'000'000'000})).size(), 5u);
  }
}

TEST(StoreFixture, an_earlier_decision_log_is_read_and_still_holds) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path file = folder / "store.db";
  std::filesystem::copy_file(kStores / "format-2.db", file);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::vector<std::string> requests;
  const ChainCheck chain =
      check_chain(open_store(file, SqliteConnection::Access::kRead), {},
                  [&](std::int64_t, const Decision& decision) { requests.push_back(decision.request_id); });
  EXPECT_FALSE(chain.fault) << chain.fault->what;
  EXPECT_EQ(chain.head, (LogPosition{5, "0e5b13637ed1dbe041fcd3d0810279a52c60892203d0c35b453f99e0b178ab70"}));
  EXPECT_EQ(chain.erased, 1);
  EXPECT_EQ(requests, (std::vector<std::string>{"request-0-to-forget", "request-2-to-forget", "request-3-to-forget"}));
}

TEST(StoreFixture, the_knowledge_clock_of_an_older_store_begins_after_its_rows) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path file = folder / "store.db";
  std::filesystem::copy_file(kStores / "format-1.db", file);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  const SqliteConnection store = open_store(file, SqliteConnection::Access::kRead);
  const std::int64_t last = store.integer("SELECT max(asof_stored_at) FROM events");
  EXPECT_GT(last, 0);
  EXPECT_GE(knowledge_of(store).known_until.microseconds, last);
}

}  // namespace
}  // namespace asof
