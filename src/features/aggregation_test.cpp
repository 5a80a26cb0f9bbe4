// What every aggregation promises: its examples.
#include "features/aggregation.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <string>

namespace asof {
namespace {

struct Rows {
  std::vector<double> values;
  std::vector<std::int64_t> times;
};

/// "10@-3 20@-2": values at hours.
Rows rows_of(std::string_view text) {
  Rows rows;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view row = text.substr(0, end);
    const std::size_t at = row.find('@');
    rows.values.push_back(std::stod(std::string(row.substr(0, at))));
    rows.times.push_back(static_cast<std::int64_t>(std::stod(std::string(row.substr(at + 1))) *
                                                   static_cast<double>(kHour.microseconds)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rows;
}

TEST(Aggregations, every_example_holds) {
  for (const Aggregation* aggregation : all_aggregations()) {
    ASSERT_FALSE(aggregation->examples.empty()) << aggregation->name;
    for (const Example& example : aggregation->examples) {
      const Rows rows = rows_of(example.rows);
      const double result = aggregation->evaluate({rows.values.size(), rows.values, rows.times, Timestamp{0}});
      if (is_missing(example.result)) {
        EXPECT_TRUE(is_missing(result)) << aggregation->name << " of " << example.rows;
      } else {
        EXPECT_DOUBLE_EQ(result, example.result) << aggregation->name << " of " << example.rows;
      }
    }
  }
}

TEST(Aggregations, a_small_spread_around_a_large_value_is_not_lost) {
  std::vector<double> values;
  for (int i = 0; i < 1'000'000; ++i) values.push_back(1e9 + (i % 2 == 0 ? 1e-3 : -1e-3));
  const double spread = find_aggregation("stddev")->evaluate({values.size(), values, {}, Timestamp{0}});
  // 1e9 is known to 1.2e-7, so the values themselves carry the spread to four digits.
  EXPECT_NEAR(spread, 1e-3, 1e-7);
}

}  // namespace
}  // namespace asof
