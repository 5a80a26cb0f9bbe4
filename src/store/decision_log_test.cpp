// What was decided stays as it was written, or it is noticed; and who is erased is nowhere in it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "base/random.h"
#include "store/decision_chain.h"
#include "store/erase.h"
#include "store/killed_test_program.h"
#include "store/read_test_rows.h"
#include "store/sqlite_writer.h"
#include "store/tampering.h"
#include "store/test_deliveries.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

struct Checked {
  ChainCheck chain;
  std::map<std::int64_t, Decision> decisions;
};

Checked check(const std::string& file, const std::vector<LogPosition>& noted = {}) {
  Checked checked;
  checked.chain = check_chain(open_store(file, Access::kRead), noted,
                              [&](std::int64_t sequence, const Decision& one) { checked.decisions[sequence] = one; });
  return checked;
}

std::string fault(const Checked& checked) {
  return checked.chain.fault ? format("{}: {}", checked.chain.fault->sequence, checked.chain.fault->what) : "";
}

/// A store with `count` decisions.
struct DecisionLogTest : ::testing::Test {
  TemporaryFolder folder;
  std::string file = folder / "store.db";
  std::unique_ptr<SqliteWriter> writer;

  DecisionLogTest() {
    make_store(file);
    writer = open_sqlite_writer(file, no_clock);
  }

  std::vector<LogPosition> append(std::int64_t count) const {
    std::vector<LogPosition> positions;
    for (std::int64_t number = 0; number < count; ++number)
      positions.push_back(writer->append(decision(number)).value());
    return positions;
  }
};

TEST_F(DecisionLogTest, gives_back_what_was_decided_in_order) {
  const std::vector<LogPosition> positions = append(30);
  const Checked checked = check(file, positions);
  ASSERT_EQ(fault(checked), "");
  EXPECT_EQ(checked.chain.decisions, 30);
  EXPECT_EQ(checked.chain.head, positions.back());
  ASSERT_EQ(checked.decisions.size(), 30u);
  for (std::int64_t number = 0; number < 30; ++number) {
    const Decision expected = decision(number);
    const Decision& found = checked.decisions.at(number + 1);
    EXPECT_EQ(found.decided_at, expected.decided_at);
    EXPECT_EQ(found.knowledge, expected.knowledge);
    EXPECT_EQ(found.prior_repaid, expected.prior_repaid);
    EXPECT_EQ(found.user, expected.user);
    EXPECT_EQ(found.request_id, expected.request_id);
    EXPECT_EQ(found.application_at, expected.application_at);
    EXPECT_EQ(found.request, expected.request);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(found.probability), std::bit_cast<std::uint64_t>(expected.probability));
    EXPECT_EQ(found.rows_used, expected.rows_used);
  }
}

TEST_F(DecisionLogTest, of_many_threads_has_no_gap_and_no_duplicate) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::map<std::int64_t, std::pair<std::string, std::int64_t>> given;  // by sequence: hash, number
  for (std::int64_t thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t i = 0; i < 40; ++i) {
        const std::int64_t number = thread * 1000 + i;
        if (i % 4 == 0) writer->write(delivery(number));
        const LogPosition position = writer->append(decision(number)).value();
        const std::scoped_lock lock(mutex);
        EXPECT_TRUE(given.emplace(position.sequence, std::pair(position.hash, number)).second);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<LogPosition> noted;
  for (const auto& [sequence, what] : given) noted.push_back({sequence, what.first});
  const Checked checked = check(file, noted);
  EXPECT_EQ(fault(checked), "");
  ASSERT_EQ(checked.decisions.size(), 240u);
  for (const auto& [sequence, what] : given)
    EXPECT_EQ(checked.decisions.at(sequence).request_id, decision(what.second).request_id);
}

TEST_F(DecisionLogTest, any_change_of_it_is_noticed) {
  append(12);
  writer->erase(std::int64_t{4});
  std::size_t tried = 0;
  for (const Tampering& kind : tamper_with_log(open_store(file, Access::kWrite))) {
    EXPECT_EQ(kind.noticed, kind.tried) << kind.what;
    EXPECT_GT(kind.tried, 0u) << kind.what;
    tried += kind.tried;
  }
  EXPECT_GT(tried, 4000u);
  EXPECT_EQ(fault(check(file)), "") << "and every change was undone";
}

/// Who writes the whole chain anew is found out by whoever has noted a position of it.
TEST_F(DecisionLogTest, a_chain_written_anew_does_not_have_the_noted_positions) {
  const std::vector<LogPosition> noted = append(5);
  const SqliteConnection store = open_store(file, Access::kWrite);
  store.run("DELETE FROM asof_decisions; UPDATE asof_state SET entries = 0, head = zeroblob(32)");
  EXPECT_EQ(fault(check(file)), "");
  EXPECT_NE(fault(check(file, noted)).find("was noted"), std::string::npos);
  append(7);
  EXPECT_EQ(fault(check(file)), "");
  EXPECT_NE(fault(check(file, {noted[2]})).find("3: its hash is"), std::string::npos);
}

/// How often `text` stands in the files of a store.
std::size_t times_in_files(const std::string& store, std::string_view text) {
  std::size_t times = 0;
  for (const std::string& name : {store, store + "-wal", store + "-journal"}) {
    if (!std::filesystem::exists(name)) continue;
    const std::string bytes = read_file(name);
    for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++times;
  }
  return times;
}

