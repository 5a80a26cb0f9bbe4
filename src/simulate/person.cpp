// Marginals by quantile maps, dependence by traits: every quantity has a standard normal deviate, a mixture of traits
// and noise of its own, and the map turns the deviate's rank into a value. The anchors at the minimum, the quartiles
// and the maximum are the published figures; those between were chosen so that the published means and spreads come
// out.
#include "simulate/person.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "asof/table.h"
#include "base/elementary.h"
#include "simulate/draws.h"
#include "simulate/quantile_map.h"
#include "simulate/rows.h"

namespace asof::simulation {
namespace {

using enum Interpolation;

constexpr double kDays = 1123.0;  // from the first day of applications to the last
constexpr double kMeanPosition = 0.434;
constexpr double kPositionSpread = 0.318;

constexpr Anchor kApplicationDay[] = {{0, 0}, {.25, 144}, {.5, 403}, {.75, 839}, {1, kDays + 1}};
constexpr Anchor kEvents[] = {{0, 14},      {.02, 30},   {.23, 122.3}, {.27, 141.5},  {.5, 343.6},
                              {.75, 725.6}, {.92, 1460}, {.99, 3750},  {.999, 10000}, {1, 18936}};
constexpr Anchor kScreens[] = {{0, 2}, {.02, 5}, {.25, 15}, {.5, 28}, {.75, 39}, {.95, 61}, {.99, 82}, {1, 139}};
constexpr Anchor kActions[] = {{0, 2}, {.02, 8}, {.25, 11}, {.5, 14}, {.75, 18}, {.95, 25}, {.99, 30.5}, {1, 46}};
constexpr Anchor kSessions[] = {{0, .1},    {.27, .1}, {.2701, 1}, {.5, 1.35},  {.52, 1.5},
                                {.75, 7.8}, {.9, 20},  {.98, 58},  {.999, 160}, {1, 435}};
constexpr Anchor kEventRecency[] = {{0, 3e-6},   {.001, 4e-5}, {.23, .00205}, {.27, .00236},
                                    {.5, .0070}, {.73, .0178}, {.77, .0207},  {.93, .15},
                                    {.975, 14},  {.99, 1150},  {.998, 12000}, {1, 49030}};
constexpr Anchor kFixes[] = {{0, .01}, {.3, 1.5}, {.5, 6}, {.75, 40}, {.9, 230}, {.97, 1000}, {.995, 5000}, {1, 16000}};
constexpr Anchor kFixRecency[] = {{0, 9e-5},   {.003, 4e-4}, {.215, .0063}, {.255, .00775}, {.5, .0229},   {.645, 1.2},
                                  {.7075, 90}, {.7575, 145}, {.86, 3900},   {.94, 15500},   {.985, 37500}, {1, 70698}};
constexpr Anchor kFeature1[] = {{0, 1},      {.02, 30},   {.23, 265},   {.27, 320.5},  {.5, 660},
                                {.75, 1560}, {.95, 5350}, {.99, 13000}, {.999, 33000}, {1, 69406}};
constexpr Anchor kFeature2[] = {{0, 1},     {.02, 10},   {.23, 99},   {.27, 119},     {.5, 239},
                                {.75, 576}, {.95, 2050}, {.99, 5800}, {.9985, 26000}, {1, 88817}};
constexpr Anchor kFeature3[] = {{0, 0}, {.2, 3}, {.235, 6.5}, {.265, 7.4}, {.5, 63}, {.75, 196}, {.955, 345}, {1, 364}};
constexpr Anchor kFeature4[] = {{0, 5e-5},    {.02, 1},    {.22, 26},   {.28, 34.6}, {.5, 71.1},
                                {.75, 347.5}, {.95, 1280}, {.99, 2250}, {1, 3390}};
constexpr Anchor kFeature7[] = {{0, -3181},   {.0012, 4300}, {.02, 4860}, {.25, 5090.1},
                                {.5, 5104.5}, {.75, 5205.8}, {.95, 5265}, {1, 5374}};
constexpr Anchor kFeature8[] = {{0, .2},   {.2, .6},   {.25, 1},    {.5, 3},  {.75, 12},
                                {.95, 61}, {.99, 225}, {.999, 950}, {1, 3284}};

struct Maps {
  QuantileMap application_day{kApplicationDay, kLinear};
  QuantileMap events{kEvents, kLogarithmic};
  QuantileMap screens{kScreens, kLogarithmic};
  QuantileMap actions{kActions, kLogarithmic};
  QuantileMap sessions{kSessions, kLogarithmic};
  QuantileMap event_recency{kEventRecency, kLogarithmic};
  QuantileMap fixes{kFixes, kLogarithmic};
  QuantileMap fix_recency{kFixRecency, kLogarithmic};
  QuantileMap feature_1{kFeature1, kLogarithmic};
  QuantileMap feature_2{kFeature2, kLogarithmic};
  QuantileMap feature_3{kFeature3, kLinear};
  QuantileMap feature_4{kFeature4, kLogarithmic};
  QuantileMap feature_7{kFeature7, kLinear};
  QuantileMap feature_8{kFeature8, kLogarithmic};
};

const Maps& maps() {
  static const Maps all;
  return all;
}

struct Term {
  double weight;
  double deviate;
};

/// The sum of the terms (uncorrelated, each of unit variance) with noise that fills it up to unit variance.
double mix(std::initializer_list<Term> terms, double noise) {
  double sum = 0.0;
  double explained = 0.0;
  for (const auto& [weight, deviate] : terms) {
    sum += weight * deviate;
    explained += weight * weight;
  }
  return sum + std::sqrt(1.0 - explained) * noise;
}

double round_to(double value, double step) { return std::floor(value / step + 0.5) * step; }

/// To a number of decimals, as the double nearest to that decimal.
double round_to_decimals(double value, int decimals) {
  double scale = 1.0;
  for (int i = 0; i < decimals; ++i) scale *= 10.0;
  return std::floor(value * scale + 0.5) / scale;
}

int whole(double value) { return static_cast<int>(round_to(value, 1.0)); }

/// Whether a value is missing for a share of the people, for more of those with a low `trait`.
bool draw_missing(double share, double trait, double strength, Draws& draws) {
  const double deviate = (strength * trait + draws.normal()) / std::sqrt(1.0 + strength * strength);
  return normal_cdf(deviate) < share;
}

Timestamp draw_application_time(Draws& draws) {
  static const Choice hours(hour_shares());
  const double day = std::floor(maps().application_day.at(draws.unit()));
  const auto hour = static_cast<std::int64_t>(hours.draw(draws));
  const auto rest = static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(kHour.microseconds)));
  return first_application_day() +
         Duration{static_cast<std::int64_t>(day) * kDay.microseconds + hour * kHour.microseconds + rest};
}

