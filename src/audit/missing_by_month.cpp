#include "audit/missing_by_month.h"

#include <algorithm>
#include <cmath>

#include "audit/finding.h"
#include "base/format.h"

namespace asof::audit {
namespace {

/// "2024-03", in UTC.
std::string month_of(std::int64_t at) { return to_string(Timestamp{at}).substr(0, 7); }

/// The months of rows, each told once.
std::vector<std::string> months_of(std::size_t rows, const auto& time_of) {
  std::map<std::int64_t, std::string> of_day;
  std::vector<std::string> months;
  months.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int64_t day = time_of(row) / kDay.microseconds;
    const auto [place, added] = of_day.try_emplace(day);
    if (added) place->second = month_of(day * kDay.microseconds);
    months.push_back(place->second);
  }
  return months;
}

MissingByMonth summed(const std::string& table, const std::string& column, const Months& months) {
  MissingByMonth sums{table, column, {}};
  for (const auto& [name, month] : months) {
    Cells& sum = sums.months[name];
    for (const auto& [group, cells] : month) {
      sum.rows += cells.rows;
      sum.missing += cells.missing;
    }
  }
  return sums;
}

}  // namespace

void for_each_column(const EventLog& log, const Applications& applications, const VisitColumn& visit) {
  std::vector<std::uint32_t> owner(log.table().rows);
  for (std::uint32_t entity = 0; entity < applications.entities.size(); ++entity) {
    const RowRange range = log.rows_of(entity);
    std::fill_n(owner.begin() + static_cast<std::ptrdiff_t>(range.begin), range.size(), entity);
  }
  const std::vector<std::string> months = months_of(owner.size(), [&](std::size_t row) { return log.times()[row]; });
  for (const Column& column : log.table().columns) {
    if (log.spec().tells_outcome(column.name)) continue;
    Months by_month;
    for (std::size_t row = 0; row < owner.size(); ++row) {
      Cells& cells = by_month[months[row]][owner[row]];
      ++cells.rows;
      cells.missing += column.missing(row) ? 1 : 0;
    }
    visit(column.name, by_month);
  }
}

void for_each_feature(const Dataset& data, const VisitColumn& visit) {
  const std::vector<std::string> months =
      months_of(data.rows(), [&](std::size_t row) { return data.times[row].microseconds; });
  for (std::size_t j = 0; j < data.columns.size(); ++j) {
    Months by_month;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      Cells& cells = by_month[months[row]][data.groups[row]];
      ++cells.rows;
      cells.missing += std::isfinite(data.features.row(row)[j]) ? 0 : 1;
    }
    visit(data.columns[j].name, by_month);
  }
}

std::vector<MissingByMonth> missing_by_month(const Evidence& evidence) {
  std::vector<MissingByMonth> columns;
  const auto add_to = [&columns](const std::string& table) {
    return [&columns, table](const std::string& column, const Months& months) {
      columns.push_back(summed(table, column, months));
    };
  };
  if (evidence.assembled != nullptr) {
    for (const EventLog& log : evidence.assembled->histories.logs) {
      if (!log.times().empty()) for_each_column(log, evidence.assembled->applications, add_to(log.spec().name));
    }
  }
  for_each_feature(evidence.data, add_to(evidence.table == nullptr ? "" : evidence.table->name));
  return columns;
}

Json to_json_value(const std::vector<MissingByMonth>& columns) {
  Json::Array list;
  for (const MissingByMonth& column : columns) {
    Json::Array months;
    for (const auto& [month, cells] : column.months)
      months.push_back(Json::Object{{"month", month}, {"rows", cells.rows}, {"missing", cells.missing}});
    list.push_back(Json::Object{{"table", column.table.empty() ? Json() : Json(column.table)},
                                {"column", column.column},
                                {"months", std::move(months)}});
  }
  return list;
}

std::string to_string(const MissingByMonth& column) {
  std::string line = column.table.empty() ? column.column : format("{}.{}", column.table, column.column);
  for (const auto& [month, cells] : column.months) line += format("  {} {}", month, percent(cells.missing, cells.rows));
  return line;
}

}  // namespace asof::audit
