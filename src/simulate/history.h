// What a person's phone recorded before the application.
#pragma once

#include "simulate/draws.h"
#include "simulate/person.h"
#include "simulate/rows.h"

namespace asof::simulation {

/// Exactly `person.events.events` rows, all before the application, in no order of time. The latest is
/// `recency_hours` before it; as many different screens, actions, networks and sessions occur as the habits say.
std::vector<Event> draw_events(const Person& person, std::uint64_t seed);

/// Exactly `person.movement.fixes` rows, all before the application, in no order of time.
std::vector<Fix> draw_fixes(const Person& person, std::uint64_t seed);

/// Where a person's fixes come from; the same before and after the application.
class Whereabouts {
 public:
  /// From the first draws of a person's stream for fixes: the same draws, the same places.
  explicit Whereabouts(Draws& draws);

  /// A fix at that time; provider and id are left to the caller.
  Fix fix_at(Timestamp time, const Person& person, Draws& draws) const;

 private:
  struct Place {
    double latitude;
    double longitude;
  };

  static Place near(Place centre, double kilometres, Draws& draws);
  double draw_speed(bool moving, const Person& person, Draws& draws) const;

  Place home_{};
  Place work_{};
  double typical_accuracy_ = 0.0;
  bool never_tells_speed_ = false;
};

/// `time` moved to a usual hour of its local day: at night with chance `night_share`, else by day.
Timestamp at_usual_hour(Timestamp time, double night_share, Draws& draws);

/// `hours` as a length of time, at least a microsecond.
Duration from_hours(double hours);

}  // namespace asof::simulation
