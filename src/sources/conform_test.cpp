#include "sources/conform.h"

#include <gtest/gtest.h>

#include <limits>

#include "asof/error.h"
#include "sources/cells.h"

namespace asof {
namespace {

Column integers(std::vector<std::int64_t> values) {
  return {.name = "source", .type = ColumnType::kInteger, .integers = std::move(values)};
}
Column reals(std::vector<double> values) {
  return {.name = "source", .type = ColumnType::kReal, .reals = std::move(values)};
}
Column booleans(std::vector<std::int64_t> values) {
  return {.name = "source", .type = ColumnType::kBoolean, .integers = std::move(values)};
}
Column times(std::vector<std::int64_t> values) {
  return {.name = "source", .type = ColumnType::kTime, .integers = std::move(values)};
}

std::string outcome(const Column& column, const ColumnRequest& request) {
  try {
    const Column result = conform(column, request, TimeZone::named("UTC"));
    EXPECT_EQ(result.name, request.name);
    std::string text = std::string(to_string(result.type)) + ":";
    for (std::size_t row = 0; row < result.size(); ++row) {
      text += " " + (result.missing(row) ? "-" : result.display(row));
    }
    return text;
  } catch (const CellError& error) {
    return std::to_string(error.row) + ": " + error.reason;
  } catch (const Error& error) {
    return error.what();
  }
}

ColumnRequest as(ColumnType type) { return {.name = "x", .type = type}; }
ColumnRequest counting(EpochUnit unit) { return {.name = "x", .epoch = unit}; }
ColumnRequest missing(std::vector<std::string> values) { return {.name = "x", .missing = std::move(values)}; }

TEST(Conform, without_a_declared_type_the_source_decides) {
  EXPECT_EQ(outcome(integers({1, kMissingInteger}), {.name = "x"}), "integer: 1 -");
  EXPECT_EQ(outcome(reals({1.5, kMissing}), {.name = "x"}), "real: 1.5 -");
  EXPECT_EQ(outcome(booleans({1, 0}), {.name = "x"}), "boolean: true false");
}

TEST(Conform, types_turn_into_each_other_where_nothing_is_lost) {
  EXPECT_EQ(outcome(integers({1, kMissingInteger}), as(ColumnType::kReal)), "real: 1 -");
  EXPECT_EQ(outcome(integers({1, 0, kMissingInteger}), as(ColumnType::kBoolean)), "boolean: true false -");
  EXPECT_EQ(outcome(integers({7, kMissingInteger, 7}), as(ColumnType::kText)), "text: 7 - 7");
  EXPECT_EQ(outcome(reals({5.0, kMissing, -3.0}), as(ColumnType::kInteger)), "integer: 5 - -3");
  EXPECT_EQ(outcome(reals({1.0, 0.0}), as(ColumnType::kBoolean)), "boolean: true false");
  EXPECT_EQ(outcome(reals({0.1}), as(ColumnType::kText)), "text: 0.1");
  EXPECT_EQ(outcome(booleans({1, 0, kMissingInteger}), as(ColumnType::kInteger)), "integer: 1 0 -");
  EXPECT_EQ(outcome(booleans({1, kMissingInteger}), as(ColumnType::kReal)), "real: 1 -");
  EXPECT_EQ(outcome(booleans({1}), as(ColumnType::kText)), "text: true");
  EXPECT_EQ(outcome(times({0}), as(ColumnType::kText)), "text: 1970-01-01T00:00:00Z");
}

TEST(Conform, values_that_do_not_fit_are_refused) {
  EXPECT_EQ(outcome(reals({1.0, 1.5}), as(ColumnType::kInteger)), "1: `1.5` is not an integer");
  EXPECT_EQ(outcome(reals({1e19}), as(ColumnType::kInteger)), "0: `1e+19` is not an integer");
  EXPECT_EQ(outcome(integers({0, 2}), as(ColumnType::kBoolean)), "1: `2` is not a boolean (1 or 0)");
  EXPECT_EQ(outcome(reals({1.0, std::numeric_limits<double>::infinity()}), {.name = "x"}),
            "1: `inf` is infinite; declare it as missing if that is meant");
  EXPECT_EQ(outcome(times({0}), as(ColumnType::kReal)), "it holds values of type time, not real");
  EXPECT_EQ(outcome(booleans({1}), as(ColumnType::kTime)), "it holds values of type boolean, not time");
  EXPECT_NE(outcome(integers({1}), as(ColumnType::kTime)).find("declare the unit"), std::string::npos);
}

TEST(Conform, counts_of_a_declared_unit_are_times) {
  EXPECT_EQ(outcome(integers({1709210096, kMissingInteger}), counting(EpochUnit::kSeconds)),
            "time: 2024-02-29T12:34:56Z -");
  EXPECT_EQ(outcome(integers({1709210096123}), counting(EpochUnit::kMilliseconds)),
            "time: 2024-02-29T12:34:56.123000Z");
  EXPECT_EQ(outcome(reals({1709210096.123456, kMissing}), counting(EpochUnit::kSeconds)),
            "time: 2024-02-29T12:34:56.123456Z -");
  EXPECT_EQ(outcome(times({0}), counting(EpochUnit::kSeconds)), "time: 1970-01-01T00:00:00Z")
      << "a time is one already";
  EXPECT_NE(outcome(integers({1709210096123456}), counting(EpochUnit::kSeconds)).find("is its unit right?"),
            std::string::npos);
  EXPECT_NE(outcome(integers({std::numeric_limits<std::int64_t>::max()}), counting(EpochUnit::kSeconds))
                .find("outside of the years"),
            std::string::npos);
  EXPECT_NE(outcome(reals({1e300}), counting(EpochUnit::kSeconds)).find("outside of the years"), std::string::npos);
  EXPECT_EQ(outcome(reals({2.0, 1.5}), counting(EpochUnit::kMicroseconds)), "1: `1.5` is finer than a microsecond");
  EXPECT_EQ(outcome(reals({0.0004}), counting(EpochUnit::kMilliseconds)), "0: `0.0004` is finer than a microsecond");
  EXPECT_EQ(outcome(reals({1709210096.000001, -0.1}), counting(EpochUnit::kSeconds)),
            "time: 2024-02-29T12:34:56.000001Z 1969-12-31T23:59:59.900000Z");
}

TEST(Conform, declared_values_mean_missing_in_every_type) {
  EXPECT_EQ(outcome(integers({1, -1}), missing({"-1"})), "integer: 1 -");
  EXPECT_EQ(outcome(reals({1.5, -1.0, 999.0}), missing({"-1", "999.00"})), "real: 1.5 - -");
  EXPECT_EQ(outcome(reals({1.5, -std::numeric_limits<double>::infinity()}), missing({"-inf"})), "real: 1.5 -");
  EXPECT_EQ(outcome(booleans({1, 0}), missing({"f"})), "boolean: true -");
  EXPECT_EQ(outcome(times({0, 1}), missing({"1970-01-01"})), "time: - 1970-01-01T00:00:00.000001Z");
}

TEST(Conform, declared_values_are_compared_in_the_declared_type_as_in_csv) {
  const auto declared = [](ColumnType type, std::vector<std::string> values) {
    return ColumnRequest{.name = "x", .type = type, .missing = std::move(values)};
  };
  EXPECT_EQ(outcome(integers({1, 2}), declared(ColumnType::kText, {"1.0", "2"})), "text: 1 -");
  EXPECT_EQ(outcome(integers({1, 0}), declared(ColumnType::kBoolean, {"false"})), "boolean: true -");
  EXPECT_EQ(outcome(integers({1, -1}), declared(ColumnType::kBoolean, {"-1"})), "boolean: true -");
  EXPECT_EQ(outcome(integers({1, -1}), declared(ColumnType::kReal, {"-1.0"})), "real: 1 -");
  EXPECT_EQ(outcome(reals({1.0, -1.0}), declared(ColumnType::kInteger, {"-1"})), "integer: 1 -");
  EXPECT_EQ(outcome(reals({1.0, 2.5}), declared(ColumnType::kInteger, {"2.5"})), "integer: 1 -");
  EXPECT_EQ(outcome(integers({0, 60}), {.name = "x", .epoch = EpochUnit::kSeconds, .missing = {"1970-01-01"}}),
            "time: - 1970-01-01T00:01:00Z");
}

}  // namespace
}  // namespace asof
