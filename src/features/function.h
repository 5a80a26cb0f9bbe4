// Functions of single values: `log1p(x)`, `if(c, a, b)`, `hour(timestamp)`. A list: adding one is one entry.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "asof/time.h"
#include "features/wording.h"

namespace asof {

/// What kind of value an expression is. Conditions are 1, 0 or missing; times are microseconds since the epoch.
enum class ValueType { kNumber, kCondition, kTime, kText };

std::string_view to_string(ValueType type);  // "a number", "a condition", "a time", "a text"

/// What functions know of the application besides their arguments.
struct Moment {
  Timestamp cutoff;
  const TimeZone* zone = nullptr;  ///< of local hours and days; UTC when none is declared
};

struct Function {
  std::string_view name;
  std::string_view summary;
  Wording said;  ///< {1}, {2}: the arguments; {all}: all of them; {at}: " of" the time, if another than the row's own
  std::span<const ValueType> takes;
  ValueType gives;
  /// Any number of arguments from `takes.size()` on, of the last one's type.
  bool variadic = false;
  /// `arguments` has one value per argument; kMissing where missing.
  double (*evaluate)(std::span<const double> arguments, const Moment& moment);
  /// The same in DuckDB, where null is missing; empty: not expressible. {1}, {2}: the arguments; {all}: all of them,
  /// divided by commas; {local}: the first as clocks of the zone show it; {cutoff}: T.
  std::string_view sql = {};
  bool of_application = false;  ///< what it gives depends on when the application was made
};

std::span<const Function> functions();

/// Null when unknown.
const Function* find_function(std::string_view name);

}  // namespace asof
