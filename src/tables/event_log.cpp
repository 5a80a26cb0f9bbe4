// Grouping and sorting: a counting sort by entity, then each entity's rows by time and what breaks ties.
#include "tables/event_log.h"

#include <algorithm>
#include <boost/sort/pdqsort/pdqsort.hpp>
#include <cmath>
#include <compare>
#include <numeric>
#include <utility>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"

namespace asof {
namespace {

constexpr std::size_t kEntitiesPerPiece = 256;

/// Missing sorts first; texts sort by their bytes, so that the order does not depend on a dictionary.
std::weak_ordering compare_values(const Column& column, std::size_t a, std::size_t b) {
  switch (column.type) {
    case ColumnType::kReal: {
      const double x = column.reals[a];
      const double y = column.reals[b];
      if (is_missing(x) || is_missing(y)) return is_missing(y) <=> is_missing(x);
      return x < y ? std::weak_ordering::less : y < x ? std::weak_ordering::greater : std::weak_ordering::equivalent;
    }
    case ColumnType::kText: {
      if (column.codes[a] == column.codes[b]) return std::weak_ordering::equivalent;
      if (column.missing(a) || column.missing(b)) return column.missing(b) <=> column.missing(a);
      return column.text(a) <=> column.text(b);
    }
    case ColumnType::kInteger:
    case ColumnType::kBoolean:
    case ColumnType::kTime:
      break;
  }
  return column.integers[a] <=> column.integers[b];
}

/// An application without a row id is told by its entity and time.
bool one_row_per_time(const TableSpec& spec) { return spec.role == TableRole::kApplications && spec.id.empty(); }

/// Decides the order of two rows of one entity.
class RowOrder {
 public:
  RowOrder(const Table& rows, const TableSpec& spec) : one_per_time_(one_row_per_time(spec)) {
    if (!spec.time.empty()) time_ = &rows.at(spec.time);
    if (!spec.id.empty()) id_ = &rows.at(spec.id);
    if (!spec.id.empty() && !spec.known_at.empty()) known_at_ = &rows.at(spec.known_at);
    for (const Column& column : rows.columns) {
      if (column.name == spec.entity || &column == time_ || &column == id_) continue;
      (spec.tells_outcome(column.name) ? outcome_ : rest_).push_back(&column);
    }
    std::ranges::sort(rest_, {}, &Column::name);
    std::ranges::sort(outcome_, {}, &Column::name);
  }

  std::weak_ordering by_time(std::uint32_t a, std::uint32_t b) const {
    if (time_ == nullptr) return std::weak_ordering::equivalent;
    return time_->integers[a] <=> time_->integers[b];
  }

  std::weak_ordering by_id(std::uint32_t a, std::uint32_t b) const {
    return id_ == nullptr ? std::weak_ordering::equivalent : compare_values(*id_, a, b);
  }

  bool operator()(std::uint32_t a, std::uint32_t b) const {
    if (const auto order = by_time(a, b); order != 0) return order < 0;
    if (const auto order = by_id(a, b); order != 0) return order < 0;
    // Of the copies of a row, the one known first comes first and stays: what arrives later changes nothing before.
    if (known_at_ != nullptr && !id_->missing(a)) {
      if (const auto order = known_at_->integers[a] <=> known_at_->integers[b]; order != 0) return order < 0;
    }
    for (const Column* column : rest_) {
      if (const auto order = compare_values(*column, a, b); order != 0) return order < 0;
      if (column->type != ColumnType::kReal) continue;
      // 0 and -0 are equal, but not the same bits: left as they came, a feature would show the order of the source.
      const bool negative = std::signbit(column->reals[a]);
      if (negative != std::signbit(column->reals[b])) return negative;
    }
    // Of the copies of an application the one with an outcome stays; which it is otherwise, no outcome decides.
    for (const Column* column : outcome_) {
      if (const auto order = compare_values(*column, b, a); order != 0) return order < 0;
    }
    return false;
  }

  /// Same time and same row id: the same row, sent twice.
  bool repeats(std::uint32_t a, std::uint32_t b) const {
    if (one_per_time_) return by_time(a, b) == 0;
    return id_ != nullptr && !id_->missing(a) && by_time(a, b) == 0 && by_id(a, b) == 0;
  }

