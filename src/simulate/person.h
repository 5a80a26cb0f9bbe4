// Who a simulated applicant is: four traits, and the quantities of behaviour and attributes that follow from them.
#pragma once

#include <array>
#include <cstdint>

#include "asof/time.h"

namespace asof::simulation {

/// Independent standard normal numbers.
struct Traits {
  double engagement = 0.0;
  double haste = 0.0;
  double stability = 0.0;
  double means = 0.0;
};

/// feature_1 .. feature_10 at indices 0 .. 9; kMissing where missing.
using Attributes = std::array<double, 10>;

struct EventHabits {
  int events = 0;  // before the application; the numbers of different names below are at most this
  int screens = 0;
  int actions = 0;
  int sessions = 0;
  int networks = 0;
  int visits = 1;
  double recency_hours = 0.0;
  double night_share = 0.0;  // of visits
  double burst_share = 0.0;  // of events: in the minutes before the last one
};

struct MovementHabits {
  int fixes = 0;  // before the application
  double recency_hours = 0.0;
  double moving_share = 0.0;   // of fixes
  double typical_speed = 0.0;  // metres per second, when moving
};

struct Person {
  std::uint64_t number = 0;
  Traits traits;
  Timestamp application_at;
  double history_days = 0.0;   // how far the rows reach back
  double concentration = 0.0;  // above 1: more rows towards the end of the history
  EventHabits events;
  MovementHabits movement;
  Attributes attributes{};
};

/// The whole run of the calendar in which people apply: 2022-02-12 to 2025-03-11, local days.
Timestamp first_application_day();
Timestamp last_application_day();

/// Where `time` stands in the calendar: 0 on the first day of applications, 1 on the last.
double calendar_position(Timestamp time);

/// How often a user does something at each hour of the day, by the hours at which applications were filed.
/// Sums to 1.
const std::array<double, 24>& hour_shares();

/// The person of that number (1, 2, ...): always the same for the same seed.
Person draw_person(std::uint64_t seed, std::uint64_t number);

}  // namespace asof::simulation
