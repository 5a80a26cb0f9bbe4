// A store file keeps what it was given, bit for bit, and gives back what the files would.
#include "store/sqlite_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "asof/error.h"
#include "base/format.h"
#include "base/random.h"
#include "features/row_filter.h"
#include "store/read_test_rows.h"
#include "testing/expect_refused.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::expect_refused;
using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

constexpr Timestamp kFarAway{4'000'000'000'000'000};
const TimeZone kUtc = TimeZone::named("UTC");

/// Values that formats like to change: both zeros, the least and the greatest, what only bits tell apart.
constexpr double kReals[] = {
    0.0, -0.0, 1.0, 3.0, 0.1, -1e300, 5e-324, 1.7976931348623157e308, kMissing, 1e15, -7.5, 9007199254740993.0};
constexpr std::int64_t kIntegers[] = {0, 1, -1, kMissingInteger, kMissingInteger + 1, INT64_MAX, 1LL << 53};
const Dictionary kTexts = {"a", "b", "é", std::string("a\0b", 3), "7", "007", " spaced ", "'; DROP TABLE t; --"};

Column random_column(std::string name, ColumnType type, std::size_t rows, Random& random) {
  Column column{.name = std::move(name), .type = type};
  for (std::size_t row = 0; row < rows; ++row) {
    if (type == ColumnType::kReal) {
      column.reals.push_back(kReals[random.below(std::size(kReals))]);
    } else if (type == ColumnType::kText) {
      column.codes.push_back(static_cast<std::int32_t>(random.below(kTexts.size() + 1)) - 1);
    } else if (type == ColumnType::kBoolean) {
      column.integers.push_back(random.below(3) == 0 ? kMissingInteger : static_cast<std::int64_t>(random.below(2)));
    } else {
      column.integers.push_back(kIntegers[random.below(std::size(kIntegers))]);
    }
  }
  if (type == ColumnType::kText) column.dictionary = std::make_shared<const Dictionary>(kTexts);
  return column;
}

Column small_numbers(std::string name, ColumnType type, std::size_t rows, std::size_t below, Random& random) {
  Column column{.name = std::move(name), .type = type};
  for (std::size_t row = 0; row < rows; ++row)
    column.integers.push_back(static_cast<std::int64_t>(random.below(below)) - 1);
  return column;
}

/// Few values of entity, time and row id, so that every kind of tie and repetition occurs.
Table random_rows(std::size_t rows, Random& random) {
  using enum ColumnType;
  Table table{.name = "t", .columns = {}, .rows = rows};
  table.columns.push_back(small_numbers("who", kInteger, rows, 4, random));
  table.columns.push_back(small_numbers("at", kTime, rows, 4, random));
  table.columns.push_back(small_numbers("id", kInteger, rows, 6, random));
  table.columns.push_back(small_numbers("seen", kTime, rows, 3, random));
  table.columns.push_back(random_column("real", kReal, rows, random));
  table.columns.push_back(random_column("text", kText, rows, random));
  table.columns.push_back(random_column("flag", kBoolean, rows, random));
  table.columns.push_back(random_column("count", kInteger, rows, random));
  return table;
}

TableSpec spec_of(const Table& table, std::string time, std::string id) {
  TableSpec spec{.name = table.name, .entity = "who", .time = std::move(time), .id = std::move(id)};
  for (const Column& column : table.columns) spec.columns[column.name].type = column.type;
  return spec;
}

/// A store file with one table.
class OneTable {
 public:
  explicit OneTable(const TableSpec& spec) : spec_(spec), store_(open_store(folder_ / "store.db", Access::kCreate)) {
    SqliteTransaction transaction(store_);
    create_table(store_, {spec, "UTC"});
    transaction.commit();
  }

  /// As one delivery; what became of each row.
  std::vector<RowOutcome> deliver(const Table& rows, OtherValues other = OtherValues::kKeepBoth) {
    SqliteTransaction transaction(store_);
    RowInserter inserter(store_, {spec_, "UTC"}, other);
    inserter.take(rows);
    std::vector<RowOutcome> outcomes;
    for (std::size_t row = 0; row < rows.rows; ++row) outcomes.push_back(inserter.insert(row, {17}));
    transaction.commit();
    return outcomes;
  }

  std::vector<std::string> read(const EntityKey& who) const {
    return written_out(open_sqlite_store(store_.file(), {served(spec_)}, kUtc)->read(who, kFarAway));
  }

  const SqliteConnection& store() const { return store_; }

 private:
  TemporaryFolder folder_;
  TableSpec spec_;
  SqliteConnection store_;
};

/// What the rows give without a store.
std::vector<std::string> in_memory(const TableSpec& spec, const Table& rows, const EntityKey& who) {
  const EntityIndex entities(who);
  const auto log = std::make_shared<const EventLog>(event_log(spec, rows, entities, kUtc));
  UserRows read;
  read.history.push_back({log.get(), log->rows_of(entities.find(who))});
  return written_out(read);
}

Table shuffled(const Table& table, Random& random) {
  std::vector<std::uint32_t> order(table.rows);
  std::iota(order.begin(), order.end(), 0);
  random.shuffle(std::span(order));
  return take(table, order);
}

void expect_store_gives_the_rows(const std::string& id, const std::string& known_at) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Table rows = random_rows(1 + random.below(80), random);
    TableSpec spec = spec_of(rows, "at", id);
    spec.known_at = known_at;
    OneTable table(spec);
    table.deliver(rows);
    table.deliver(shuffled(rows, random));
    for (std::int64_t who = -1; who <= 3; ++who) ASSERT_EQ(table.read(who), in_memory(spec, rows, who));
  }
}

