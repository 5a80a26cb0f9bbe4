// Which rows are aggregated, and the list of functions.
#include "tests/oracle/oracle.h"

#include <algorithm>
#include <cmath>

namespace oracle {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;
constexpr std::int64_t kHoursOfDay = 24;

bool has_value(const Row& row, Of of) {
  if (of == Of::kRows) return true;
  if (of == Of::kColumn) {
    if (const double* value = std::get_if<double>(&row.cell)) return !std::isnan(*value);
    return std::holds_alternative<std::string>(row.cell);
  }
  if (!row.latitude || !row.longitude) return false;
  return std::isfinite(*row.longitude) && std::fabs(*row.latitude) <= 90.0;
}

bool was_known(const Row& row, const Question& question) {
  const bool happened = question.boundary_at ? row.time <= question.cutoff : row.time < question.cutoff;
  return happened && (!row.known_at || *row.known_at <= question.cutoff);
}

bool in_window(const Row& row, const Question& question) {
  const std::int64_t end = question.cutoff - question.ending;
  if (question.boundary_at ? row.time > end : row.time >= end) return false;
  return !question.length || row.time >= end - *question.length;
}

template <class Keep>
std::vector<Row> only(const std::vector<Row>& rows, const Keep& keep) {
  std::vector<Row> kept;
  for (const Row& row : rows) {
    if (keep(row)) kept.push_back(row);
  }
  return kept;
}

Function function_named(std::string_view name) {
  for (const auto find : {number_function_named, value_function_named, time_function_named, place_function_named}) {
    if (const Function function = find(name)) return function;
  }
  return nullptr;
}

}  // namespace

Window window_of(std::vector<Row> rows, const Question& question, bool where_chooses) {
  rows = only(rows, [&](const Row& row) { return was_known(row, question); });
  if (where_chooses) rows = only(rows, [](const Row& row) { return row.holds; });
  rows = only(rows, [&](const Row& row) { return in_window(row, question); });
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.time != b.time ? a.time < b.time : a.id < b.id; });
  if (question.last_rows) {
    while (rows.size() > *question.last_rows) rows.erase(rows.begin());
  }
  rows = only(rows, [&](const Row& row) { return has_value(row, question.of); });
  return {rows, question, question.cutoff - question.ending};
}

std::optional<Answer> answer(std::string_view aggregation, const std::vector<Row>& rows, const Question& question) {
  const Function function = function_named(aggregation);
  if (function == nullptr) return std::nullopt;
  Answer answer = function(window_of(rows, question, aggregation != "share"));
  if (const double* value = std::get_if<double>(&answer.cell); value != nullptr && !std::isfinite(*value)) {
    return missing();
  }
  return answer;
}

Answer missing() { return {.cell = std::monostate(), .exact = true}; }

Answer counted(std::size_t count) { return {.cell = static_cast<double>(count), .exact = true}; }

Answer rounded(long double value, long double noise) {
  return {.cell = static_cast<double>(value), .noise = static_cast<double>(noise)};
}

long double number(const Row& row) { return std::get<double>(row.cell); }

std::int64_t local_hour(const Window& window, std::int64_t time) {
  const std::int64_t local = time + window.question.clock_ahead;
  std::int64_t hour = local / kHour;
  if (local % kHour < 0) --hour;
  return ((hour % kHoursOfDay) + kHoursOfDay) % kHoursOfDay;
}

}  // namespace oracle
