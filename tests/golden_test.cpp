// Cases by hand, in tests/golden/*.case: rows around an application, and what definitions over them must say. A file is
// lines of words:
//
//   zone Europe/Berlin              before the first case: of all cases; in a case: of this one. None: UTC
//   case what it shows
//     at 2024-03-10T12:00:00Z       the application's time, T
//     boundary at                   else `before`
//     row T-7d-1us value=3 kind=a   a row of the application's user; its time, then columns (see events_table.h)
//     expect mean(events.value over 7d) = 3
//
// Times are ISO 8601 or T with lengths added and taken away. Rows without an id= get their place among the rows. What
// is expected is a number, a text in 'quotes' or `missing`.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "events_table.h"
#include "testing/places.h"

namespace asof {
namespace {

constexpr double kRounding = 1e-12;  // of the value
constexpr double kRoundingOfZero = 1e-11;

struct Case {
  std::string name;
  Asked asked;
  std::vector<Event> events;
  std::size_t expectations = 0;
};

/// `T-7d+1us`, or a time as it is written everywhere.
Timestamp time_of(const std::string& text, Timestamp cutoff) {
  if (text.front() != 'T') return parse_timestamp(text, TimeZone());
  Timestamp time = cutoff;
  for (std::size_t begin = 1; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("+-", begin + 1), text.size());
    const Duration length = parse_duration(std::string_view(text).substr(begin + 1, end - begin - 1));
    time = text[begin] == '-' ? time - length : time + length;
    begin = end;
  }
  return time;
}

double number_of(const std::string& text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) throw Error(Error::kInvalidInput, "no number: " + text);
  return number;
}

/// `T-1h value=3 kind=a`.
Event event_of(std::istream& words, const Case& of) {
  std::string word;
  words >> word;
  Event event{.at = time_of(word, of.asked.cutoff).microseconds, .id = static_cast<std::int64_t>(of.events.size())};
  while (words >> word) {
    const std::string column = word.substr(0, word.find('='));
    const std::string cell = word.substr(word.find('=') + 1);
    if (column == "id") {
      event.id = std::stoll(cell);
    } else if (column == "seen") {
      event.seen = time_of(cell, of.asked.cutoff).microseconds;
    } else if (column == "kind") {
      event.kind = cell;
    } else if (column == "value") {
      event.value = number_of(cell);
    } else if (column == "latitude") {
      event.latitude = number_of(cell);
    } else if (column == "longitude") {
      event.longitude = number_of(cell);
    } else {
      throw Error(Error::kInvalidInput, "no column of the rows of a case: " + column);
    }
  }
  return event;
}

bool is_as_expected(const FeatureValue& value, const std::string& expected) {
  if (expected == "missing") return value == FeatureValue();
  if (expected.front() == '\'') return value == FeatureValue(expected.substr(1, expected.size() - 2));
  const double* number = std::get_if<double>(&value);
  const double wanted = number_of(expected);
  return number != nullptr && std::fabs(*number - wanted) <= kRounding * std::fabs(wanted) + kRoundingOfZero;
}

/// `mean(events.value over 7d) = 3`.
void expect(const std::string& text, Case& of, const std::string& place) {
  ++of.expectations;
  const std::size_t equals = text.rfind(" = ");
  ASSERT_NE(equals, std::string::npos) << place << "`expression = value` was expected: " << text;
  const std::string expected = text.substr(equals + 3);
  const std::vector<std::string> expressions = {text.substr(0, equals)};
  try {
    const FeatureValue value = features_of(expressions, of.events, of.asked).front();
    EXPECT_TRUE(is_as_expected(value, expected))
        << place << of.name << ": " << expressions[0] << " is " << to_string(value) << ", not " << expected;
  } catch (const std::exception& error) {
    ADD_FAILURE() << place << of.name << ": " << expressions[0] << ": " << error.what();
  }
}

struct Counted {
  std::size_t cases = 0;
  std::size_t expectations = 0;
};

Counted run(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file));
  Counted counted;
  Case of_all;
  Case now;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string key;
    if (!(words >> key) || key.front() == '#') continue;
    const std::string place = format("{}:{}: ", file.string(), number);
    std::string rest;
    if (key != "row") std::getline(words >> std::ws, rest);
    if (key == "case") {
      EXPECT_TRUE(counted.cases == 0 || now.expectations > 0) << place << "the case before this expects nothing";
      now = of_all;
      now.name = rest;
      ++counted.cases;
    } else if (key == "zone") {
      (counted.cases == 0 ? of_all : now).asked.options.zone = TimeZone::named(rest);
    } else if (key == "at") {
      now.asked.cutoff = time_of(rest, {});
    } else if (key == "boundary") {
      now.asked.options.boundary = boundary_from(rest);
    } else if (key == "row") {
      now.events.push_back(event_of(words, now));
    } else if (key == "expect") {
      expect(rest, now, place);
      ++counted.expectations;
    } else {
      ADD_FAILURE() << place << "zone, case, at, boundary, row or expect was expected, not " << key;
    }
  }
  return counted;
}

TEST(Golden, every_case_holds) {
  constexpr std::size_t kCasesLeast = 40;
  Counted all;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(testing::kSourceFolder) / "tests" / "golden")) {
    if (entry.path().extension() != ".case") continue;
    const Counted counted = run(entry.path());
    EXPECT_GT(counted.cases, 0U) << entry.path();
    all.cases += counted.cases;
    all.expectations += counted.expectations;
  }
  EXPECT_GE(all.cases, kCasesLeast) << "files of tests/golden are missing";
  EXPECT_GT(all.expectations, 3 * kCasesLeast);
}

}  // namespace
}  // namespace asof
