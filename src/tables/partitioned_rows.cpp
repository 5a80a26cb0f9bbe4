// A batch becomes a block: its rows in order of partition, those of one partition together, column after column. A
// partition is then one stretch of every block.
#include "tables/partitioned_rows.h"

#include <algorithm>
#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>
#include <deque>
#include <mutex>
#include <numeric>
#include <string_view>
#include <utility>

#include "asof/error.h"
#include "base/format.h"
#include "base/temporary_file.h"
#include "tables/packed_rows.h"

namespace asof {
namespace {

/// The texts of a column over all batches, each of which numbers them in its own way.
class SharedTexts {
 public:
  /// The numbers here of a batch's texts. `counts[c]`: how often text c occurs there.
  std::vector<std::int32_t> add(const Dictionary& dictionary, std::span<const std::size_t> counts) {
    const std::scoped_lock lock(mutex_);
    std::vector<std::int32_t> codes(dictionary.size());
    for (std::size_t i = 0; i < dictionary.size(); ++i) {
      auto known = codes_.find(std::string_view(dictionary[i]));
      if (known == codes_.end()) {
        texts_.push_back(dictionary[i]);
        counts_.push_back(0);
        known = codes_.emplace(texts_.back(), static_cast<std::int32_t>(texts_.size() - 1)).first;
      }
      codes[i] = known->second;
      counts_[static_cast<std::size_t>(codes[i])] += counts[i];
    }
    return codes;
  }

  TextCounts take() {
    codes_ = {};
    Dictionary texts;
    texts.reserve(texts_.size());
    for (std::string& text : texts_) texts.push_back(std::move(text));
    texts_ = {};
    return {std::make_shared<const Dictionary>(std::move(texts)), std::move(counts_)};
  }

 private:
  std::mutex mutex_;
  std::deque<std::string> texts_;  // never move, so that `codes_` can look into them
  std::vector<std::size_t> counts_;
  boost::unordered_flat_map<std::string_view, std::int32_t, std::hash<std::string_view>> codes_;
};

/// Rows of a batch that take part, in order of partition: those of partition p are [begins[p], begins[p + 1]).
struct Grouped {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> begins;
};

Grouped group(std::span<const std::uint32_t> numbers, const Partitioning& partitioning) {
  Grouped grouped{.rows = {}, .begins = std::vector<std::uint32_t>(partitioning.partitions() + 1)};
  for (const std::uint32_t number : numbers) {
    if (number != kNoEntity) ++grouped.begins[partitioning.partition_of(number) + 1];
  }
  std::partial_sum(grouped.begins.begin(), grouped.begins.end(), grouped.begins.begin());
  std::vector<std::uint32_t> next(grouped.begins.begin(), grouped.begins.end() - 1);
  grouped.rows.resize(grouped.begins.back());
  for (std::uint32_t row = 0; row < numbers.size(); ++row) {
    if (numbers[row] != kNoEntity) grouped.rows[next[partitioning.partition_of(numbers[row])]++] = row;
  }
  return grouped;
}

struct Block {
  Packing numbers;                    ///< of the entities within their partition
  std::vector<Packing> columns;       ///< in the order of State::columns
  std::size_t row_bytes = 0;          ///< of all of them together
  std::vector<std::uint32_t> begins;  ///< as Grouped::begins
  std::vector<std::byte> bytes;       ///< empty: they are in the file
  std::uint64_t place = 0;            ///< there
};

/// A stretch of a block; in `buffer` when it had to be read.
const std::byte* stretch(const Block& block, const TemporaryFile* file, std::size_t begin, std::size_t end,
                         std::vector<std::byte>& buffer) {
  if (!block.bytes.empty()) return block.bytes.data() + begin * block.row_bytes;
  const std::size_t size = (end - begin) * block.row_bytes;
  buffer.resize(size + kPackedSlack);
  file->read(block.place + begin * block.row_bytes, std::span(buffer).first(size));
  return buffer.data();
}

}  // namespace

bool RowBudget::take(std::size_t bytes) {
  std::uint64_t left = left_.load(std::memory_order_relaxed);
  while (left >= bytes) {
    if (left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed)) return true;
  }
  return false;
}

Partitioning Partitioning::of(std::size_t entities) {
  // About 250 partitions of 10,000 entities, 2,500 of a million: small enough to be sorted in the cache, few enough
  // that a batch has more than a handful of rows in each.
  const double partitions = 2.5 * std::sqrt(static_cast<double>(entities));
  const double per_partition = std::max(1.0, static_cast<double>(entities) / std::max(1.0, partitions));
  return {.entities = entities, .bits = static_cast<unsigned>(std::lround(std::log2(per_partition)))};
}

Partitioning Partitioning::whole(std::size_t entities) {
  return {.entities = entities, .bits = static_cast<unsigned>(std::bit_width(entities))};
}

std::size_t Partitioning::size(std::size_t partition) const {
  return std::min(per_partition(), entities - begin(partition));
}

struct PartitionedRows::State {
  std::string entity;
  Partitioning partitioning;
  RowBudget* budget = nullptr;

  std::mutex mutex;             // of all below while rows are added
  std::vector<Column> columns;  ///< in order of name, the entity's not among them; without values
  std::vector<Column> entity_column;
  std::vector<std::unique_ptr<SharedTexts>> texts;  ///< one per column; null when it is no text
  std::vector<TextCounts> counts;                   ///< what became of them
  std::vector<Block> blocks;
  std::unique_ptr<TemporaryFile> file;

  /// The batch's columns in the order of `columns`; the first batch says which there are.
  std::vector<const Column*> in_order(const Table& batch);
  TemporaryFile& overflow();
};

