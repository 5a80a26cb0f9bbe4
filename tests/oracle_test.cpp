// Oracle: tests/oracle, which says what every aggregation means without a line of the engine. Both are asked the same
// about thousands of random tables; where they differ, the fewest rows that show it are printed.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/format.h"
#include "random_features.h"
#include "tests/oracle/oracle.h"

namespace asof {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr std::uint64_t kTables = 150;
#else
constexpr std::uint64_t kTables = 5000;  // of each, every aggregation is asked once
#endif
constexpr std::uint64_t kSeed = 20240310;
constexpr double kShareOfValue = 1e-9;  // by which a result that is not exact may differ

/// ASOF_ORACLE_TABLES in the environment asks about more.
std::uint64_t tables_asked() {
  const char* more = std::getenv("ASOF_ORACLE_TABLES");
  return more == nullptr ? kTables : std::stoull(more);
}

struct Clock {
  const char* zone;  // null: none declared
  std::int64_t ahead;
};
// Nairobi keeps its time all year, and has since 1960.
constexpr Clock kClocks[] = {{nullptr, 0}, {"UTC", 0}, {"Africa/Nairobi", 3 * kHour.microseconds}};

/// An ordinary day; the first hours of 1970, whose rows are before it; a midnight of UTC; a midnight of Nairobi.
constexpr Timestamp kCutoffs[] = {
    {1'700'000'000'123'456}, {7'200'000'000}, {1'709'251'200'000'000}, {1'709'240'400'000'000}};

struct World {
  std::vector<Event> events;
  Asked asked;
  std::int64_t clock_ahead = 0;
};

World random_world(Random& random) {
  World world;
  world.asked.cutoff = kCutoffs[random.below(std::size(kCutoffs))];
  world.asked.options.boundary = random.below(3) == 0 ? Boundary::kAt : Boundary::kBefore;
  const Clock& clock = kClocks[random.below(std::size(kClocks))];
  if (clock.zone != nullptr) world.asked.options.zone = TimeZone::named(clock.zone);
  world.clock_ahead = clock.ahead;
  world.asked.declared.seen = random.below(2) == 0;
  world.events = random_events(random, world.asked.cutoff);
  return world;
}

oracle::Question question_of(const RandomCall& call, const World& world) {
  oracle::Question question{.cutoff = world.asked.cutoff.microseconds,
                            .boundary_at = world.asked.options.boundary == Boundary::kAt,
                            .ending = call.ending.microseconds,
                            .last_rows = call.last_rows,
                            .settings = call.settings,
                            .texts = call.texts,
                            .clock_ahead = world.clock_ahead};
  if (call.length) question.length = call.length->microseconds;
  if (call.value) question.of = oracle::Of::kColumn;
  if (call.aggregation->takes == Takes::kPlaces) question.of = oracle::Of::kPlaces;
  return question;
}

std::optional<double> known(double value) { return is_missing(value) ? std::nullopt : std::optional(value); }

std::vector<oracle::Row> rows_of(const RandomCall& call, const World& world) {
  std::vector<oracle::Row> rows;
  for (const Event& event : world.events) {
    oracle::Row row{.time = event.at, .id = event.id};
    if (world.asked.declared.seen) row.known_at = event.seen;
    if (call.value) row.cell = call.value->of(event);
    row.latitude = known(event.latitude);
    row.longitude = known(event.longitude);
    if (call.condition) row.holds = call.condition->holds(event);
    rows.push_back(row);
  }
  return rows;
}

bool agree(const FeatureValue& value, const oracle::Answer& answer) {
  const double* number = std::get_if<double>(&value);
  const double* expected = std::get_if<double>(&answer.cell);
  if (answer.exact || number == nullptr || expected == nullptr) return value == answer.cell;
  return std::fabs(*number - *expected) <= kShareOfValue * std::fabs(*expected) + answer.noise;
}

struct Difference {
  FeatureValue value;
  oracle::Answer answer;
};

/// What the two say of one call, when they differ.
std::optional<Difference> difference(const RandomCall& call, const World& world) {
  const std::vector<std::string> expressions = {call.expression};
  const FeatureValue value = features_of(expressions, world.events, world.asked).front();
  const auto answer = oracle::answer(call.aggregation->name, rows_of(call, world), question_of(call, world));
  if (!answer || agree(value, *answer)) return std::nullopt;
  return Difference{value, *answer};
}

/// Without the rows that are not needed to see the difference.
World smallest(const RandomCall& call, World world) {
  for (std::size_t row = 0; row < world.events.size();) {
    World without = world;
    without.events.erase(without.events.begin() + static_cast<std::ptrdiff_t>(row));
    if (difference(call, without)) {
      world = without;
    } else {
      ++row;
    }
  }
  return world;
}

std::string told(const RandomCall& call, const World& world) {
  std::string text = format("{}\n  T = {}, boundary: {}, zone: {}\n", call.expression, to_string(world.asked.cutoff),
                            to_string(world.asked.options.boundary), world.asked.options.zone.name());
  for (const Event& event : world.events) text += "  " + to_string(event) + "\n";
  if (const auto differs = difference(call, world)) {
    text += format("  the engine says {}, the oracle {}\n", to_string(differs->value), to_string(differs->answer.cell));
  } else {
    text += "  only together with the other definitions of the set\n";
  }
  return text;
}

TEST(Oracle, knows_every_aggregation) {
  for (const Aggregation* aggregation : all_aggregations()) {
    const oracle::Question question{.settings = {0.5}, .texts = {"a", "b"}};
    EXPECT_TRUE(oracle::answer(aggregation->name, {}, question).has_value())
        << aggregation->name << " has no function in tests/oracle";
  }
}

TEST(Oracle, the_engine_says_the_same_of_random_tables) {
  const std::uint64_t tables = tables_asked();
  std::size_t answers = 0;
  std::size_t values = 0;
  for (std::uint64_t table = 0; table < tables; ++table) {
    Random random(kSeed, table);
    const World world = random_world(random);
    std::vector<RandomCall> calls;
    std::vector<std::string> expressions;
    for (const Aggregation* aggregation : all_aggregations()) {
      calls.push_back(random_call(random, *aggregation));
      expressions.push_back(calls.back().expression);
    }
    const std::vector<FeatureValue> features = features_of(expressions, world.events, world.asked);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const auto answer =
          oracle::answer(calls[i].aggregation->name, rows_of(calls[i], world), question_of(calls[i], world));
      ASSERT_TRUE(answer.has_value()) << calls[i].aggregation->name << " has no function in tests/oracle";
      ++answers;
      values += answer->cell.index() == 0 ? 0U : 1U;
      if (!agree(features[i], *answer))
        ADD_FAILURE() << "table " << table << ": " << told(calls[i], smallest(calls[i], world));
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(values * 2, answers) << "most tables say something";
}

}  // namespace
}  // namespace asof
