// What turns the rows of a window into one number. Adding one is a file in aggregations/ and a line in
// aggregations.def.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "asof/table.h"
#include "asof/time.h"

namespace asof {

/// The rows of one window of one entity, oldest first. Rows whose value is missing are not in it.
struct Window {
  std::size_t size = 0;
  std::span<const double> values;       ///< `size` of them, or none when the aggregation takes rows
  std::span<const std::int64_t> times;  ///< `size` of them in microseconds, or none when the table is undated
  Timestamp cutoff;                     ///< T
};

/// What an aggregation is written over.
enum class Takes {
  kRows,       ///< `count(events)`; also a column, whose missing values are then left out
  kNumber,     ///< `mean(gps.accuracy)`
  kAny,        ///< `distinct(events.screen_name)`: numbers, times, texts
  kCondition,  ///< `share(events where action = 'pay')`: 1 for every row where it is true, else 0
};

/// What comes out.
enum class Gives {
  kNumber,
  kValue,  ///< a value of the column: a text stays a text
};

/// An example that is a test and stands in the docs. Rows are written `value@time`, time in hours before the cutoff's
/// hour 0: "10@-3 20@-2 30@-1" evaluated at cutoff 0.
struct Example {
  std::string_view rows;
  double result;
};

struct Aggregation {
  std::string_view name;
  std::string_view summary;  ///< one sentence; says when the result is missing
  Takes takes = Takes::kNumber;
  Gives gives = Gives::kNumber;
  bool needs_times = false;  ///< not for undated tables
  bool recency = false;      ///< tells how long ago something was: the family of its features when none is given
  double (*evaluate)(const Window& window) = nullptr;
  std::span<const Example> examples;
};

/// Every aggregation, in the order of aggregations.def.
std::span<const Aggregation* const> all_aggregations();

/// Null when unknown.
const Aggregation* find_aggregation(std::string_view name);

}  // namespace asof
