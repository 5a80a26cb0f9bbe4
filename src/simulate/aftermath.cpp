// Rates continue what the person did before the application.
#include "simulate/aftermath.h"

#include <algorithm>
#include <span>

#include "simulate/draws.h"
#include "simulate/history.h"
#include "simulate/names.h"

namespace asof::simulation {
namespace {

constexpr double kHoursPerDay = 24.0;
constexpr double kDailyShare = .012;  // of the rows before the application: rows a day after it
constexpr int kRowsThatCountMax = 4000;

/// The time after an application during which something can happen.
struct Period {
  Timestamp begin;
  Timestamp end;

  double days() const { return in_days(end - begin); }

  /// A moment in (begin, end].
  Timestamp draw(Draws& draws) const {
    const auto length = static_cast<std::uint64_t>((end - begin).microseconds);
    return begin + Duration{1 + static_cast<std::int64_t>(draws.below(length))};
  }
};

Period active_period(const Applicant& applicant, Timestamp horizon, Draws& draws) {
  constexpr double kMeanDaysWhenRepaid = 45.0;
  constexpr double kMeanDaysWhenNot = 18.0;
  const Timestamp begin = applicant.person.application_at;
  const double days = draws.exponential(applicant.repaid ? kMeanDaysWhenRepaid : kMeanDaysWhenNot);
  return {begin, std::min(begin + from_hours(days * kHoursPerDay), horizon)};
}

/// A moment of the period, at a usual hour of its day where that is still within.
Timestamp draw_usual_time(const Period& period, double night_share, Draws& draws) {
  const Timestamp time = period.draw(draws);
  const Timestamp usual = at_usual_hour(time, night_share, draws);
  return usual > period.begin && usual <= period.end ? usual : time;
}

/// Everyday use goes on: each row repeats the names of one from before. Every local day has a session of its own.
void add_everyday_events(const Person& person, const Period& active, Draws& draws, std::vector<Event>& events) {
  const std::size_t known = events.size();
  if (known == 0) return;
  const double rate_per_day = kDailyShare * std::min(person.events.events, kRowsThatCountMax);
  const std::int64_t count = draws.poisson(rate_per_day * active.days());
  const Timestamp first_day = local_midnight(active.begin);
  for (std::int64_t i = 0; i < count; ++i) {
    Event event = events[draws.below(known)];
    event.time = draw_usual_time(active, person.events.night_share, draws);
    const auto day = static_cast<std::uint32_t>((event.time - first_day).microseconds / kDay.microseconds);
    event.batch = static_cast<std::uint32_t>(person.events.visits) + 1 + day;
    const bool has_session = person.events.sessions > 0 && draws.chance(.5);
    event.session = has_session ? static_cast<std::uint32_t>(person.events.sessions) + 1 + day : kNoSession;
    events.push_back(event);
  }
}

Event make_event(const Person& person, Timestamp time, std::uint16_t screen, std::uint16_t action) {
  constexpr std::uint16_t kWifi = 0;
  Event event;
  event.time = time;
  event.batch = static_cast<std::uint32_t>(person.events.visits) + 1 +
                static_cast<std::uint32_t>(std::max(0.0, in_days(time - local_midnight(person.application_at))));
  event.screen = screen;
  event.action = action;
  event.network = kWifi;
  return event;
}

void add_loan_events(const Applicant& applicant, Timestamp horizon, Draws& draws, std::vector<Event>& events) {
  constexpr Duration kFirstCallAfter{20 * kDay.microseconds};
  constexpr std::uint16_t kTap = 1;
  const Person& person = applicant.person;
  const Period all{person.application_at, horizon};
  const std::int64_t repayments = draws.poisson(applicant.repaid ? 2.2 : .5);
  for (std::int64_t i = 0; i < repayments; ++i) {
    const auto screen = static_cast<std::uint16_t>(kFirstRepaymentScreen + draws.index(kRepaymentScreens));
    events.push_back(make_event(person, draw_usual_time(all, person.events.night_share, draws), screen, kTap));
  }
  const bool overdue = !applicant.repaid && all.end - all.begin > kFirstCallAfter;
  const Period calls{overdue ? all.begin + kFirstCallAfter : all.begin, all.end};
  const std::int64_t called = draws.poisson(overdue ? 1.6 : .1);
  for (std::int64_t i = 0; i < called; ++i)
    events.push_back(make_event(person, calls.draw(draws), kNoticeScreen, kCollectorCall));
}

void add_fixes(const Person& person, std::uint64_t seed, const Period& active, Draws& draws, std::vector<Fix>& fixes) {
  const std::size_t known = fixes.size();
  if (known == 0) return;
  const double rate_per_day = kDailyShare * std::min(person.movement.fixes, kRowsThatCountMax);
  const std::int64_t count = draws.poisson(rate_per_day * active.days());
  Draws before(seed, person.number, Purpose::kFixes);
  const Whereabouts whereabouts(before);
  for (std::int64_t i = 0; i < count; ++i) {
    Fix fix = whereabouts.fix_at(active.draw(draws), person, draws);
    fix.provider = fixes[draws.below(known)].provider;
    fixes.push_back(fix);
  }
}

}  // namespace

void add_aftermath(const Applicant& applicant, std::uint64_t seed, Timestamp exported_at, Rows& rows) {
  constexpr Duration kLongest{90 * kDay.microseconds};
  const Person& person = applicant.person;
  const Timestamp applied = person.application_at;
  const Timestamp horizon = std::min(applied + kLongest, exported_at);
  Draws draws(seed, person.number, Purpose::kAftermath);
  const Period active = active_period(applicant, horizon, draws);
  add_everyday_events(person, active, draws, rows.events);
  add_fixes(person, seed, active, draws, rows.fixes);
  add_loan_events(applicant, horizon, draws, rows.events);
  rows.events.push_back(make_event(person, applied, kApplicationScreen, kSubmitApplication));
}

}  // namespace asof::simulation