 private:
  const Column* time_ = nullptr;
  const Column* id_ = nullptr;
  const Column* known_at_ = nullptr;
  bool one_per_time_;
  std::vector<const Column*> rest_;
  std::vector<const Column*> outcome_;  // of an application
};

/// The rows of every entity in their order, grouped by `offsets`. First by time alone, which
/// needs no branch; then rows of one time by the rest.
std::vector<std::uint32_t> sorted_rows(const Table& rows, const TableSpec& spec, const RowOrder& before,
                                       std::span<const std::uint32_t> numbers, std::span<const std::size_t> offsets,
                                       int threads) {
  struct Place {
    std::int64_t time;
    std::uint32_t row;
  };
  const std::int64_t* times = spec.time.empty() ? nullptr : rows.at(spec.time).integers.data();
  std::vector<Place> places(offsets.back());
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  for (std::uint32_t row = 0; row < numbers.size(); ++row) {
    if (numbers[row] != kNoEntity) places[next[numbers[row]]++] = {times == nullptr ? 0 : times[row], row};
  }
  std::vector<std::uint32_t> order(places.size());
  const auto earlier = [](const Place& a, const Place& b) { return a.time < b.time; };
  const auto in_order = [&before](const Place& a, const Place& b) { return before(a.row, b.row); };
  parallel_for(offsets.size() - 1, kEntitiesPerPiece, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t entity = begin; entity < end; ++entity) {
      const std::span<Place> group(places.data() + offsets[entity], places.data() + offsets[entity + 1]);
      boost::sort::pdqsort_branchless(group.begin(), group.end(), earlier);
      for (auto first = group.begin(); first != group.end();) {
        const auto last =
            std::find_if(first, group.end(), [&](const Place& place) { return place.time != first->time; });
        if (last - first > 1) std::sort(first, last, in_order);
        first = last;
      }
    }
    for (std::size_t i = offsets[begin]; i < offsets[end]; ++i) order[i] = places[i].row;
  });
  return order;
}

int index_of(const Table& table, std::string_view column) {
  if (column.empty()) return -1;
  const auto place = std::ranges::find(table.columns, column, &Column::name);
  return place == table.columns.end() ? -1 : static_cast<int>(place - table.columns.begin());
}

/// Drops repeated rows from `order` (grouped by `offsets`), and moves the groups together.
std::size_t drop_repeated(const RowOrder& same, std::vector<std::uint32_t>& order, std::vector<std::size_t>& offsets) {
  std::size_t kept = 0;
  for (std::size_t entity = 0; entity + 1 < offsets.size(); ++entity) {
    const std::size_t begin = offsets[entity];
    const std::size_t end = offsets[entity + 1];
    offsets[entity] = kept;
    for (std::size_t i = begin; i < end; ++i) {
      if (i > begin && same.repeats(order[i - 1], order[i])) continue;
      order[kept++] = order[i];
    }
  }
  const std::size_t dropped = order.size() - kept;
  offsets.back() = kept;
  order.resize(kept);
  return dropped;
}

}  // namespace

std::vector<LeftOut::Reason> LeftOut::reasons() const {
  return {{no_entity, "no_entity", "without an entity"},
          {no_time, "no_time", "without a time"},
          {outside_valid, "outside_valid", "outside valid_from and valid_to"},
          {by_where, "by_where", "left out by where:"},
          {never_known, "never_known", "not known yet"},
          {other_entities, "other_entities", "of entities without an application"},
          {repeated_id, "repeated_id", "sent twice"}};
}

