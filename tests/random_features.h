// Rows and definitions at random, chosen so that edges are the rule: rows at every end of every window, ties,
// duplicates, what is missing, what was known late.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "events_table.h"
#include "features/aggregation.h"

namespace asof {

/// Up to 12 rows around the cutoff, seldom 40; of nobody and of one row often enough.
std::vector<Event> random_events(Random& random, Timestamp cutoff);

/// A column, or an expression over the columns of one row.
struct RandomValue {
  std::string text;
  FeatureValue (*of)(const Event& event) = nullptr;
};

/// A condition over one row; what cannot be decided does not hold.
struct RandomCondition {
  std::string text;
  bool (*holds)(const Event& event) = nullptr;
};

/// One call of an aggregation, as text and in parts.
struct RandomCall {
  const Aggregation* aggregation = nullptr;
  std::optional<RandomValue> value;  ///< none: rows are aggregated, or places
  std::vector<double> settings;      ///< with those that the text leaves out
  std::vector<std::string> texts;
  std::optional<Duration> length;
  Duration ending;
  std::optional<std::size_t> last_rows;
  std::optional<RandomCondition> condition;
  std::string expression;
};

RandomCall random_call(Random& random, const Aggregation& aggregation);

}  // namespace asof