TEST(SqliteStore, gives_the_rows_of_a_table_with_row_ids_bit_for_bit) {
  expect_store_gives_the_rows("id", "");
  expect_store_gives_the_rows("id", "seen");
}

TEST(SqliteStore, gives_the_rows_of_a_table_without_row_ids_bit_for_bit) { expect_store_gives_the_rows("", ""); }

TEST(SqliteStore, a_second_delivery_of_the_same_rows_stores_nothing) {
  Random random(5);
  const Table rows = random_rows(500, random);
  for (const char* id : {"id", ""}) {
    OneTable table(spec_of(rows, "at", id));
    const std::size_t stored = std::ranges::count(table.deliver(rows), RowOutcome::kStored);
    EXPECT_GT(stored, 100u);
    EXPECT_EQ(table.store().integer("SELECT count(*) FROM t"), static_cast<std::int64_t>(stored));
    EXPECT_EQ(std::ranges::count(table.deliver(shuffled(rows, random)), RowOutcome::kStored), 0);
  }
}

Table numbers(std::vector<std::int64_t> who, std::vector<std::int64_t> at, std::vector<std::int64_t> id,
              std::vector<double> amount) {
  using enum ColumnType;
  Table table{.name = "t", .columns = {}, .rows = who.size()};
  table.columns = {{.name = "who", .type = kInteger, .integers = std::move(who)},
                   {.name = "at", .type = kTime, .integers = std::move(at)},
                   {.name = "id", .type = kInteger, .integers = std::move(id)},
                   {.name = "amount", .type = kReal, .reals = std::move(amount)}};
  return table;
}

TEST(SqliteStore, equal_rows_without_a_row_id_are_as_many_rows) {
  const Table rows = numbers({1, 1, 1}, {5, 5, 5}, {9, 9, 9}, {0.5, 0.5, -0.0});
  OneTable table(spec_of(rows, "at", ""));
  using enum RowOutcome;
  EXPECT_EQ(table.deliver(rows), std::vector({kStored, kStored, kStored}));
  EXPECT_EQ(table.deliver(numbers({1}, {5}, {9}, {0.5})), std::vector({kAlreadyThere}));
  EXPECT_EQ(table.deliver(numbers({1}, {5}, {9}, {0.0})), std::vector({kStored})) << "0 and -0 are not the same bits";
}

TEST(SqliteStore, a_row_id_with_other_values_is_kept_or_refused) {
  const Table rows = numbers({1, 1}, {5, 5}, {9, 8}, {0.0, 0.5});
  OneTable table(spec_of(rows, "at", "id"));
  using enum RowOutcome;
  EXPECT_EQ(table.deliver(rows, OtherValues::kRefuse), std::vector({kStored, kStored}));
  const Table other = numbers({1, 1, 1}, {5, 5, 6}, {9, 8, 8}, {-0.0, 0.5, 0.5});
  EXPECT_EQ(table.deliver(other, OtherValues::kRefuse), std::vector({kOtherThere, kAlreadyThere, kStored}));
  EXPECT_EQ(table.deliver(other, OtherValues::kKeepBoth), std::vector({kStored, kAlreadyThere, kAlreadyThere}));
  EXPECT_EQ(table.deliver(other, OtherValues::kRefuse), std::vector({kAlreadyThere, kAlreadyThere, kAlreadyThere}));
}

TEST(SqliteStore, a_table_without_a_time_has_one_row_of_each) {
  const Table rows = numbers({1, 2}, {5, 5}, {9, 8}, {0.25, 0.5});
  OneTable table(spec_of(rows, "", ""));
  using enum RowOutcome;
  EXPECT_EQ(table.deliver(rows), std::vector({kStored, kStored}));
  EXPECT_EQ(table.deliver(rows), std::vector({kAlreadyThere, kAlreadyThere}));
  EXPECT_EQ(table.deliver(numbers({1}, {5}, {9}, {0.5})), std::vector({kOtherThere}));
}

TEST(SqliteStore, rows_that_nobody_could_read_are_told) {
  constexpr std::int64_t kNone = kMissingInteger;
  const Table rows = numbers({kNone, 1, 1}, {5, kNone, 5}, {9, 8, kNone}, {0, 0, 0});
  OneTable table(spec_of(rows, "at", "id"));
  using enum RowOutcome;
  EXPECT_EQ(table.deliver(rows), std::vector({kWithoutEntity, kWithoutTime, kWithoutRowId}));
}

