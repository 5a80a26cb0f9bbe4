// Rows of one visit, or fixes of one day, share their delay.
#include "simulate/arrival.h"

#include <unordered_map>

#include "base/elementary.h"
#include "simulate/draws.h"
#include "simulate/history.h"

namespace asof::simulation {
namespace {

Duration draw_delay(Draws& draws) {
  constexpr double kShareAtOnce = .6;
  constexpr double kShareSoon = .3;
  constexpr double kSecondsAtOnce = 20.0;
  constexpr double kSecondsSoon = 600.0;
  constexpr double kMedianHoursLate = 9.0;
  constexpr double kSecondsPerHour = 3600.0;
  const double rank = draws.unit();
  if (rank < kShareAtOnce) return from_hours(draws.exponential(kSecondsAtOnce) / kSecondsPerHour);
  if (rank < kShareAtOnce + kShareSoon) return from_hours(draws.exponential(kSecondsSoon) / kSecondsPerHour);
  return from_hours(kMedianHoursLate * portable_exp(draws.normal()));
}

/// A delay for each batch, drawn when the batch is first met.
class Delays {
 public:
  explicit Delays(Draws& draws) : draws_(draws) {}

  Duration of(std::int64_t batch) {
    const auto [entry, is_new] = delays_.try_emplace(batch);
    if (is_new) entry->second = draw_delay(draws_);
    return entry->second;
  }

 private:
  Draws& draws_;
  std::unordered_map<std::int64_t, Duration> delays_;
};

}  // namespace

void add_arrival(std::uint64_t seed, std::uint64_t user, Rows& rows) {
  Draws draws(seed, user, Purpose::kArrival);
  Delays of_visits(draws);
  for (Event& event : rows.events) event.received_at = event.time + of_visits.of(event.batch);
  Delays of_days(draws);
  for (Fix& fix : rows.fixes) fix.received_at = fix.time + of_days.of(local_midnight(fix.time).microseconds);
}

}  // namespace asof::simulation
