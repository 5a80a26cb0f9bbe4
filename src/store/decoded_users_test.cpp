// What is kept of users' rows: never anything else than what reading the file gives.
#include "store/decoded_users.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/format.h"
#include "base/random.h"
#include "store/erase.h"
#include "store/read_test_rows.h"
#include "store/sqlite_format.h"
#include "store/sqlite_writer.h"
#include "store/test_deliveries.h"
#include "store/user_store.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

constexpr Timestamp kLate{1'000'000'000};
constexpr std::uint64_t kSameUsers = 101;  // deliveries so far apart are of the same users

EventLog log_of(const EntityKey& user, std::size_t rows) {
  TableSpec spec{.name = "events", .entity = "user", .time = "at"};
  Table table{.name = "events", .columns = {}, .rows = rows};
  table.columns.push_back({.name = "user", .type = ColumnType::kInteger});
  table.columns.push_back({.name = "at", .type = ColumnType::kTime});
  for (std::size_t row = 0; row < rows; ++row) {
    table.columns[0].integers.push_back(std::get<std::int64_t>(user));
    table.columns[1].integers.push_back(static_cast<std::int64_t>(row));
  }
  return EventLog::build(spec, std::move(table), EntityIndex(user));
}

DecodedUsers::Logs logs_of(std::int64_t user, std::size_t rows = 10) {
  return {std::make_shared<const EventLog>(log_of(user, rows))};
}

TEST(DecodedUsers, gives_what_it_was_given_for_the_same_state) {
  DecodedUsers users(1 << 20);
  const DecodedUsers::Logs logs = logs_of(1);
  users.keep(std::int64_t{1}, {{5}, 0}, logs);
  EXPECT_EQ(users.find(std::int64_t{1}, {{5}, 0}), logs);
  EXPECT_FALSE(users.find(std::string("1"), {{5}, 0}));
  EXPECT_FALSE(users.find(std::int64_t{1}, {{6}, 0})) << "somebody wrote, and did not tell";
  EXPECT_FALSE(users.find(std::int64_t{1}, {{4}, 0}));
  EXPECT_FALSE(users.find(std::int64_t{1}, {{5}, 1})) << "somebody was erased";
}

TEST(DecodedUsers, rows_of_others_change_nothing_as_long_as_every_write_was_told) {
  DecodedUsers users(1 << 20);
  const EntityKey one = std::int64_t{1}, two = std::int64_t{2};
  users.keep(one, {{5}, 0}, logs_of(1));
  users.keep(two, {{5}, 0}, logs_of(2));
  users.wrote({5}, {8}, std::vector{two});
  EXPECT_TRUE(users.find(one, {{8}, 0}));
  EXPECT_FALSE(users.find(two, {{8}, 0}));
  EXPECT_TRUE(users.find(two, {{5}, 0})) << "a reader that still sees the state before";
  EXPECT_FALSE(users.find(one, {{9}, 0})) << "not told yet";
  users.wrote({8}, {9}, std::vector{two});
  EXPECT_TRUE(users.find(one, {{9}, 0}));
  users.wrote({11}, {12}, std::vector{two});
  EXPECT_FALSE(users.find(one, {{12}, 0})) << "from 9 to 11 another program wrote";
}

TEST(DecodedUsers, keeps_those_used_last_within_its_bound) {
  const Knowledge state{{5}, 0};
  const std::size_t of_one = bytes_of(*logs_of(1, 100).front());
  EXPECT_GE(of_one, 100 * 2 * sizeof(std::int64_t));
  DecodedUsers users(4 * of_one);
  for (std::int64_t user = 1; user <= 3; ++user) users.keep(user, state, logs_of(user, 100));
  EXPECT_TRUE(users.find(std::int64_t{1}, state));
  users.keep(std::int64_t{4}, state, logs_of(4, 100));
  EXPECT_TRUE(users.find(std::int64_t{1}, state));
  EXPECT_FALSE(users.find(std::int64_t{2}, state)) << "the one that nobody asked for longest";
  users.keep(std::int64_t{5}, state, logs_of(5, 1000));
  EXPECT_FALSE(users.find(std::int64_t{5}, state)) << "larger than all that may be kept";
  EXPECT_TRUE(users.find(std::int64_t{4}, state));
}

struct KeptTest : ::testing::Test {
  TemporaryFolder folder;
  std::string file = folder / "store.db";
  std::unique_ptr<UserStore> keeping, plain;

  KeptTest() {
    make_store(file);
    const TableSpec spec = stored_tables(open_store(file, Access::kRead)).front().spec;
    keeping =
        open_sqlite_store(file, {served(spec)}, TimeZone::named("UTC"), {.now = no_clock, .cache_memory = 1 << 20});
    plain = open_sqlite_store(file, {served(spec)}, TimeZone::named("UTC"));
  }

  static EntityKey user_of(std::int64_t number) { return *delivery(number).rows.columns[0].dictionary->begin(); }
};

TEST_F(KeptTest, whoever_writes_and_erases_a_read_is_that_of_the_file) {
  const auto other_program = open_sqlite_writer(file, no_clock);
  Random random(9);
  for (int step = 0; step < 4000; ++step) {
    const std::uint64_t what = random.below(200);
    const auto number = static_cast<std::int64_t>(random.below(20) + kSameUsers * random.below(20));
    if (what == 0) {
      other_program->write(delivery(number));
    } else if (what == 1) {
      keeping->writer()->erase(user_of(number));
    } else if (what == 2) {
      erase_user(open_store(file, Access::kWrite), user_of(number), no_clock());
    } else if (what < 40) {
      keeping->writer()->write(delivery(number));
    } else {
      const Timestamp until{static_cast<std::int64_t>(random.below(20 * kSameUsers))};
      ASSERT_EQ(written_out(keeping->read(user_of(number), until)), written_out(plain->read(user_of(number), until)))
          << "step " << step;
    }
  }
}

TEST_F(KeptTest, while_others_write_no_read_lacks_a_row_that_was_acknowledged_before) {
  std::atomic<std::int64_t> acknowledged = -1;
  std::thread busy([&] {
    for (std::int64_t number = 0; number < 300; ++number) {
      keeping->writer()->write(delivery(number));
      acknowledged = number;
    }
  });
  for (std::int64_t last = -1; last < 299;) {
    last = acknowledged;
    if (last < 0) continue;
    const UserRows rows = keeping->read(user_of(last), kLate);
    const auto& times = rows.history.front().log->times();
    EXPECT_TRUE(std::ranges::find(times, last) != times.end()) << last;
  }
  busy.join();
}

}  // namespace
}  // namespace asof
