#include "random_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/format.h"

namespace asof {
namespace {

constexpr std::int64_t kTick = 1;
constexpr std::int64_t kDayLength = kDay.microseconds;
constexpr std::int64_t kHourLength = kHour.microseconds;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// 400 days are longer than any history here.
constexpr Duration kLengths[] = {{kTick},          {kHourLength},     {kDayLength},
                                 {7 * kDayLength}, {30 * kDayLength}, {400 * kDayLength}};
constexpr Duration kEndings[] = {{kTick}, {kHourLength}, {kDayLength}, {7 * kDayLength}};
constexpr std::size_t kLastRows[] = {1, 2, 3, 5, 20};
constexpr Duration kHalfLives[] = {{6 * kHourLength}, {kDayLength}, {7 * kDayLength}};
constexpr Duration kSilences[] = {{kTick}, {30 * kMinute.microseconds}, {kHourLength}, {kDayLength}};
const std::array<std::string, 3> kKinds = {"a", "b", "c"};

bool chance(Random& random, double share) { return random.uniform() < share; }

template <class List>
const auto& one_of(Random& random, const List& list) {
  return list[random.below(std::size(list))];
}

/// A length of time at which something begins or ends, or one at random.
std::int64_t random_age(Random& random) {
  std::int64_t age = 0;
  switch (random.below(5)) {
    case 0:
      age = one_of(random, kLengths).microseconds;
      break;
    case 1:
      age = one_of(random, kLengths).microseconds + one_of(random, kEndings).microseconds;
      break;
    case 2:
      age = static_cast<std::int64_t>(random.below(60)) * kDayLength;
      break;
    case 3:
      age = static_cast<std::int64_t>(random.below(48)) * kHourLength;
      break;
    default:
      age = static_cast<std::int64_t>(random.below(60ULL * kDayLength));
      break;
  }
  return std::min(age, 60 * kDayLength) + static_cast<std::int64_t>(random.below(3)) - kTick;
}

double random_value(Random& random) {
  switch (random.below(16)) {
    case 0:
    case 1:
      return kMissing;
    case 2:
      return chance(random, 0.5) ? 0.0 : -0.0;
    case 3:
      return chance(random, 0.9) ? 1e6 : chance(random, 0.5) ? kInfinity : -kInfinity;
    case 4:
      return 0.1 * static_cast<double>(random.below(100));
    case 5:
      return std::ldexp(random.uniform(), 20) - 1e5;
    default:
      return static_cast<double>(random.below(9)) - 3.0;
  }
}

/// Somewhere in two towns 60 km apart, on the other side of the earth, or nowhere.
void set_random_place(Random& random, Event& event) {
  event.latitude = -1.28 + 0.002 * static_cast<double>(random.below(8));
  event.longitude = 36.82 + 0.002 * static_cast<double>(random.below(8)) + (chance(random, 0.2) ? 0.5 : 0.0);
  if (chance(random, 0.08)) event.latitude = chance(random, 0.5) ? 90.0 : -61.5;
  if (chance(random, 0.08)) event.longitude = chance(random, 0.5) ? 179.9 : -142.25;
  if (chance(random, 0.04)) event.latitude = one_of(random, std::array{90.5, -91.0, kInfinity});
  if (chance(random, 0.03)) event.longitude = -kInfinity;
  if (chance(random, 0.06)) event.latitude = kMissing;
  if (chance(random, 0.06)) event.longitude = kMissing;
}

std::optional<std::int64_t> random_arrival(Random& random, std::int64_t at, std::int64_t cutoff) {
  switch (random.below(6)) {
    case 0:
      return std::nullopt;
    case 1:
      return cutoff + static_cast<std::int64_t>(random.below(3)) - kTick;
    case 2:
      return at + static_cast<std::int64_t>(random.below(10ULL * kDayLength));
    default:
      return at;
  }
}

Event random_event(Random& random, Timestamp cutoff) {
  Event event{.at = cutoff.microseconds - random_age(random)};
  if (chance(random, 0.05)) event.at = cutoff.microseconds + static_cast<std::int64_t>(random.below(kDayLength));
  event.seen = random_arrival(random, event.at, cutoff.microseconds);
  event.value = random_value(random);
  set_random_place(random, event);
  if (chance(random, 0.8)) event.whole = static_cast<std::int64_t>(random.below(6)) - 2;
  if (chance(random, 0.8)) event.flag = chance(random, 0.5);
  if (chance(random, 0.85)) event.kind = one_of(random, kKinds);
  if (chance(random, 0.8)) event.due = cutoff.microseconds + static_cast<std::int64_t>(random.below(3)) * kDayLength;
  return event;
}

FeatureValue from_number(double value) { return is_missing(value) ? FeatureValue() : FeatureValue(value); }

FeatureValue whole_of(const Event& event) {
  return event.whole ? FeatureValue(static_cast<double>(*event.whole)) : FeatureValue();
}

FeatureValue ratio_of(const Event& event) {
  if (!event.whole || *event.whole == 0) return {};
  return from_number(event.value / static_cast<double>(*event.whole));
}

const std::vector<RandomValue>& numbers() {
  static const std::vector<RandomValue> all = {
      {"events.value", [](const Event& event) { return from_number(event.value); }},
      {"events.value", [](const Event& event) { return from_number(event.value); }},
      {"events.whole", whole_of},
      {"events.flag",
       [](const Event& event) { return event.flag ? FeatureValue(*event.flag ? 1.0 : 0.0) : FeatureValue(); }},
      {"events.value / events.whole", ratio_of},
      {"-events.value * 2", [](const Event& event) { return from_number(-event.value * 2); }},
      {"abs(events.value)", [](const Event& event) { return from_number(std::fabs(event.value)); }},
  };
  return all;
}

FeatureValue kind_of(const Event& event) { return event.kind ? FeatureValue(*event.kind) : FeatureValue(); }

const std::vector<RandomValue>& others() {
  static const std::vector<RandomValue> all = {
      {"events.kind", kind_of},
      {"events.due",
       [](const Event& event) { return event.due ? FeatureValue(static_cast<double>(*event.due)) : FeatureValue(); }},
  };
  return all;
}

const std::vector<RandomCondition>& conditions() {
  static const std::vector<RandomCondition> all = {
      {"value > 1", [](const Event& event) { return event.value > 1; }},
      {"not (value > 1)", [](const Event& event) { return event.value <= 1; }},
      {"value is missing or value < 0", [](const Event& event) { return is_missing(event.value) || event.value < 0; }},
      {"kind = 'a'", [](const Event& event) { return event.kind == "a"; }},
      {"kind != 'a'", [](const Event& event) { return event.kind && event.kind != "a"; }},
      {"kind in ('b', 'c') and flag",
       [](const Event& event) { return (event.kind == "b" || event.kind == "c") && event.flag == true; }},
      {"not flag or whole >= 1",
       [](const Event& event) { return event.flag == false || (event.whole && *event.whole >= 1); }},
      {"due is not missing", [](const Event& event) { return event.due.has_value(); }},
      {"false", [](const Event&) { return false; }},
  };
  return all;
}

RandomValue random_column(Random& random, const Aggregation& aggregation) {
  const RandomValue& text = others().front();
  if (aggregation.takes == Takes::kText) return text;
  if (aggregation.takes == Takes::kNumber || chance(random, 0.4)) return one_of(random, numbers());
  return aggregation.gives == Gives::kValue ? text : one_of(random, others());  // a time is no feature
}

std::string random_window(Random& random, RandomCall& call) {
  std::string text;
  switch (random.below(4)) {
    case 0:
      break;
    case 1:
      call.last_rows = one_of(random, kLastRows);
      text = format(" over last {} rows", *call.last_rows);
      break;
    default:
      call.length = one_of(random, kLengths);
      text = " over " + to_string(*call.length);
      break;
  }
  if (!chance(random, 0.25)) return text;
  call.ending = one_of(random, kEndings);
  return (text.empty() ? " over all" : text) + " ending " + to_string(call.ending) + " before";
}

/// `, 0.9`; empty when the setting is left out.
std::string random_setting(Random& random, const AggregationSetting& setting, RandomCall& call) {
  if (setting.kind == AggregationSetting::kTexts) {
    std::string text;
    const std::uint64_t count = 2 + random.below(2);
    for (std::uint64_t i = 0; i < count; ++i) {
      call.texts.push_back(chance(random, 0.95) ? one_of(random, kKinds) : "unheard of");
      text += ", '" + call.texts.back() + "'";
    }
    return text;
  }
  if (!is_missing(setting.otherwise) && chance(random, 0.4)) {
    call.settings.push_back(setting.otherwise);
    return "";
  }
  if (setting.kind == AggregationSetting::kLength) {
    const bool half_life = is_missing(setting.otherwise);
    const Duration length = half_life ? one_of(random, kHalfLives) : one_of(random, kSilences);
    call.settings.push_back(static_cast<double>(length.microseconds));
    return ", " + to_string(length);
  }
  static constexpr double kShares[] = {0.0, 0.1, 0.25, 0.5, 0.9, 1.0};
  static constexpr double kLarge[] = {1.0, 50.0, 250.0, 3000.0};
  call.settings.push_back(setting.greatest <= 1.0 ? one_of(random, kShares) : one_of(random, kLarge));
  return ", " + round_trippable(call.settings.back());
}

}  // namespace

std::vector<Event> random_events(Random& random, Timestamp cutoff) {
  const std::uint64_t count = chance(random, 0.05) ? 40 : random.below(13);
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < count; ++i) {
    Event event = random_event(random, cutoff);
    if (!events.empty() && chance(random, 0.2)) event.at = one_of(random, events).at;  // a tie
    if (!events.empty() && chance(random, 0.1)) event = one_of(random, events);        // the same again
    events.push_back(event);
  }
  std::vector<std::int64_t> ids;
  for (std::uint64_t i = 0; i < count; ++i) ids.push_back(static_cast<std::int64_t>(i));
  random.shuffle(std::span(ids));
  for (std::uint64_t i = 0; i < count; ++i) events[i].id = ids[i];
  return events;
}

RandomCall random_call(Random& random, const Aggregation& aggregation) {
  RandomCall call{.aggregation = &aggregation};
  const bool may_count_rows = aggregation.takes == Takes::kRows;
  std::string of = "events";
  if (aggregation.takes == Takes::kPlaces) {
    of = "events.latitude, events.longitude";
  } else if (aggregation.takes != Takes::kCondition && !(may_count_rows && chance(random, 0.7))) {
    call.value = random_column(random, aggregation);
    of = call.value->text;
  }
  std::string settings;
  for (const AggregationSetting& setting : aggregation.settings) settings += random_setting(random, setting, call);
  const std::string window = random_window(random, call);
  if (aggregation.takes == Takes::kCondition || chance(random, 0.3)) call.condition = one_of(random, conditions());
  const std::string condition = call.condition ? " where " + call.condition->text : "";
  call.expression = std::string(aggregation.name) + "(" + of + settings + window + condition + ")";
  return call;
}

}  // namespace asof
