// The rows of one table on their way from a source to features: taken as they come, kept packed, and given back a
// few entities at a time. No more than a budget of them stays in memory; the others wait in a temporary file.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tables/event_log.h"
#include "tables/text_counts.h"

namespace asof {

/// How many bytes of packed rows may stay in memory, over all tables. Safe for concurrent use.
class RowBudget {
 public:
  explicit RowBudget(std::uint64_t bytes) : left_(bytes) {}

  /// Whether there was room for `bytes`, which are then taken.
  bool take(std::size_t bytes);

 private:
  std::atomic<std::uint64_t> left_;
};

/// Entities 0, 1, 2, ... in partitions of consecutive ones: 2^bits of them in each but the last.
struct Partitioning {
  std::size_t entities = 0;
  unsigned bits = 0;

  /// So many that the rows of a partition fit into a processor's cache, as far as one can tell from the entities.
  static Partitioning of(std::size_t entities);
  /// One for all.
  static Partitioning whole(std::size_t entities);

  /// At least one, be it empty.
  std::size_t partitions() const { return entities == 0 ? 1 : (entities + per_partition() - 1) >> bits; }
  std::size_t per_partition() const { return std::size_t{1} << bits; }
  std::size_t begin(std::size_t partition) const { return partition << bits; }
  /// How many entities are in a partition.
  std::size_t size(std::size_t partition) const;

  std::uint32_t partition_of(std::uint32_t entity) const { return entity >> bits; }
};

/// What comes back does not depend on the order or the size of the batches, nor on where the rows waited.
class PartitionedRows {
 public:
  /// Of a table whose entities are in the column `entity`, which is not kept; `budget` outlives this object.
  PartitionedRows(std::string entity, const Partitioning& partitioning, RowBudget& budget);
  ~PartitionedRows();
  PartitionedRows(PartitionedRows&&) noexcept;
  PartitionedRows& operator=(PartitionedRows&&) noexcept;

  /// Takes the rows whose number, as `entities_of_rows` gives it, is not kNoEntity. The columns of every batch have the
  /// same names and types. Safe for concurrent use.
  void add(const Table& batch, std::span<const std::uint32_t> numbers);

  /// Called once, after the last `add`.
  void finish();

  // After `finish`:

  /// The columns of the batches, in order of name, the entity's among them; without values.
  std::vector<Column> columns() const;

  /// The rows of the entities of a partition, which are numbered from 0 there. Safe for concurrent use.
  EventLog log(std::size_t partition, const TableSpec& spec) const;

  /// Of column number `column` of a log's table, over all rows added; of every column but texts, nothing.
  const TextCounts& text_counts(std::size_t column) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace asof
