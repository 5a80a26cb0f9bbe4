#include "audit/other_rows.h"

#include <algorithm>

#include "base/parallel.h"

namespace asof::audit {
namespace {

constexpr std::size_t kApplicationsPerPiece = 64;

Table rows_named(const EventLog& log, std::span<const std::uint32_t> rows, std::vector<std::int64_t> entities) {
  Table table = take(log.table(), rows);
  table.columns.push_back(
      {.name = log.spec().entity, .type = ColumnType::kInteger, .reals = {}, .integers = std::move(entities)});
  return table;
}

/// The rows of a log were checked when it was built: what left some out then must not look again.
TableSpec already_checked(TableSpec spec) {
  spec.valid_from = spec.valid_to = kNoTime;
  spec.known_at_required = false;
  spec.where.clear();
  return spec;
}

/// 0, 1, 2, ... as entities, numbered so.
EntityIndex index_of_numbers(std::size_t count) {
  Column numbers{.name = "number", .type = ColumnType::kInteger};
  for (std::size_t i = 0; i < count; ++i) numbers.integers.push_back(static_cast<std::int64_t>(i));
  return EntityIndex(numbers);
}

std::vector<std::int64_t>* column_named(Table& table, const std::string& name) {
  const auto place = std::ranges::find(table.columns, name, &Column::name);
  return name.empty() || place == table.columns.end() ? nullptr : &place->integers;
}

/// Every application has rows of its own: those of its entity, none later than just before it.
EventLog drawn_before(const EventLog& log, const Applications& applications) {
  std::vector<std::uint32_t> rows;
  std::vector<std::int64_t> owners;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const RowRange range = log.rows_of(applications.entity[i]);
    for (std::size_t row = range.begin; row < range.end; ++row) {
      rows.push_back(static_cast<std::uint32_t>(row));
      owners.push_back(static_cast<std::int64_t>(i));
    }
  }
  Table table = rows_named(log, rows, owners);
  std::vector<std::int64_t>& times = *column_named(table, log.spec().time);
  for (std::size_t k = 0; k < owners.size(); ++k) {
    const std::int64_t before = applications.times[static_cast<std::size_t>(owners[k])].microseconds - 1;
    times[k] = std::min(times[k], before);
  }
  if (std::vector<std::int64_t>* known = column_named(table, log.spec().known_at)) *known = times;
  TableSpec spec = already_checked(log.spec());
  spec.delay = {};
  spec.id.clear();  // nothing is to be dropped as sent twice
  return EventLog::build(spec, std::move(table), index_of_numbers(applications.size()));
}

/// `history_of(row)` gives what application number `row` is computed from.
template <class HistoryOf>
Matrix compute(const Assembled& assembled, const Options& options, const HistoryOf& history_of) {
  Matrix matrix(assembled.applications.size(), assembled.plan.columns().size());
  parallel_for(matrix.rows, kApplicationsPerPiece, options.threads, [&](std::size_t begin, std::size_t end) {
    Workspace workspace;
    for (std::size_t row = begin; row < end; ++row)
      assembled.plan.compute(assembled.applications.at(row), history_of(row), workspace, matrix.row(row));
  });
  return matrix;
}

}  // namespace

Matrix with_all_rows(const Assembled& assembled, std::size_t table, const Options& options) {
  const EventLog all = drawn_before(assembled.histories.logs[table], assembled.applications);
  return compute(assembled, options, [&](std::size_t row) {
    History history = assembled.histories.of(assembled.applications.entity[row]);
    history[table] = {&all, all.rows_of(static_cast<std::uint32_t>(row))};
    return history;
  });
}

EventLog later(const EventLog& log, Duration delay) {
  std::vector<std::uint32_t> rows;
  std::vector<std::int64_t> owners;
  std::uint32_t entities = 0;
  for (; rows.size() < log.table().rows; ++entities) {
    const RowRange range = log.rows_of(entities);
    for (std::size_t row = range.begin; row < range.end; ++row) {
      rows.push_back(static_cast<std::uint32_t>(row));
      owners.push_back(entities);
    }
  }
  Table table = rows_named(log, rows, std::move(owners));
  TableSpec spec = already_checked(log.spec());
  if (std::vector<std::int64_t>* known = column_named(table, spec.known_at)) {
    const std::vector<std::int64_t>& times = *column_named(table, spec.time);
    for (std::size_t row = 0; row < known->size(); ++row) {
      std::int64_t& at = (*known)[row];
      at = (at == kMissingInteger ? times[row] : at) + delay.microseconds;
    }
  } else {
    spec.delay.microseconds += delay.microseconds;
  }
  return EventLog::build(spec, std::move(table), index_of_numbers(entities));
}

Matrix with_logs(const Assembled& assembled, std::span<const EventLog* const> logs, const Options& options) {
  return compute(assembled, options, [&](std::size_t row) {
    const std::uint32_t entity = assembled.applications.entity[row];
    History history;
    for (const EventLog* log : logs) history.push_back({log, log->rows_of(entity)});
    return history;
  });
}

}  // namespace asof::audit
