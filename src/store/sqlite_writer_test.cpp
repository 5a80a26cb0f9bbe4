// What was acknowledged is there, whatever happens; what was erased is nowhere.
#include "store/sqlite_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "store/commit_queue.h"
#include "store/erase.h"
#include "store/killed_test_program.h"
#include "store/sqlite_format.h"
#include "store/test_deliveries.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

TEST(SqliteWriter, deliveries_of_many_threads_are_all_stored) {
  const TemporaryFolder folder;
  make_store(folder / "store.db");
  const auto writer = open_sqlite_writer(folder / "store.db", no_clock);
  std::vector<std::thread> threads;
  for (std::int64_t thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t i = 0; i < 20; ++i) EXPECT_EQ(writer->write(delivery(thread * 100 + i)).stored, 10u);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(writer->write(delivery(3)).already_there, 10u);
  EXPECT_EQ(open_store(folder / "store.db", Access::kRead).integer("SELECT count(*) FROM events"), 1200);
}

TEST(SqliteWriter, nothing_of_a_delivery_with_a_rejected_row_is_stored_unless_partial) {
  const TemporaryFolder folder;
  make_store(folder / "store.db");
  const auto writer = open_sqlite_writer(folder / "store.db", no_clock);
  Delivery first = delivery(1);
  first.rows.columns[2].integers[4] = kMissingInteger;
  const auto rows = [&] {
    return open_store(folder / "store.db", Access::kRead).integer("SELECT count(*) FROM events");
  };
  Delivered result = writer->write(first);
  EXPECT_EQ(result.stored, 0u);
  ASSERT_EQ(result.rejected.size(), 1u);
  EXPECT_EQ(result.rejected[0].row, 4u);
  EXPECT_EQ(result.rejected[0].column, "id");
  EXPECT_EQ(rows(), 0);
  first.partial = true;
  result = writer->write(first);
  EXPECT_EQ(result.stored, 9u);
  EXPECT_EQ(rows(), 9);
}

