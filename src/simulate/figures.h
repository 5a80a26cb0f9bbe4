// What the rows before an application amount to: all that the truth may look at, besides the attributes and the time of
// the application itself.
#pragma once

#include <span>

#include "asof/time.h"
#include "simulate/rows.h"

namespace asof::simulation {

/// Figures of the rows with `time < application_at`; rows at or after it change nothing. Where there are no rows,
/// counts are 0 and everything else is kMissing.
struct Figures {
  double gps_count = 0.0;
  double avg_accuracy = 0.0;
  double std_accuracy = 0.0;  // sample standard deviation; missing below two fixes
  double avg_speed = 0.0;     // an unknown speed counts as -1, as in the published table
  double max_speed = 0.0;
  double providers = 0.0;
  double gps_recency_hours = 0.0;

  double total_events = 0.0;
  double unique_screens = 0.0;
  double unique_actions = 0.0;
  double total_sessions = 0.0;
  double unique_networks = 0.0;
  double event_recency_hours = 0.0;

  double share_of_last_week = 0.0;      // of the events
  double share_at_night = 0.0;          // of the events: 0 h to before 6 h, local time
  double active_days_of_last_30 = 0.0;  // local days with an event
};

Figures figures_of(std::span<const Event> events, std::span<const Fix> fixes, Timestamp application_at);

}  // namespace asof::simulation