std::vector<const Column*> PartitionedRows::State::in_order(const Table& batch) {
  const std::scoped_lock lock(mutex);
  if (columns.empty() && entity_column.empty()) {
    for (const Column& column : batch.columns) {
      std::vector<Column>& place = column.name == entity ? entity_column : columns;
      place.push_back({.name = column.name, .type = column.type});
    }
    std::ranges::sort(columns, {}, &Column::name);
    for (const Column& column : columns)
      texts.push_back(column.type == ColumnType::kText ? std::make_unique<SharedTexts>() : nullptr);
  }
  std::vector<const Column*> ordered;
  for (const Column& column : columns) {
    ordered.push_back(&batch.at(column.name));
    if (ordered.back()->type == column.type) continue;
    throw Error(Error::kInternal, format("table {}, column {}: batches hold {} and {} values", batch.name, column.name,
                                         to_string(column.type), to_string(ordered.back()->type)));
  }
  return ordered;
}

TemporaryFile& PartitionedRows::State::overflow() {
  const std::scoped_lock lock(mutex);
  if (!file) file = std::make_unique<TemporaryFile>();
  return *file;
}

PartitionedRows::PartitionedRows(std::string entity, const Partitioning& partitioning, RowBudget& budget)
    : state_(std::make_unique<State>()) {
  state_->entity = std::move(entity);
  state_->partitioning = partitioning;
  state_->budget = &budget;
}

PartitionedRows::~PartitionedRows() = default;
PartitionedRows::PartitionedRows(PartitionedRows&&) noexcept = default;
PartitionedRows& PartitionedRows::operator=(PartitionedRows&&) noexcept = default;

void PartitionedRows::add(const Table& batch, std::span<const std::uint32_t> numbers) {
  State& state = *state_;
  const std::vector<const Column*> columns = state.in_order(batch);
  Grouped grouped = group(numbers, state.partitioning);

  Block block;
  block.numbers = Packing::of_numbers(state.partitioning.per_partition());
  block.row_bytes = block.numbers.width;
  std::vector<std::vector<std::int32_t>> codes(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i]->type == ColumnType::kText) {
      std::vector<std::size_t> counts(columns[i]->dictionary->size());
      for (const std::uint32_t row : grouped.rows) {
        if (const std::int32_t code = columns[i]->codes[row]; code != kMissingCode)
          ++counts[static_cast<std::size_t>(code)];
      }
      codes[i] = state.texts[i]->add(*columns[i]->dictionary, counts);
    }
    const std::size_t texts = codes[i].empty() ? 0 : static_cast<std::size_t>(*std::ranges::max_element(codes[i])) + 1;
    block.columns.push_back(Packing::of(*columns[i], texts));
    block.row_bytes += block.columns.back().width;
  }

  std::vector<std::byte> bytes(grouped.rows.size() * block.row_bytes + kPackedSlack);
  std::byte* out = bytes.data();
  for (std::size_t partition = 0; partition + 1 < grouped.begins.size(); ++partition) {
    const std::size_t begin = grouped.begins[partition];
    const std::span rows(grouped.rows.data() + begin, grouped.begins[partition + 1] - begin);
    block.numbers.pack(numbers, state.partitioning.begin(partition), rows, out);
    out += rows.size() * block.numbers.width;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      block.columns[i].pack(*columns[i], codes[i], rows, out);
      out += rows.size() * block.columns[i].width;
    }
  }
  block.begins = std::move(grouped.begins);
  if (state.budget->take(bytes.size())) {
    block.bytes = std::move(bytes);
  } else {
    block.place = state.overflow().append(std::span(bytes).first(bytes.size() - kPackedSlack));
  }
  const std::scoped_lock lock(state.mutex);
  state.blocks.push_back(std::move(block));
}

void PartitionedRows::finish() {
  for (const auto& texts : state_->texts) state_->counts.push_back(texts ? texts->take() : TextCounts{});
}

std::vector<Column> PartitionedRows::columns() const {
  std::vector<Column> all = state_->columns;
  all.insert(all.end(), state_->entity_column.begin(), state_->entity_column.end());
  std::ranges::sort(all, {}, &Column::name);
  return all;
}

const TextCounts& PartitionedRows::text_counts(std::size_t column) const { return state_->counts[column]; }

EventLog PartitionedRows::log(std::size_t partition, const TableSpec& spec) const {
  const State& state = *state_;
  Table table{.name = spec.name, .columns = state.columns};
  for (const Block& block : state.blocks) table.rows += block.begins[partition + 1] - block.begins[partition];
  std::vector<std::uint32_t> numbers;
  numbers.reserve(table.rows);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    Column& column = table.columns[i];
    if (column.type == ColumnType::kReal) {
      column.reals.reserve(table.rows);
    } else if (column.type == ColumnType::kText) {
      column.codes.reserve(table.rows);
      column.dictionary = state.counts[i].texts;
    } else {
      column.integers.reserve(table.rows);
    }
  }
  std::vector<std::byte> buffer;
  for (const Block& block : state.blocks) {
    const std::size_t count = block.begins[partition + 1] - block.begins[partition];
    const std::byte* in =
        stretch(block, state.file.get(), block.begins[partition], block.begins[partition + 1], buffer);
    block.numbers.unpack(in, count, numbers);
    in += count * block.numbers.width;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      block.columns[i].unpack(in, count, table.columns[i]);
      in += count * block.columns[i].width;
    }
  }
  return EventLog::build(spec, std::move(table), numbers, state.partitioning.size(partition));
}

}  // namespace asof
