#include "tables/partitioned_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "base/parallel.h"
#include "testing/show_table.h"

namespace asof {
namespace {

constexpr std::int64_t kEntities = 37;
constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 40;

TableSpec spec() {
  TableSpec spec;
  spec.name = "events";
  spec.entity = "user";
  spec.time = "time";
  spec.id = "id";
  return spec;
}

/// Rows [begin, end) of a table with every type, missing values, ties in time and rows sent twice.
Table rows(std::int64_t begin, std::int64_t end) {
  Table table{.name = "events", .columns = {}, .rows = static_cast<std::size_t>(end - begin)};
  Column user{.name = "user", .type = ColumnType::kInteger};
  Column id{.name = "id", .type = ColumnType::kInteger};
  Column time{.name = "time", .type = ColumnType::kTime};
  Column amount{.name = "amount", .type = ColumnType::kReal};
  Column kind{.name = "kind", .type = ColumnType::kText};
  std::vector<std::string> texts;  // every batch numbers its texts in its own order
  for (std::int64_t i = begin; i < end; ++i) {
    const std::int64_t sent = i % 11 == 0 ? i / 2 : i;
    user.integers.push_back(sent * 7919 % (kEntities + 5));  // some have no application
    id.integers.push_back(sent);
    time.integers.push_back(sent * sent % 101 * 1'000'003);
    amount.reals.push_back(sent % 13 == 0 ? kMissing : 0.1 * static_cast<double>(sent));
    const std::string text = "kind " + std::to_string(sent % 17);
    auto place = std::find(texts.begin(), texts.end(), text);
    if (place == texts.end()) place = texts.insert(texts.end(), text);
    kind.codes.push_back(sent % 5 == 0 ? kMissingCode : static_cast<std::int32_t>(place - texts.begin()));
  }
  kind.dictionary = std::make_shared<const Dictionary>(texts);
  table.columns = {std::move(user), std::move(kind), std::move(time), std::move(id), std::move(amount)};
  return table;
}

EntityIndex entities() {
  Column keys{
      .name = "user", .type = ColumnType::kInteger, .reals = {}, .integers = std::vector<std::int64_t>(kEntities)};
  std::iota(keys.integers.begin(), keys.integers.end(), 0);
  return EntityIndex(keys);
}

struct Batches {
  std::int64_t size = 100;
  int threads = 1;
};

constexpr std::int64_t kRows = 3000;

/// Entity by entity what a log of the partition shows.
std::vector<std::string> shown(const EventLog& log) {
  std::vector<std::string> result;
  for (std::uint32_t entity = 0; entity < log.entities(); ++entity) {
    const RowRange range = log.rows_of(entity);
    std::vector<std::uint32_t> of_entity(range.size());
    std::iota(of_entity.begin(), of_entity.end(), static_cast<std::uint32_t>(range.begin));
    result.push_back(testing::show(take(log.table(), of_entity)));
  }
  return result;
}

std::vector<std::string> in_partitions(const Partitioning& partitioning, std::uint64_t memory, const Batches& batches) {
  RowBudget budget(memory);
  PartitionedRows partitioned("user", partitioning, budget);
  const EntityIndex index = entities();
  parallel_for(kRows, static_cast<std::size_t>(batches.size), batches.threads, [&](std::size_t begin, std::size_t end) {
    const Table batch = rows(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
    LeftOut left_out;
    partitioned.add(batch, entities_of_rows(spec(), batch, index, {}, left_out));
  });
  partitioned.finish();
  std::vector<std::string> all;
  for (std::size_t partition = 0; partition < partitioning.partitions(); ++partition) {
    for (std::string& entity : shown(partitioned.log(partition, spec()))) all.push_back(std::move(entity));
  }
  return all;
}

TEST(PartitionedRows, are_those_of_one_log_of_everything) {
  const std::vector<std::string> expected = shown(EventLog::build(spec(), rows(0, kRows), entities()));
  for (const unsigned bits : {0U, 2U, 6U}) {
    const Partitioning partitioning{.entities = kEntities, .bits = bits};
    EXPECT_EQ(in_partitions(partitioning, kUnlimited, {}), expected) << bits;
    EXPECT_EQ(in_partitions(partitioning, kUnlimited, {.size = 1, .threads = 2}), expected) << bits;
    EXPECT_EQ(in_partitions(partitioning, kUnlimited, {.size = kRows}), expected) << bits;
    EXPECT_EQ(in_partitions(partitioning, 0, {.size = 64, .threads = 2}), expected) << bits << ", all in the file";
    EXPECT_EQ(in_partitions(partitioning, 20'000, {.size = 64}), expected) << bits << ", some in the file";
  }
}

TEST(PartitionedRows, count_texts_over_all_batches) {
  RowBudget budget(kUnlimited);
  PartitionedRows partitioned("user", Partitioning::of(kEntities), budget);
  const EntityIndex index = entities();
  LeftOut left_out;
  for (const auto& batch : {rows(0, 40), rows(40, 90)})
    partitioned.add(batch, entities_of_rows(spec(), batch, index, {}, left_out));
  partitioned.finish();
  const Table all = rows(0, 90);
  std::map<std::string, std::size_t> expected;
  for (std::size_t row = 0; row < all.rows; ++row) {
    if (all.at("user").integers[row] < kEntities && !all.at("kind").missing(row))
      ++expected[std::string(all.at("kind").text(row))];
  }
  std::map<std::string, std::size_t> counted;
  const std::size_t kind = 2;  // of amount, id, kind, time
  const TextCounts& counts = partitioned.text_counts(kind);
  for (std::size_t code = 0; code < counts.texts->size(); ++code)
    if (counts.counts[code] > 0) counted[(*counts.texts)[code]] = counts.counts[code];
  EXPECT_EQ(counted, expected);
  EXPECT_EQ(partitioned.columns().size(), 5U);
}

TEST(Partitioning, covers_every_entity_once) {
  for (const std::size_t count : {0U, 1U, 2U, 37U, 10'111U, 1'000'000U}) {
    for (const Partitioning& partitioning : {Partitioning::of(count), Partitioning::whole(count)}) {
      std::size_t covered = 0;
      for (std::size_t partition = 0; partition < partitioning.partitions(); ++partition) {
        EXPECT_EQ(partitioning.begin(partition), covered);
        covered += partitioning.size(partition);
      }
      EXPECT_EQ(covered, count);
    }
    EXPECT_EQ(Partitioning::whole(count).partitions(), 1U);
  }
}

}  // namespace
}  // namespace asof
