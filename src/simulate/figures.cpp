// One pass over the rows of each table.
#include "simulate/figures.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "asof/table.h"

namespace asof::simulation {
namespace {

constexpr std::size_t kNamesMax = 256;
constexpr int kWeek = 7;
constexpr int kMonth = 30;

template <class T>
double as_real(T count) {
  return static_cast<double>(count);
}

/// Which names have been seen.
class Seen {
 public:
  void add(std::uint16_t name) {
    if (name != kNoName) names_.set(name);
  }
  double count() const { return as_real(names_.count()); }

 private:
  std::bitset<kNamesMax> names_;
};

double count_sessions(std::span<const Event> events, Timestamp application_at) {
  std::vector<bool> seen;
  double count = 0.0;
  for (const Event& event : events) {
    if (event.time >= application_at || event.session == kNoSession) continue;
    if (event.session >= seen.size()) seen.resize(event.session + std::size_t{1});
    if (!seen[event.session]) ++count;
    seen[event.session] = true;
  }
  return count;
}

void add_events(std::span<const Event> events, Timestamp application_at, Figures& figures) {
  Seen screens, actions, networks;
  std::bitset<kMonth + 2> active_days;
  Timestamp last{std::numeric_limits<std::int64_t>::min()};
  std::int64_t count = 0, in_last_week = 0, in_the_night = 0;
  const Timestamp today = local_midnight(application_at);
  for (const Event& event : events) {
    if (event.time >= application_at) continue;
    ++count;
    screens.add(event.screen);
    actions.add(event.action);
    networks.add(event.network);
    last = std::max(last, event.time);
    const Duration age = application_at - event.time;
    if (age.microseconds <= kWeek * kDay.microseconds) ++in_last_week;
    if (at_night(event.time)) ++in_the_night;
    if (age.microseconds > kMonth * kDay.microseconds) continue;
    const std::int64_t days_ago = (today - local_midnight(event.time)).microseconds / kDay.microseconds;
    active_days.set(static_cast<std::size_t>(days_ago));
  }
  figures.total_events = as_real(count);
  figures.unique_screens = screens.count();
  figures.unique_actions = actions.count();
  figures.total_sessions = count_sessions(events, application_at);
  figures.unique_networks = networks.count();
  figures.active_days_of_last_30 = as_real(active_days.count());
  figures.event_recency_hours = count == 0 ? kMissing : in_hours(application_at - last);
  figures.share_of_last_week = count == 0 ? kMissing : as_real(in_last_week) / as_real(count);
  figures.share_at_night = count == 0 ? kMissing : as_real(in_the_night) / as_real(count);
}

void add_fixes(std::span<const Fix> fixes, Timestamp application_at, Figures& figures) {
  Seen providers;
  Timestamp last{std::numeric_limits<std::int64_t>::min()};
  double count = 0.0, accuracy = 0.0, speed = 0.0;
  double fastest = kUnknownSpeed;
  for (const Fix& fix : fixes) {
    if (fix.time >= application_at) continue;
    ++count;
    providers.add(fix.provider);
    accuracy += fix.accuracy_metres;
    speed += fix.speed;
    fastest = std::max(fastest, fix.speed);
    last = std::max(last, fix.time);
  }
  double squares = 0.0;
  for (const Fix& fix : fixes) {
    const double deviation = fix.accuracy_metres - accuracy / count;
    if (fix.time < application_at) squares += deviation * deviation;
  }
  figures.gps_count = count;
  figures.providers = providers.count();
  figures.avg_accuracy = count == 0 ? kMissing : accuracy / count;
  figures.std_accuracy = count < 2 ? kMissing : std::sqrt(squares / (count - 1));
  figures.avg_speed = count == 0 ? kMissing : speed / count;
  figures.max_speed = count == 0 ? kMissing : fastest;
  figures.gps_recency_hours = count == 0 ? kMissing : in_hours(application_at - last);
}

}  // namespace

Figures figures_of(std::span<const Event> events, std::span<const Fix> fixes, Timestamp application_at) {
  Figures figures;
  add_events(events, application_at, figures);
  add_fixes(fixes, application_at, figures);
  return figures;
}

}  // namespace asof::simulation