/// What the quantities of one person have in common.
struct Deviates {
  double events;
  double event_recency;
};

EventHabits draw_event_habits(const Person& person, Deviates& z, Draws& draws) {
  constexpr double kShareWithoutEvents = 0.0006;
  const auto& [engagement, haste, stability, means] = person.traits;
  const double position = (calendar_position(person.application_at) - kMeanPosition) / kPositionSpread;
  EventHabits habits;
  z.events = mix({{.90, engagement}}, draws.normal());
  const double screens = mix({{.72, z.events}, {.25, means}}, draws.normal());
  const double actions = mix({{.80, screens}}, draws.normal());
  const double sessions = mix({{.45, engagement}, {.35, position}, {.25, haste}}, draws.normal());
  const double networks = normal_cdf(mix({{.45, z.events}, {-.30, stability}}, draws.normal()));
  z.event_recency = mix({{-.25, engagement}, {-.45, haste}}, draws.normal());
  const double returning = mix({{.6, stability}, {.2, engagement}}, draws.normal());
  const double gamma = (draws.exponential(1.0) + draws.exponential(1.0)) / 2.0;  // shape 2, mean 1
  habits.visits = 1 + static_cast<int>(draws.poisson(portable_exp(1.5 + .5 * returning + .3 * z.events) * gamma));
  habits.night_share = sigmoid(-2.2 + .8 * mix({{-.5, stability}}, draws.normal()));
  habits.burst_share = sigmoid(-1.6 + .7 * mix({{-.4, haste}}, draws.normal()));
  if (draws.chance(kShareWithoutEvents)) return habits;

  habits.events = static_cast<int>(maps().events.of_normal(z.events));
  habits.screens = std::min(whole(maps().screens.of_normal(screens)), habits.events);
  habits.actions = std::min(whole(maps().actions.of_normal(actions)), habits.events);
  habits.sessions = std::min(whole(maps().sessions.of_normal(sessions)), habits.events);
  for (const double limit : {.004, .51, .86, .97}) habits.networks += networks >= limit ? 1 : 0;
  habits.recency_hours = maps().event_recency.of_normal(z.event_recency);
  return habits;
}

MovementHabits draw_movement_habits(const Person& person, const Deviates& z, Draws& draws) {
  constexpr double kShareWithoutFixes = .176;
  constexpr double kShareWithAtMostOne = .406;
  constexpr double kShareThatStays = .57;
  const auto& [engagement, haste, stability, means] = person.traits;
  const double kind = normal_cdf(mix({{.30, stability}, {.20, haste}, {.15, means}}, draws.normal()));
  const double several = mix({{.4, stability}, {.3, engagement}}, draws.normal());
  // The terms share engagement and haste (by way of the recency of events), so the variance that they explain is worked
  // out in full.
  constexpr double kOfRecency = .35, kOfStability = -.35, kOfEngagement = -.10, kRecencyOnEngagement = -.25;
  constexpr double kExplained = kOfRecency * kOfRecency + kOfStability * kOfStability + kOfEngagement * kOfEngagement +
                                2 * kOfRecency * kOfEngagement * kRecencyOnEngagement;
  const double recency = kOfRecency * z.event_recency + kOfStability * stability + kOfEngagement * engagement +
                         std::sqrt(1.0 - kExplained) * draws.normal();
  const double mobility = normal_cdf(mix({{-.5, stability}, {.2, means}}, draws.normal()));
  const double speed_noise = draws.normal();

  MovementHabits habits;
  if (kind >= kShareWithoutFixes) habits.fixes = 1;
  if (kind >= kShareWithAtMostOne) habits.fixes = 2 + static_cast<int>(maps().fixes.of_normal(several));
  habits.recency_hours = maps().fix_recency.of_normal(recency);
  if (mobility < kShareThatStays) return habits;
  const double step = (mobility - kShareThatStays) / (1.0 - kShareThatStays);
  habits.moving_share = .15 + .41 * step;
  habits.typical_speed = portable_exp(-1.96 + .96 * speed_noise + 2.08 * step);
  return habits;
}