TEST(SqliteStore, integer_and_text_users_stay_different) {
  using enum ColumnType;
  Table rows{.name = "t", .columns = {}, .rows = 2};
  rows.columns = {{.name = "who",
                   .type = kText,
                   .codes = {0, 1},
                   .dictionary = std::make_shared<const Dictionary>(Dictionary{"7", "007"})},
                  {.name = "at", .type = kTime, .integers = {1, 2}}};
  OneTable table(spec_of(rows, "at", ""));
  table.deliver(rows);
  EXPECT_EQ(table.read(std::string("7")).size(), 2u) << "a header and a row";
  EXPECT_EQ(table.read(std::int64_t{7}).size(), 1u) << "a header alone";
}

TEST(SqliteStore, the_moment_of_storing_is_kept) {
  const Table rows = numbers({1}, {5}, {9}, {0.5});
  OneTable table(spec_of(rows, "at", "id"));
  table.deliver(rows);
  EXPECT_EQ(table.store().integer("SELECT asof_stored_at FROM t"), 17);
}

TEST(SqliteStore, any_tool_can_read_the_file) {
  const Table rows = numbers({1}, {1'700'000'000'000'000}, {9}, {0.5});
  OneTable table(spec_of(rows, "at", "id"));
  table.deliver(rows);
  EXPECT_EQ(table.store().text("SELECT datetime(at / 1000000, 'unixepoch') || ' ' || amount FROM t"),
            "2023-11-14 22:13:20 0.5");
  EXPECT_EQ(table.store().text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(table.store().integer("PRAGMA synchronous"), 2) << "FULL";
  EXPECT_EQ(table.store().text("SELECT group_concat(name) FROM pragma_table_info('t') WHERE pk > 0 ORDER BY pk"),
            "who,at,id,asof_copy");
  EXPECT_EQ(table.store().integer("SELECT wr FROM pragma_table_list('t')"), 1) << "WITHOUT ROWID";
}

TEST(SqliteStore, what_is_no_store_or_too_new_is_refused_with_a_sentence) {
  const TemporaryFolder folder;
  const std::string file = folder / "store.db";
  expect_refused([&] { open_store(file, Access::kRead); }, Error::kNotFound, {file, "asof ingest"});
  {
    const SqliteConnection store = open_store(file, Access::kCreate);
    EXPECT_EQ(store.integer("PRAGMA user_version"), kStoreFormat);
    store.run("PRAGMA user_version = 99");
  }
  for (const Access access : {Access::kRead, Access::kWrite, Access::kCreate})
    expect_refused([&] { open_store(file, access); }, Error::kIncompatible, {file, "format 99", "up to 2"});
  const std::string other = folder / "other.db";
  SqliteConnection(other, Access::kCreate).run("CREATE TABLE theirs (a)");
  expect_refused([&] { open_store(other, Access::kCreate); }, Error::kIncompatible, {other, "not a store"});
  const std::string text = folder.write("text.db", std::string(5000, 'x'));
  expect_refused([&] { open_store(text, Access::kCreate); }, Error::kIncompatible, {text});
}

TEST(SqliteStore, names_that_sqlite_cannot_hold_are_refused) {
  const TemporaryFolder folder;
  const SqliteConnection store = open_store(folder / "store.db", Access::kCreate);
  TableSpec spec = spec_of(numbers({}, {}, {}, {}), "at", "id");
  spec.columns["AMOUNT"].type = ColumnType::kReal;
  expect_refused([&] { create_table(store, {spec, ""}); }, Error::kInvalidInput, {"table t", "amount"});
  spec.columns.erase("AMOUNT");
  spec.columns["asof_copy"].type = ColumnType::kReal;
  expect_refused([&] { create_table(store, {spec, ""}); }, Error::kInvalidInput, {"asof_copy"});
}

TEST(SqliteStore, a_bundle_that_reads_something_else_is_refused_with_a_sentence) {
  const Table rows = numbers({1}, {5}, {9}, {0.5});
  const TableSpec spec = spec_of(rows, "at", "id");
  OneTable table(spec);
  const auto refused = [&](const TableSpec& wanted, const TimeZone& zone, const std::vector<std::string_view>& parts) {
    expect_refused([&] { open_sqlite_store(table.store().file(), {served(wanted)}, zone); }, Error::kIncompatible,
                   parts);
  };
  TableSpec other = spec;
  other.name = "tt";
  refused(other, kUtc, {"no table `tt`", "known: t"});
  other = spec;
  other.columns["amuont"].type = ColumnType::kReal;
  refused(other, kUtc, {"table t", "no column `amuont`", "`amount`"});
  other = spec;
  other.columns["amount"].type = ColumnType::kText;
  refused(other, kUtc, {"table t, column amount", "real", "text"});
  other = spec;
  other.columns["who"].type = ColumnType::kText;
  refused(other, kUtc, {"table t, column who", "integer", "text"});
  other = spec;
  other.id = "";
  refused(other, kUtc, {"table t", "id: `id`", "none"});
  refused(spec, TimeZone::named("Africa/Nairobi"), {"time_zone: `UTC`", "`Africa/Nairobi`"});
}

}  // namespace
}  // namespace asof
