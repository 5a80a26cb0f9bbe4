// A disk that fails, is full or loses its power: what was acknowledged is there, whole, and the answer says what
// happened.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "store/decision_chain.h"
#include "store/faulty_test_disk.h"
#include "store/sqlite_writer.h"
#include "store/test_deliveries.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

/// Long enough that SQLite moves its log into the store now and then.
Delivery long_delivery(std::int64_t number) {
  Delivery some = delivery(number);
  Dictionary notes = *some.rows.columns[3].dictionary;
  for (std::string& note : notes) note += std::string(4000, 'x');
  some.rows.columns[3] = texts("note", std::move(notes));
  return some;
}

struct Sent {
  std::set<std::int64_t> acknowledged;
  std::size_t refused = 0;
  std::vector<LogPosition> decisions;  ///< acknowledged
  std::set<std::int64_t> erased;       ///< numbers of deliveries of which a row may be missing
};

/// Deliveries until `end`, and now and then a user is erased. Every failure must be told as Error::kUnavailable.
Sent send(const std::string& store, std::int64_t begin, std::int64_t end) {
  Sent sent;
  const auto attempt = [&](auto&& work) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kUnavailable) << error.what();
      ++sent.refused;
      return false;
    }
  };
  std::unique_ptr<SqliteWriter> writer;
  if (!attempt([&] { writer = open_sqlite_writer(store, no_clock); })) return sent;
  for (std::int64_t number = begin; number < end; ++number) {
    const bool stored =
        attempt([&] { EXPECT_EQ(writer->write(long_delivery(number)).stored, 10u) << "delivery " << number; });
    if (stored) sent.acknowledged.insert(number);
    if (number % 2 == 0) {
      Decision made = decision(number);
      std::optional<LogPosition> position;
      attempt([&] {
        while (!(position = writer->append(made))) ++made.knowledge.erasures;
      });
      if (position) sent.decisions.push_back(*position);
    }
    if (number % 20 == 10) {
      const Delivery earlier = long_delivery(number - 5);
      sent.erased.insert(number - 5);
      attempt([&] { writer->erase(earlier.rows.columns[0].dictionary->front()); });
    }
  }
  return sent;
}

/// The store is sound, has every acknowledged delivery, and no part of any other; and it takes rows again.
void expect_nothing_lost(const std::string& store, const Sent& sent, const std::string& when) {
  std::set<std::int64_t> there;
  {
    const SqliteConnection opened = open_store(store, Access::kWrite);
    ASSERT_EQ(opened.text("PRAGMA integrity_check"), "ok") << when;
    SqliteStatement numbers = opened.prepare("SELECT at, count(*) FROM events GROUP BY at");
    while (numbers.step()) {
      there.insert(numbers.integer(0));
      const std::int64_t least = sent.erased.contains(numbers.integer(0)) ? kRowsPerDelivery - 1 : kRowsPerDelivery;
      ASSERT_GE(numbers.integer(1), least) << when << ": a delivery is stored whole or not at all";
    }
    numbers.reset();
    const ChainCheck chain = check_chain(opened, sent.decisions, [](std::int64_t, const Decision&) {});
    ASSERT_FALSE(chain.fault) << when << ": entry " << chain.fault->sequence << ": " << chain.fault->what;
  }
  for (const std::int64_t number : sent.acknowledged) ASSERT_TRUE(there.contains(number)) << when << ": " << number;
  const auto writer = open_sqlite_writer(store, no_clock);
  ASSERT_EQ(writer->write(delivery(1'000'000)).stored, 10u) << when;
}

long times(const char* variable, long otherwise) {
  const char* wanted = std::getenv(variable);
  return wanted == nullptr ? otherwise : std::atol(wanted);
}

// More of them than in every run: ASOF_POWER_CUTS=1000 asof_store_test --gtest_filter='DiskFaults*'
TEST(DiskFaults, what_was_acknowledged_survives_a_loss_of_power) {
  constexpr std::int64_t kDeliveries = 60;
  long changes = 0;
  std::size_t acknowledged = 0;
  const long cuts = times("ASOF_POWER_CUTS", 100);
  for (long cut = 0; cut <= cuts; ++cut) {
    const TemporaryFolder folder;
    const std::string store = folder / "store.db";
    FaultyDisk disk;
    make_store(store);
    const long before = disk.changes();
    Random random(static_cast<std::uint64_t>(cut));
    const auto last = 1 + static_cast<long>(random.below(static_cast<std::uint64_t>(std::max(changes, 1L))));
    if (cut > 0) disk.fail(last, FaultyDisk::Fault::kError);
    const Sent sent = send(store, 0, kDeliveries);
    if (cut == 0) {
      changes = disk.changes() - before;
      ASSERT_EQ(sent.refused, 0u);
    }
    disk.lose_power(random);
    expect_nothing_lost(store, sent, format("cut {}", cut));
    acknowledged += sent.acknowledged.size();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(acknowledged, static_cast<std::size_t>(cuts)) << "the cuts came too early to prove anything";
}

/// The script is cut short by a fault at each of its changes of the disk in turn.
void expect_nothing_lost_at_any_change(FaultyDisk::Fault fault, bool once) {
  constexpr std::int64_t kDeliveries = 14;
  const long step = times("ASOF_EVERY_FAULT", 0) > 0 ? 1 : 3;
  long changes = 0;
  for (long number = 0; number <= changes; number += step) {
    const TemporaryFolder folder;
    const std::string store = folder / "store.db";
    FaultyDisk disk;
    make_store(store);
    const long before = disk.changes();
    if (number > 0) disk.fail(number, fault, once);
    const Sent sent = send(store, 0, kDeliveries);
    if (number == 0) {
      changes = disk.changes() - before;
      ASSERT_EQ(sent.refused, 0u);
    }
    disk.heal();
    expect_nothing_lost(store, sent, format("fault at change {} of {}", number, changes));
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(changes, 3 * kDeliveries);
}

// At every change and not at every third: ASOF_EVERY_FAULT=1
TEST(DiskFaults, one_failed_change_loses_nothing) {
  expect_nothing_lost_at_any_change(FaultyDisk::Fault::kError, true);
}

TEST(DiskFaults, a_broken_disk_loses_nothing) { expect_nothing_lost_at_any_change(FaultyDisk::Fault::kError, false); }

TEST(DiskFaults, a_full_disk_loses_nothing) { expect_nothing_lost_at_any_change(FaultyDisk::Fault::kFull, false); }

TEST(DiskFaults, rows_are_taken_again_once_there_is_space) {
  const TemporaryFolder folder;
  const std::string store = folder / "store.db";
  make_store(store);
  FaultyDisk disk;
  const auto writer = open_sqlite_writer(store, no_clock);
  EXPECT_EQ(writer->write(long_delivery(1)).stored, 10u);
  disk.fail(1, FaultyDisk::Fault::kFull);
  try {
    writer->write(long_delivery(2));
    FAIL() << "stored on a full disk";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kUnavailable);
    EXPECT_NE(std::string(error.what()).find("free some space on its disk"), std::string::npos) << error.what();
  }
  EXPECT_EQ(open_store(store, Access::kRead).integer("SELECT count(*) FROM events"), 10) << "reads go on";
  disk.heal();
  EXPECT_EQ(writer->write(long_delivery(2)).stored, 10u);
}

}  // namespace
}  // namespace asof