TEST(CommitQueue, what_one_undoes_the_others_keep) {
  const TemporaryFolder folder;
  make_store(folder / "store.db");
  CommitQueue queue(open_store(folder / "store.db", Access::kWrite));
  const auto add = [](int id) { return format("INSERT INTO events VALUES ('a', 1, {}, 0, 0, NULL)", id); };
  std::vector<std::thread> threads;
  std::atomic<int> thrown{0};
  for (int i = 0; i < 30; ++i) {
    threads.emplace_back([&, i] {
      try {
        queue.commit([&](const SqliteConnection& store) {
          store.run(add(i));
          if (i % 3 == 1) throw Error(Error::kInvalidInput, "no");
          return i % 3 == 0;
        });
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), Error::kInvalidInput);
        ++thrown;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(thrown, 10);
  const SqliteConnection store = open_store(folder / "store.db", Access::kRead);
  EXPECT_EQ(store.integer("SELECT count(*) FROM events"), 10);
  EXPECT_EQ(store.integer("SELECT sum(id % 3) FROM events"), 0);
}

constexpr const char* kWriterFile = "ASOF_TEST_WRITER_FILE";
constexpr const char* kWriterFirst = "ASOF_TEST_WRITER_FIRST";

/// Writes deliveries from several threads for ever.
[[noreturn]] void write_until_killed(const std::string& file, std::int64_t first) {
  const auto writer = open_sqlite_writer(file, no_clock);
  std::atomic<std::int64_t> next{first};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (true) {
        const std::int64_t number = next++;
        if (writer->write(delivery(number)).stored != kRowsPerDelivery) ::_exit(1);
        if (::write(kAcknowledged, &number, sizeof number) != sizeof number) ::_exit(2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(3);
}

// More kills than in every run: ASOF_KILLS=300 asof_store_test --gtest_filter='*kill*'
TEST(SqliteWriter, what_was_acknowledged_before_a_kill_is_there_whole) {
  if (const char* as_writer = std::getenv(kWriterFile)) {
    write_until_killed(as_writer, std::strtoll(std::getenv(kWriterFirst), nullptr, 10));
  }
  const TemporaryFolder folder;
  const std::string file = folder / "store.db";
  make_store(file);
  const int kills = kills_wanted(20);
  Random random(static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
  std::set<std::int64_t> acknowledged;
  for (std::int64_t kill = 0; kill < kills; ++kill) {
    const KilledProgram killed{.filter = "SqliteWriter.what_was_acknowledged*",
                               .environment = {{kWriterFile, file}, {kWriterFirst, std::to_string(kill * 1'000'000)}},
                               .life = std::chrono::milliseconds(5 + random.below(150)),
                               .from_start = kill % 4 == 3};
    for (const std::int64_t number : told_before_kill<std::int64_t>(killed))
      EXPECT_TRUE(acknowledged.insert(number).second);
    const SqliteConnection store = open_store(file, Access::kRead);
    ASSERT_EQ(store.text("PRAGMA integrity_check"), "ok") << "kill " << kill;
    ASSERT_EQ(store.integer("SELECT count(*) FROM (SELECT 1 FROM events GROUP BY at HAVING count(*) != 10)"), 0)
        << "a delivery is stored whole or not at all";
    std::set<std::int64_t> there;
    SqliteStatement numbers = store.prepare("SELECT DISTINCT at FROM events");
    while (numbers.step()) there.insert(numbers.integer(0));
    for (const std::int64_t number : acknowledged) ASSERT_TRUE(there.contains(number)) << "delivery " << number;
  }
  EXPECT_GT(acknowledged.size(), static_cast<std::size_t>(kills)) << "the kills came too early to prove anything";
}

/// How often `text` stands in the files of a store.
std::size_t times_in_files(const std::string& store, std::string_view text) {
  std::size_t times = 0;
  for (const std::string& file : {store, store + "-wal", store + "-journal"}) {
    if (!std::filesystem::exists(file)) continue;
    const std::string bytes = read_file(file);
    for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++times;
  }
  return times;
}

constexpr std::int64_t kPeople = 40;

std::string person(std::int64_t number) { return format("user-{}-to-forget", number * 2 + 1); }

/// A delivery in which one row is of a person to forget, beside rows of others in the file. Some are longer than a
/// page.
Delivery delivery_with_a_secret(std::int64_t number, Random& random) {
  Delivery some = delivery(number);
  Dictionary who = *some.rows.columns[0].dictionary;
  Dictionary notes = *some.rows.columns[3].dictionary;
  for (std::string& note : notes) note += std::string(random.below(200), '.');
  const std::size_t row = random.below(kRowsPerDelivery);
  who[row] = person(number % kPeople);
  notes[row] = format("lives at secret-{}", random.below(1000)) + std::string(random.below(300), 'x');
  if (number % 17 == 0) notes[row] += std::string(9000, 'y') + "secret-end";
  some.rows.columns[0] = texts("who", std::move(who));
  some.rows.columns[3] = texts("note", std::move(notes));
  return some;
}

TEST(Erase, leaves_no_byte_of_the_people_and_every_row_of_others) {
  const TemporaryFolder folder;
  const std::string file = folder / "store.db";
  make_store(file);
  const auto writer = open_sqlite_writer(file, no_clock);
  const SqliteConnection reader = open_store(file, Access::kRead);  // stays open, as in a server
  Random random(3);
  for (std::int64_t number = 0; number < 5 * kPeople; ++number) writer->write(delivery_with_a_secret(number, random));
  EXPECT_GT(times_in_files(file, "to-forget"), 200u);
  for (std::int64_t number = 0; number < kPeople; ++number)
    EXPECT_EQ(writer->erase(person(number)), (Erased{.rows = {{"events", 5}}}));
  EXPECT_EQ(times_in_files(file, "to-forget"), 0u);
  EXPECT_EQ(times_in_files(file, "secret-"), 0u);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM events"), 5 * kPeople * (kRowsPerDelivery - 1));
  EXPECT_EQ(reader.text("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(writer->erase(person(1)), (Erased{.rows = {{"events", 0}}}));
  EXPECT_EQ(writer->erase(std::int64_t{7}), (Erased{.rows = {{"events", 0}}})) << "users are texts here";
  EXPECT_EQ(writer->write(delivery(1000)).stored, 10u) << "and it goes on";
}

TEST(Backup, takes_nothing_over_from_the_file_that_it_replaces) {
  const TemporaryFolder folder;
  make_store(folder / "store.db");
  make_store(folder / "killed.db");
  const auto writer = open_sqlite_writer(folder / "killed.db", no_clock);
  writer->write(delivery(1));
  for (const char* ending : {"", "-wal"})  // as if the writer were killed now
    write_file(folder / (std::string("copy.db") + ending), read_file(folder / (std::string("killed.db") + ending)));
  back_up(open_store(folder / "store.db", Access::kRead), folder / "copy.db");
  EXPECT_EQ(open_store(folder / "copy.db", Access::kRead).integer("SELECT count(*) FROM events"), 0);
}

TEST(Backup, is_a_store_of_one_moment) {
  const TemporaryFolder folder;
  const std::string file = folder / "store.db";
  make_store(file);
  const auto writer = open_sqlite_writer(file, no_clock);
  std::atomic<bool> enough = false;
  std::thread busy([&] {
    for (std::int64_t number = 0; !enough; ++number) writer->write(delivery(number));
  });
  for (int i = 0; i < 5; ++i) {
    const std::string copy = folder / "copy.db";
    back_up(open_store(file, Access::kRead), copy);
    const SqliteConnection store = open_store(copy, Access::kRead);
    EXPECT_EQ(store.text("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(store.integer("SELECT count(*) FROM (SELECT 1 FROM events GROUP BY at HAVING count(*) != 10)"), 0);
    EXPECT_EQ(store.integer("SELECT max(at) + 1 = count(DISTINCT at) FROM events HAVING count(*) > 0"),
              store.integer("SELECT count(*) > 0 FROM events"));
  }
  enough = true;
  busy.join();
}

}  // namespace
}  // namespace asof