std::vector<std::uint32_t> entities_of_rows(const TableSpec& spec, const Table& rows, const EntityIndex& entities,
                                            const std::vector<bool>& excluded, LeftOut& left_out) {
  const Column& entity = rows.at(spec.entity);
  std::vector<std::uint32_t> numbers = entities.numbers(entity, spec.name);
  const Column* time = spec.time.empty() ? nullptr : &rows.at(spec.time);
  if (time != nullptr && time->type != ColumnType::kTime) {
    throw Error(Error::kInvalidInput,
                format("table {}, column {}: times were expected, but the column holds {} values; declare `epoch:` for "
                       "numbers that count seconds, milliseconds or microseconds",
                       spec.name, spec.time, to_string(time->type)));
  }
  const Column* required_arrival = spec.known_at_required ? &rows.at(spec.known_at) : nullptr;
  const bool plain = excluded.empty() && required_arrival == nullptr;
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const std::int64_t at = time == nullptr ? 0 : time->integers[row];
    const bool dated = at != kMissingInteger && (time == nullptr || spec.valid_at({at}));
    if (numbers[row] != kNoEntity && dated && plain) continue;
    std::size_t* reason = nullptr;
    if (entity.missing(row)) {
      reason = &left_out.no_entity;
    } else if (at == kMissingInteger) {
      reason = &left_out.no_time;
    } else if (time != nullptr && !spec.valid_at({at})) {
      reason = &left_out.outside_valid;
    } else if (!excluded.empty() && excluded[row]) {
      reason = &left_out.by_where;
    } else if (required_arrival != nullptr && required_arrival->integers[row] == kMissingInteger) {
      reason = &left_out.never_known;
    } else if (numbers[row] == kNoEntity) {
      reason = &left_out.other_entities;
    }
    if (reason != nullptr) {
      ++*reason;
      numbers[row] = kNoEntity;
    }
  }
  return numbers;
}

EventLog EventLog::build(const TableSpec& spec, Table rows, const EntityIndex& entities, int threads,
                         const std::vector<bool>& excluded) {
  LeftOut left_out;
  const std::vector<std::uint32_t> numbers = entities_of_rows(spec, rows, entities, excluded, left_out);
  EventLog log = build(spec, std::move(rows), numbers, entities.size(), threads);
  left_out.repeated_id = log.left_out_.repeated_id;
  log.left_out_ = left_out;
  return log;
}

EventLog EventLog::build(const TableSpec& spec, Table rows, std::span<const std::uint32_t> numbers,
                         std::size_t entities, int threads) {
  EventLog log;
  log.spec_ = spec;
  std::vector<std::size_t>& offsets = log.offsets_;
  offsets.assign(entities + 1, 0);
  for (const std::uint32_t number : numbers) {
    if (number != kNoEntity) ++offsets[number + 1];
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  const RowOrder before(rows, spec);
  std::vector<std::uint32_t> order = sorted_rows(rows, spec, before, numbers, offsets, threads);
  if (!spec.id.empty() || one_row_per_time(spec)) log.left_out_.repeated_id = drop_repeated(before, order, offsets);

  std::erase_if(rows.columns, [&](const Column& column) { return column.name == spec.entity; });
  std::ranges::sort(rows.columns, {}, &Column::name);
  log.table_ = {.name = rows.name, .columns = std::vector<Column>(rows.columns.size()), .rows = order.size()};
  parallel_for(rows.columns.size(), 1, threads, [&](std::size_t column, std::size_t) {
    log.table_.columns[column] = take(std::exchange(rows.columns[column], {}), order);  // one copy at a time
  });
  log.time_column_ = index_of(log.table_, spec.time);
  log.known_at_column_ = index_of(log.table_, spec.known_at);
  if (log.known_at_column_ < 0 && spec.delay.microseconds > 0) {
    log.arrivals_.assign(log.times().begin(), log.times().end());
    for (std::int64_t& arrival : log.arrivals_) arrival += spec.delay.microseconds;
  }
  return log;
}

RowRange EventLog::rows_of(std::uint32_t entity) const {
  if (entity == kNoEntity || entity + 1 >= offsets_.size()) return {};
  return {offsets_[entity], offsets_[entity + 1]};
}

std::span<const std::int64_t> EventLog::times() const {
  if (time_column_ < 0) return {};
  return table_.columns[static_cast<std::size_t>(time_column_)].integers;
}

std::span<const std::int64_t> EventLog::known_at() const {
  if (known_at_column_ >= 0) return table_.columns[static_cast<std::size_t>(known_at_column_)].integers;
  return arrivals_;
}

}  // namespace asof
