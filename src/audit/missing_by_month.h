// How much of every column is missing, month by month.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "audit/evidence.h"
#include "base/json.h"

namespace asof::audit {

/// Cells of a column, and how many of them are missing.
struct Cells {
  std::size_t rows = 0;
  std::size_t missing = 0;
};

/// Of one month: by entity or group, because the cells of a person are missing together.
using Month = std::map<std::uint32_t, Cells>;

/// "2024-03" (UTC) and its cells.
using Months = std::map<std::string, Month>;

using VisitColumn = std::function<void(const std::string& column, const Months& months)>;

/// Columns of a table with times, by the month of its rows; without those that tell the outcome of applications, of
/// which the latest are open as a matter of course.
void for_each_column(const EventLog& log, const Applications& applications, const VisitColumn& visit);

/// Features, by the month of the application.
void for_each_feature(const Dataset& data, const VisitColumn& visit);

struct MissingByMonth {
  std::string table;  ///< empty: the features
  std::string column;
  std::map<std::string, Cells> months;
};

/// Of the tables with times, then of the features.
std::vector<MissingByMonth> missing_by_month(const Evidence& evidence);

Json to_json_value(const std::vector<MissingByMonth>& columns);

/// "gps.land_speed  2024-01 12.5 %  2024-02 13.1 %"
std::string to_string(const MissingByMonth& column);

}  // namespace asof::audit