/// Draws the masked attributes; the order of the draws is part of what a seed means.
Attributes draw_attributes(const Person& person, Draws& draws) {
  constexpr double kPi = 3.14159265358979323846;
  constexpr double kShareWithFeature5 = .038;
  const auto& [engagement, haste, stability, means] = person.traits;
  const double position = (calendar_position(person.application_at) - kMeanPosition) / kPositionSpread;
  const double first = mix({{.55, means}, {.25, engagement}}, draws.normal());
  Attributes x;
  x[0] = round_to_decimals(maps().feature_1.of_normal(first), 1);
  x[1] = round_to_decimals(maps().feature_2.of_normal(mix({{.65, first}}, draws.normal())), 1);
  x[2] = round_to(maps().feature_3.of_normal(mix({{-.3, engagement}, {.3, stability}}, draws.normal())), 1.0);
  x[3] = round_to_decimals(maps().feature_4.of_normal(mix({{.35, means}, {.2, haste}}, draws.normal())), 5);
  const bool has_feature_5 = draws.chance(kShareWithFeature5);
  const double lomax = portable_pow(draws.unit(), -1.0 / 1.25) - 1.0;
  x[4] = has_feature_5 ? std::min(37.0, 1.0 + std::floor(lomax)) : 0.0;
  x[5] = round_to_decimals(portable_cos(2.0 * kPi * local_hour(person.application_at) / 24.0), 6);
  x[6] = round_to_decimals(maps().feature_7.of_normal(mix({{.4, stability}, {.2, position}}, draws.normal())), 1);
  x[7] = round_to(maps().feature_8.of_normal(mix({{.4, engagement}, {.2, haste}}, draws.normal())), 1.0);
  x[8] = static_cast<double>(draws.poisson(portable_exp(-.6 + .5 * means)));
  x[9] = mix({{.4, stability}}, draws.normal()) > .8 ? 1.0 : 0.0;

  if (draw_missing(.150, engagement, .5, draws)) x[0] = kMissing;
  if (draw_missing(.108, engagement, .4, draws)) x[1] = kMissing;
  if (draw_missing(.629, means, .3, draws)) x[2] = kMissing;
  if (draw_missing(.414, engagement, .3, draws)) x[3] = kMissing;
  if (draw_missing(.281, means, .3, draws)) x[6] = kMissing;
  if (draw_missing(.723, means, .3, draws)) x[7] = kMissing;
  return x;
}

}  // namespace

Timestamp first_application_day() {
  constexpr Timestamp kFirstDay{1'644'624'000'000'000};  // 2022-02-12
  return kFirstDay - kLocalOffset;
}

Timestamp last_application_day() {
  return first_application_day() + Duration{static_cast<std::int64_t>(kDays) * kDay.microseconds};
}

double calendar_position(Timestamp time) { return in_days(time - first_application_day()) / kDays; }

const std::array<double, 24>& hour_shares() {
  static const std::array<double, 24> shares = [] {
    std::array<double, 24> weights = {2.2, 1.6, 1.2, 1.1, 1.5, 2.4, 3.4, 5.6, 5.3, 5.8, 5.9, 5.8,
                                      5.6, 5.5, 5.3, 5.1, 5.0, 6.0, 5.0, 4.8, 4.5, 4.2, 3.6, 2.9};
    double sum = 0.0;
    for (const double weight : weights) sum += weight;
    for (double& weight : weights) weight /= sum;
    return weights;
  }();
  return shares;
}

Person draw_person(std::uint64_t seed, std::uint64_t number) {
  Draws draws(seed, number, Purpose::kPerson);
  Person person;
  person.number = number;
  person.traits = {draws.normal(), draws.normal(), draws.normal(), draws.normal()};
  person.application_at = draw_application_time(draws);
  const auto& [engagement, haste, stability, means] = person.traits;
  person.history_days = 45.0 * portable_exp(1.2 * mix({{.5, engagement}, {.2, means}}, draws.normal()));
  person.concentration = portable_exp(.7 + .5 * mix({{.5, haste}, {-.2, stability}}, draws.normal()));
  Deviates deviates{};
  person.events = draw_event_habits(person, deviates, draws);
  person.movement = draw_movement_habits(person, deviates, draws);
  person.attributes = draw_attributes(person, draws);
  return person;
}

}  // namespace asof::simulation
