// Events come in visits, and in a burst of activity that ends at the last event before the application; visits keep the
// person's hours. Fixes lie around a home, a workplace and wherever the person moves.
#include "simulate/history.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/elementary.h"
#include "simulate/names.h"

namespace asof::simulation {
namespace {

constexpr double kHoursPerDay = 24.0;
constexpr double kMinutesPerHour = 60.0;
constexpr double kNameFall = 1.1;  // Zipf exponent of the popularity of names

/// When each visit took place, as the moment of its latest possible event.
std::vector<Timestamp> draw_visits(const Person& person, Timestamp last_event, Draws& draws) {
  std::vector<Timestamp> visits;
  for (int i = 0; i < person.events.visits; ++i) {
    const double age_days = person.history_days * portable_exp(person.concentration * portable_log(draws.unit()));
    const Timestamp time =
        at_usual_hour(last_event - from_hours(age_days * kHoursPerDay), person.events.night_share, draws);
    visits.push_back(time > last_event ? time - kDay : time);
  }
  return visits;
}

/// Weights of the visits, and last that of the burst. Visit number floor(K u^1.3): early numbers get more events.
std::vector<double> batch_weights(const EventHabits& habits) {
  constexpr double kFall = 1.0 / 1.3;
  std::vector<double> weights;
  double before = 0.0;
  for (int i = 1; i <= habits.visits; ++i) {
    const double up_to = portable_pow(static_cast<double>(i) / habits.visits, kFall);
    weights.push_back((up_to - before) * (1.0 - habits.burst_share));
    before = up_to;
  }
  weights.push_back(habits.burst_share);
  return weights;
}

void draw_times(const Person& person, std::vector<Event>& events, Draws& draws) {
  constexpr double kBurstMeanMinutes = 15.0;
  constexpr double kVisitMeanMinutes = 6.0;
  const Timestamp last = person.application_at - from_hours(person.events.recency_hours);
  const std::vector<Timestamp> visits = draw_visits(person, last, draws);
  const Choice batches(batch_weights(person.events));
  const auto burst = static_cast<std::uint32_t>(visits.size());
  events.front().time = last;
  events.front().batch = burst;
  for (Event& event : std::span(events).subspan(1)) {
    event.batch = static_cast<std::uint32_t>(batches.draw(draws));
    const bool in_burst = event.batch == burst;
    const double minutes = draws.exponential(in_burst ? kBurstMeanMinutes : kVisitMeanMinutes);
    event.time = (in_burst ? last : visits[event.batch]) - from_hours(minutes / kMinutesPerHour);
  }
}

/// Writes a name into every event: `count` different ones of those that `weights` stands for, each at least once, the
/// rest by popularity; `missing_share` of the rest is left without.
void draw_names(std::span<const double> weights, int count, double missing_share, std::uint16_t Event::*name,
                std::vector<Event>& events, Draws& draws) {
  if (count == 0) {
    for (Event& event : events) event.*name = kNoName;
    return;
  }
  std::vector<std::uint16_t> names = draw_distinct(weights, static_cast<std::size_t>(count), draws);
  for (std::size_t i = 0; i < names.size(); ++i) events[i].*name = names[i];
  std::vector<double> shares;
  double sum = 0.0;
  for (const std::uint16_t index : names) sum += shares.emplace_back(weights[index]);
  shares.push_back(sum * missing_share / (1.0 - missing_share));
  names.push_back(kNoName);
  const Choice popular(shares);
  for (Event& event : std::span(events).subspan(static_cast<std::size_t>(count)))
    event.*name = names[popular.draw(draws)];
}

/// Gives every session to at least one event; a session lies within one batch. The events were drawn alike, so the last
/// ones are as good a sample as any. Of the others, half have no session id.
void draw_sessions(const EventHabits& habits, std::vector<Event>& events, Draws& draws) {
  const auto sessions = static_cast<std::size_t>(habits.sessions);
  if (sessions == 0) return;
  std::vector<std::vector<std::uint32_t>> sessions_of_batch(static_cast<std::size_t>(habits.visits) + 1);
  const std::size_t first = events.size() - sessions;
  for (std::size_t i = 0; i < sessions; ++i) {
    Event& event = events[first + i];
    event.session = static_cast<std::uint32_t>(i + 1);
    sessions_of_batch[event.batch].push_back(event.session);
  }
  for (Event& event : std::span(events).first(first)) {
    const auto& candidates = sessions_of_batch[event.batch];
    const std::uint32_t drawn = draws.index(2 * static_cast<std::uint32_t>(candidates.size()));
    if (drawn < candidates.size()) event.session = candidates[drawn];
  }
}

/// How many kinds of location provider a person's fixes come from.
std::size_t draw_provider_kinds(std::size_t fixes, Draws& draws) {
  constexpr double kShareWithThree = .0037;
  constexpr double kShareWithTwo = .0363;
  const double rank = draws.unit();
  if (fixes < kProviders || rank >= kShareWithThree + kShareWithTwo) return 1;
  return rank < kShareWithThree ? 3 : 2;
}

}  // namespace

Duration from_hours(double hours) {
  const double microseconds = std::floor(hours * static_cast<double>(kHour.microseconds));
  return Duration{std::max<std::int64_t>(1, static_cast<std::int64_t>(microseconds))};
}

Timestamp at_usual_hour(Timestamp time, double night_share, Draws& draws) {
  constexpr std::size_t kNightHours = 6;
  static const std::span<const double> hours = hour_shares();
  static const Choice night{hours.first(kNightHours)};
  static const Choice day{hours.subspan(kNightHours)};
  const std::size_t hour = draws.chance(night_share) ? night.draw(draws) : kNightHours + day.draw(draws);
  const auto rest = draws.below(static_cast<std::uint64_t>(kHour.microseconds));
  return local_midnight(time) +
         Duration{static_cast<std::int64_t>(hour) * kHour.microseconds + static_cast<std::int64_t>(rest)};
}

std::vector<Event> draw_events(const Person& person, std::uint64_t seed) {
  constexpr double kShareWithoutNetwork = .04;
  static const std::vector<double> screens = zipf_weights(kUsualScreens, kNameFall);
  static const std::vector<double> actions = zipf_weights(kUsualActions, kNameFall);
  static const std::vector<double> networks = zipf_weights(kNetworks, kNameFall);
  std::vector<Event> events(static_cast<std::size_t>(person.events.events));
  if (events.empty()) return events;
  Draws draws(seed, person.number, Purpose::kEvents);
  draw_times(person, events, draws);
  draw_names(screens, person.events.screens, 0.0, &Event::screen, events, draws);
  draw_names(actions, person.events.actions, 0.0, &Event::action, events, draws);
  draw_names(networks, person.events.networks, kShareWithoutNetwork, &Event::network, events, draws);
  draw_sessions(person.events, events, draws);
  return events;
}

Whereabouts::Place Whereabouts::near(Place centre, double kilometres, Draws& draws) {
  constexpr double kKilometresPerDegree = 111.2;  // also along a parallel: all cities lie near the equator
  const double spread = kilometres / kKilometresPerDegree;
  const double north = draws.normal();
  const double east = draws.normal();
  return {centre.latitude + spread * north, centre.longitude + spread * east};
}

Whereabouts::Whereabouts(Draws& draws) {
  constexpr Place kCities[] = {{-1.286, 36.817}, {-4.043, 39.668}, {-0.102, 34.762}, {-0.303, 36.080}, {0.514, 35.270}};
  constexpr double kPopulations[] = {.60, .16, .09, .08, .07};
  constexpr double kShareWithoutSpeed = .028;
  static const Choice cities(kPopulations);
  home_ = near(kCities[cities.draw(draws)], 5.0, draws);
  work_ = near(home_, 4.0, draws);
  typical_accuracy_ = 20.0 * portable_exp(.5 * draws.normal());
  never_tells_speed_ = draws.chance(kShareWithoutSpeed);
}

double Whereabouts::draw_speed(bool moving, const Person& person, Draws& draws) const {
  constexpr double kShareUnknown = .01;
  const double ride_chance = std::min(.0023, .25 / person.movement.fixes);
  const double noise = draws.normal();
  double speed = moving ? person.movement.typical_speed * portable_exp(.55 * noise - .15) : 0.0;
  if (draws.chance(ride_chance)) speed += portable_exp(1.14 + .73 * draws.normal());
  return never_tells_speed_ || draws.chance(kShareUnknown) ? kUnknownSpeed : speed;
}

Fix Whereabouts::fix_at(Timestamp time, const Person& person, Draws& draws) const {
  constexpr int kWorkStartsAtHour = 8;
  constexpr int kWorkEndsAtHour = 18;
  constexpr double kAround = .15;   // kilometres
  constexpr double kElsewhere = 6;  // kilometres
  const auto decimals = [](double value, double scale) { return std::floor(value * scale + 0.5) / scale; };
  const bool moving = draws.chance(person.movement.moving_share);
  const int hour = local_hour(time);
  const bool at_work = hour >= kWorkStartsAtHour && hour < kWorkEndsAtHour;
  const Place place = moving ? near(home_, kElsewhere, draws) : near(at_work ? work_ : home_, kAround, draws);
  Fix fix;
  fix.time = time;
  fix.accuracy_metres = decimals(typical_accuracy_ * portable_exp(.6 * draws.normal()), 1e3);
  fix.speed = decimals(draw_speed(moving, person, draws), 1e4);
  fix.latitude = decimals(place.latitude, 1e6);
  fix.longitude = decimals(place.longitude, 1e6);
  return fix;
}

std::vector<Fix> draw_fixes(const Person& person, std::uint64_t seed) {
  static const std::vector<double> weights = zipf_weights(kProviders, kNameFall);
  if (person.movement.fixes == 0) return {};
  Draws draws(seed, person.number, Purpose::kFixes);
  const Whereabouts whereabouts(draws);
  const Timestamp last = person.application_at - from_hours(person.movement.recency_hours);
  std::vector<Fix> fixes;
  for (int i = 0; i < person.movement.fixes; ++i) {
    const double age_days = person.history_days * portable_exp(person.concentration * portable_log(draws.unit()));
    fixes.push_back(whereabouts.fix_at(i == 0 ? last : last - from_hours(age_days * kHoursPerDay), person, draws));
  }
  const std::vector<std::uint16_t> kinds = draw_distinct(weights, draw_provider_kinds(fixes.size(), draws), draws);
  for (std::size_t i = 0; i < fixes.size(); ++i)
    fixes[i].provider = kinds[i < kinds.size() ? i : draws.index(static_cast<std::uint32_t>(kinds.size()))];
  return fixes;
}

}  // namespace asof::simulation