TEST_F(DecisionLogTest, an_erased_person_leaves_no_byte_and_an_unbroken_chain) {
  const std::vector<LogPosition> noted = append(300);
  EXPECT_GT(times_in_files(file, "to-forget"), 300u);
  EXPECT_EQ(writer->erase(std::string("nobody")).decisions, 0u);
  std::size_t erased = 0;
  for (std::int64_t number = 0; number < 10; ++number) erased += writer->erase(decision(number).user).decisions;
  EXPECT_EQ(erased, 300u);
  EXPECT_EQ(times_in_files(file, "to-forget"), 0u);
  const Checked checked = check(file, noted);
  EXPECT_EQ(fault(checked), "");
  EXPECT_EQ(checked.chain.erased, 300);
  EXPECT_EQ(checked.chain.erasures, 10);
  EXPECT_TRUE(checked.decisions.empty());
}

TEST_F(DecisionLogTest, a_decision_on_rows_that_were_erased_since_is_not_logged) {
  append(3);
  const Decision before = decision(3);
  const Decision of_another = decision(4);
  ASSERT_NE(before.user, of_another.user);
  writer->erase(before.user);
  EXPECT_FALSE(writer->append(before));
  EXPECT_TRUE(writer->append(of_another));
  Decision again = before;
  again.knowledge.erasures = 1;
  EXPECT_TRUE(writer->append(again));

  erase_user(open_store(file, Access::kWrite), std::string("somebody"), no_clock());
  EXPECT_FALSE(writer->append(of_another)) << "by another program, which does not tell whom";
  EXPECT_FALSE(writer->append(again));
  again.knowledge.erasures = 2;
  EXPECT_TRUE(writer->append(again));
  EXPECT_EQ(fault(check(file)), "");
}

/// The clock stands still, and rows are stored while others are read.
TEST_F(DecisionLogTest, the_rows_of_a_state_are_read_again_whatever_came_after) {
  const TableSpec spec = stored_tables(open_store(file, Access::kRead)).front().spec;
  const auto store = open_sqlite_store(file, {served(spec)}, TimeZone::named("UTC"), {.now = no_clock});
  std::atomic<bool> enough = false;
  std::thread busy([&] {
    for (std::int64_t number = 0; !enough; ++number) writer->write(delivery(number));
  });
  constexpr Timestamp kLate{1'000'000'000};
  std::vector<std::pair<EntityKey, UserRows>> seen;
  for (std::int64_t i = 0; i < 300; ++i) {
    const EntityKey user = *delivery(i % 7).rows.columns[0].dictionary->begin();
    seen.emplace_back(user, store->read(user, kLate));
  }
  enough = true;
  busy.join();
  constexpr std::int64_t kSameUsers = 101 * 10'000;
  for (std::int64_t number = 0; number < 7; ++number) writer->write(delivery(kSameUsers + number));
  for (const auto& [user, rows] : seen) {
    const Knowledge knowledge = rows.knowledge.value();
    ASSERT_EQ(written_out(store->read_as_known(user, kLate, knowledge.known_until)), written_out(rows));
    ASSERT_NE(written_out(store->read(user, kLate)), written_out(rows));
  }
}

// --- a kill ------------------------------------------------------------------------------------------------------

constexpr const char* kDeciderFile = "ASOF_TEST_DECIDER_FILE";

struct Acknowledged {
  std::int64_t sequence = 0;
  std::int64_t number = 0;
  std::array<char, 64> hash{};
};

/// Decides and delivers from several threads for ever.
[[noreturn]] void decide_until_killed(const std::string& file) {
  const auto writer = open_sqlite_writer(file, no_clock);
  std::atomic<std::int64_t> next{::getpid() * std::int64_t{1'000'000}};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (true) {
        Acknowledged told{.number = next++};
        if (told.number % 4 == 0) writer->write(delivery(told.number));
        const LogPosition position = writer->append(decision(told.number)).value();
        told.sequence = position.sequence;
        std::ranges::copy(position.hash, told.hash.begin());
        if (::write(kAcknowledged, &told, sizeof told) != sizeof told) ::_exit(2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(3);
}

// More kills than in every run: ASOF_KILLS=300 asof_store_test --gtest_filter='*kill*'
TEST(DecisionLogKill, what_was_acknowledged_before_a_kill_is_in_an_unbroken_chain) {
  if (const char* as_decider = std::getenv(kDeciderFile)) decide_until_killed(as_decider);
  const TemporaryFolder folder;
  const std::string file = folder / "store.db";
  make_store(file);
  const int kills = kills_wanted(12);
  Random random(static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
  std::vector<LogPosition> noted;
  std::map<std::int64_t, std::int64_t> number_of;
  for (int kill = 0; kill < kills; ++kill) {
    const KilledProgram decider{.filter = "DecisionLogKill.*",
                                .environment = {{kDeciderFile, file}},
                                .life = std::chrono::milliseconds(5 + random.below(150))};
    for (const Acknowledged& one : told_before_kill<Acknowledged>(decider)) {
      noted.push_back({one.sequence, std::string(one.hash.begin(), one.hash.end())});
      number_of[one.sequence] = one.number;
    }
  }
  EXPECT_GT(noted.size(), static_cast<std::size_t>(2 * kills)) << "the kills came too early to prove anything";
  const Checked checked = check(file, noted);
  EXPECT_EQ(fault(checked), "");
  for (const auto& [sequence, number] : number_of)
    ASSERT_EQ(checked.decisions.at(sequence).request_id, decision(number).request_id);
}

}  // namespace
}  // namespace asof
