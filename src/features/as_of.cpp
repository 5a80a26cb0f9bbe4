#include "features/as_of.h"

#include <algorithm>

namespace asof {
namespace {

/// The first row of `range` that is not before `end`: rows are sorted by time.
std::size_t first_not_before(std::span<const std::int64_t> times, RowRange range, Timestamp end, Boundary boundary) {
  const auto begin = times.begin() + static_cast<std::ptrdiff_t>(range.begin);
  const auto last = times.begin() + static_cast<std::ptrdiff_t>(range.end);
  const auto place = boundary == Boundary::kBefore ? std::lower_bound(begin, last, end.microseconds)
                                                   : std::upper_bound(begin, last, end.microseconds);
  return static_cast<std::size_t>(place - times.begin());
}

}  // namespace

Boundary boundary_of(const TableSpec& spec, Boundary boundary) {
  return spec.role == TableRole::kApplications ? Boundary::kBefore : boundary;
}

RowSet known_as_of(const EventLog& log, RowRange range, Timestamp cutoff, Boundary boundary) {
  RowSet known{.range = range, .listed = {}};
  const std::span<const std::int64_t> times = log.times();
  if (times.empty()) return known;
  known.range.end = first_not_before(times, range, cutoff, boundary_of(log.spec(), boundary));

  const std::span<const std::int64_t> known_at = log.known_at();
  if (known_at.empty()) return known;
  const auto arrived = [&](std::size_t row) {
    return known_at[row] <= cutoff.microseconds;
  };  // missing is the least value
  std::size_t row = known.range.begin;
  while (row < known.range.end && arrived(row)) ++row;
  if (row == known.range.end) return known;

  known.is_listed = true;
  for (row = known.range.begin; row < known.range.end; ++row) {
    if (arrived(row)) known.listed.push_back(static_cast<std::uint32_t>(row));
  }
  return known;
}

Step known_by_application(Step moment, Duration after) {
  if (after.microseconds != 0) {
    Step length{.op = Op::kNumber, .number = static_cast<double>(after.microseconds)};
    moment = {.op = Op::kAdd, .type = ValueType::kTime, .children = {std::move(moment), std::move(length)}};
  }
  Step application{.op = Op::kApplicationAt, .type = ValueType::kTime};
  return {.op = Op::kLessEqual, .type = ValueType::kCondition, .children = {std::move(moment), std::move(application)}};
}

RowRange window_of(std::span<const std::int64_t> times, Timestamp from, Timestamp to, Boundary boundary) {
  const RowRange all{0, times.size()};
  const std::size_t begin = first_not_before(times, all, from, Boundary::kBefore);
  return {begin, std::max(begin, first_not_before(times, all, to, boundary))};
}

RowSet within(const EventLog& log, const RowSet& known, Timestamp from, Timestamp to, Boundary boundary) {
  const std::span<const std::int64_t> times = log.times();
  RowSet rows{.range = {}, .listed = {}, .is_listed = known.is_listed};
  rows.range.begin = first_not_before(times, known.range, from, Boundary::kBefore);
  rows.range.end =
      std::max(rows.range.begin, first_not_before(times, known.range, to, boundary_of(log.spec(), boundary)));
  if (known.is_listed) {
    std::ranges::copy_if(known.listed, std::back_inserter(rows.listed),
                         [&](std::uint32_t row) { return row >= rows.range.begin && row < rows.range.end; });
  }
  return rows;
}

}  // namespace asof
