#include "features/row_filter.h"

#include "asof/error.h"
#include "base/format.h"
#include "features/operators.h"
#include "features/plan.h"
#include "features/row_values.h"

namespace asof {

std::vector<bool> rows_excluded(const Table& rows, const TableSpec& spec, const TimeZone& zone) {
  if (spec.where.empty()) return {};
  std::vector<std::string> names;
  for (const Column& column : rows.columns) names.push_back(column.name);
  const Definition definition{"where", spec.where, {}, format("table {}", spec.name), 0};
  const Step step = resolve_row_condition(definition, with_types(spec, rows.columns), std::move(names), zone);

  NamedCodes codes;
  Values holds;
  RowValues(codes).evaluate(step, rows, {.range = {0, rows.rows}, .listed = {}}, {.cutoff = {}, .zone = &zone}, holds);
  std::vector<bool> excluded(rows.rows);
  for (std::size_t row = 0; row < rows.rows; ++row) excluded[row] = !is_true(holds[row]);
  return excluded;
}

void refuse_ambiguous_rows(const EventLog& log) {
  const TableSpec& spec = log.spec();
  for (std::uint32_t entity = 0; spec.role == TableRole::kUndated && entity < log.entities(); ++entity) {
    if (log.rows_of(entity).size() < 2) continue;
    throw Error(
        Error::kInvalidInput,
        format("table {}: an entity has {} rows, but without a time there is no saying which one counts; one row "
               "per {} was expected",
               spec.name, log.rows_of(entity).size(), spec.entity));
  }
}

EventLog event_log(const TableSpec& spec, Table rows, const EntityIndex& entities, const TimeZone& zone, int threads) {
  const std::vector<bool> excluded = rows_excluded(rows, spec, zone);
  EventLog log = EventLog::build(spec, std::move(rows), entities, threads, excluded);
  refuse_ambiguous_rows(log);
  return log;
}

}  // namespace asof
