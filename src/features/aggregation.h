// What turns the rows of a window into one number. Adding one is a file in aggregations/ and a line in
// aggregations.def.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "asof/table.h"
#include "asof/time.h"
#include "features/earth_point.h"
#include "features/wording.h"

namespace asof {

class WindowFacts;

/// The rows of one window of one entity, oldest first. Rows whose value is missing are not in it.
struct Window {
  std::size_t size = 0;
  std::span<const double> values;           ///< `size` of them, or none when the aggregation takes rows; texts: codes
  std::span<const std::int64_t> times;      ///< `size` of them in microseconds, or none when the table is undated
  Timestamp cutoff;                         ///< T
  std::span<const EarthPoint> points = {};  ///< instead of values, when the aggregation takes places: `size` of them
  std::span<const double> moves = {};       ///< km from the point before, where asked for; the first is of no use
  WindowFacts* facts = nullptr;             ///< what aggregations of these rows share
  std::size_t first = 0;                    ///< which row of all those that windows are of is the first one here
  std::size_t codes = 0;                    ///< above 0: all values are whole numbers below it
  std::span<const double> settings = {};    ///< one per AggregationSetting; lengths of time in microseconds, texts as
                                            ///< codes (kMissing: a text that occurs nowhere)
  Timestamp begin = kNoTime;                ///< rows are at `begin <= time`; kNoTime: the window has no beginning
  Timestamp end;                            ///< rows are before it (at `boundary: at`: or at it)
  const TimeZone* zone = nullptr;           ///< of local days and hours; null or not given: UTC
};

/// What an aggregation is written over.
enum class Takes {
  kRows,       ///< `count(events)`; also a column, whose missing values are then left out
  kNumber,     ///< `mean(gps.accuracy)`
  kAny,        ///< `distinct(events.screen_name)`: numbers, times, texts
  kCondition,  ///< `share(events where action = 'pay')`: 1 for every row where it is true, else 0
  kText,       ///< `sequence(events.action, 'open', 'pay')`
  kPlaces,     ///< `gyration_km(gps.latitude, gps.longitude)`: WGS84 degrees; rows that lack
               ///< either are left out, and those with impossible ones
};

/// What comes out.
enum class Gives {
  kNumber,
  kValue,  ///< a value of the column: a text stays a text
  kPair,   ///< two texts of the column, as `pair_of` their codes: the text `A > B`, which no column holds
};

/// How many texts a column may have so that two of their codes are one whole number without loss: 2^26.
inline constexpr std::size_t kPairCodes = std::size_t{1} << 26;

/// Two codes below kPairCodes as one number.
constexpr double pair_of(double first, double second) { return first * static_cast<double>(kPairCodes) + second; }

/// `A > B`: what the two codes of a pair stand for.
std::string text_of_pair(double pair, const Dictionary& texts);

/// A constant after the column: `quantile(gps.accuracy, 0.9)`, `sessions(events, 30m)`.
struct AggregationSetting {
  enum Kind {
    kNumber,
    kLength,  ///< a length of time, above 0
    kTexts,   ///< two or more texts; always the last setting
  };
  std::string_view name;  ///< as messages and documents call it
  Kind kind = kNumber;
  double least = 0.0;  ///< of a number: the least and the greatest allowed
  double greatest = 1.0;
  double otherwise = kMissing;  ///< used when not given; kMissing: must be given. Lengths in microseconds
};

/// An example that is a test and stands in the docs. Rows are written `value@time`, time in hours before the cutoff's
/// hour 0: "10@-3 20@-2 30@-1" evaluated at cutoff 0 (1970-01-01T00:00:00Z, a Thursday). Places are
/// `latitude,longitude@time`.
struct Example {
  std::string_view rows;
  double result;
  std::span<const double> settings = {};  ///< what is used instead of `otherwise`
};

struct Aggregation {
  std::string_view name;
  std::string_view summary;  ///< one sentence; says when the result is missing
  /// {rows}, {row}: the rows of the window and one of them; {value}, {values}: what it is of, and several such;
  /// {condition}: that of a share; {setting}: the first setting, or all texts.
  Wording said;
  Takes takes = Takes::kNumber;
  Gives gives = Gives::kNumber;
  bool needs_times = false;     ///< not for undated tables
  bool measures_moves = false;  ///< wants Window::moves
  bool recency = false;         ///< tells how long ago something was: the family of its features when none is given
  double (*evaluate)(const Window& window) = nullptr;
  std::span<const Example> examples;
  std::span<const AggregationSetting> settings = {};
  /// The same as an aggregate of DuckDB over the rows of one application, for people who check by hand; empty: plain
  /// SQL has no such thing. {value}: of a row (1 when rows are counted, 1 or 0 of a condition; null only where there
  /// is no row at all); {time}: of a row, in microseconds; {local}: the same as clocks of the zone show it;
  /// {place}: 1, 2, ... from the oldest row; {cutoff}: T; {setting}: the first setting.
  std::string_view sql = {};
};

/// Every aggregation, in the order of aggregations.def.
std::span<const Aggregation* const> all_aggregations();

/// A call of it over the tables of the simulated lender, as people would write it: `mean(gps.accuracy over 7d)`.
std::string example_call(const Aggregation& aggregation);

/// What comes out of an example, as documents show it: `0.5`, `missing`, or `1 > 2` of a pair.
std::string result_of(const Aggregation& aggregation, const Example& example);

/// Null when unknown.
const Aggregation* find_aggregation(std::string_view name);

}  // namespace asof
