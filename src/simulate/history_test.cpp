#include "simulate/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "simulate/figures.h"
#include "simulate/names.h"

namespace asof::simulation {
namespace {

constexpr std::uint64_t kSeed = 5;

std::vector<Person> people(std::uint64_t count) {
  std::vector<Person> all;
  for (std::uint64_t number = 1; number <= count; ++number) all.push_back(draw_person(kSeed, number));
  return all;
}

TEST(History, has_exactly_the_counts_of_the_person_and_lies_before_the_application) {
  for (const Person& person : people(2000)) {
    const auto events = draw_events(person, kSeed);
    const auto fixes = draw_fixes(person, kSeed);
    const Figures figures = figures_of(events, fixes, person.application_at);
    ASSERT_EQ(figures.total_events, person.events.events) << person.number;
    ASSERT_EQ(figures.unique_screens, person.events.screens) << person.number;
    ASSERT_EQ(figures.unique_actions, person.events.actions) << person.number;
    ASSERT_EQ(figures.total_sessions, person.events.sessions) << person.number;
    ASSERT_EQ(figures.unique_networks, person.events.networks) << person.number;
    ASSERT_EQ(figures.gps_count, person.movement.fixes) << person.number;
    ASSERT_LT(person.events.screens, static_cast<int>(kUsualScreens));
  }
}

TEST(History, recency_is_that_of_the_person_to_the_microsecond) {
  for (const Person& person : people(500)) {
    const Figures figures = figures_of(draw_events(person, kSeed), draw_fixes(person, kSeed), person.application_at);
    if (person.events.events > 0) {
      EXPECT_NEAR(figures.event_recency_hours, person.events.recency_hours, 3e-10);
    }
    if (person.movement.fixes > 0) {
      EXPECT_NEAR(figures.gps_recency_hours, person.movement.recency_hours, 3e-10);
    }
  }
}

TEST(History, events_cluster_in_bursts) {
  constexpr Duration kShortGap{5 * kMinute.microseconds};
  constexpr Duration kDayAndAnHour{25 * kHour.microseconds};
  std::int64_t gaps = 0;
  std::int64_t short_gaps = 0;
  std::int64_t in_last_hour = 0;
  std::int64_t in_hour_a_day_before = 0;
  for (const Person& person : people(500)) {
    auto events = draw_events(person, kSeed);
    std::ranges::sort(events, {}, &Event::time);
    for (std::size_t i = 1; i < events.size(); ++i) {
      ++gaps;
      short_gaps += events[i].time - events[i - 1].time < kShortGap ? 1 : 0;
    }
    for (const Event& event : events) {
      const Duration before_last = events.back().time - event.time;
      in_last_hour += before_last < kHour ? 1 : 0;
      in_hour_a_day_before += before_last >= kDay && before_last < kDayAndAnHour ? 1 : 0;
    }
  }
  // Events spread evenly over a history of weeks would be hours apart.
  EXPECT_GT(static_cast<double>(short_gaps) / static_cast<double>(gaps), .85);
  EXPECT_GT(in_last_hour, 10 * in_hour_a_day_before);
}

TEST(History, has_a_daily_rhythm) {
  std::array<double, 24> by_hour{};
  double count = 0.0;
  for (const Person& person : people(1500)) {
    for (const Event& event : draw_events(person, kSeed)) {
      ++by_hour.at(static_cast<std::size_t>(local_hour(event.time)));
      ++count;
    }
  }
  double night = 0.0;
  for (std::size_t hour = 0; hour < 6; ++hour) night += by_hour.at(hour);
  EXPECT_NEAR(night / count, .12, .02);
  const double at_three = by_hour[3] / count;
  for (std::size_t hour = 8; hour < 20; ++hour) EXPECT_GT(by_hour.at(hour) / count, 2.0 * at_three) << hour;
}

TEST(History, has_more_sessions_as_the_months_go_by) {
  double early = 0.0, early_sessions = 0.0, late = 0.0, late_sessions = 0.0;
  for (const Person& person : people(4000)) {
    const double position = calendar_position(person.application_at);
    (position < .2 ? early : late) += position < .2 || position > .7 ? 1 : 0;
    if (position < .2) early_sessions += person.events.sessions;
    if (position > .7) late_sessions += person.events.sessions;
  }
  EXPECT_GT(late_sessions / late, 1.5 * early_sessions / early);
}

TEST(History, every_session_lies_within_one_batch) {
  for (const Person& person : people(200)) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> places;
    for (const Event& event : draw_events(person, kSeed))
      if (event.session != kNoSession) places.emplace(event.session, event.batch);
    EXPECT_EQ(places.size(), static_cast<std::size_t>(person.events.sessions));
  }
}

TEST(Figures, rows_at_or_after_the_application_change_nothing) {
  const Person person = draw_person(kSeed, 3);
  auto events = draw_events(person, kSeed);
  auto fixes = draw_fixes(person, kSeed);
  const Figures before = figures_of(events, fixes, person.application_at);
  for (const Duration later : {Duration{0}, Duration{1}, kDay}) {
    Event event;
    event.time = person.application_at + later;
    event.screen = kApplicationScreen;
    event.session = 999;
    events.push_back(event);
    Fix fix;
    fix.time = event.time;
    fix.speed = 1000.0;
    fixes.push_back(fix);
  }
  const Figures after = figures_of(events, fixes, person.application_at);
  EXPECT_EQ(std::memcmp(&before, &after, sizeof before), 0);
}

}  // namespace
}  // namespace asof::simulation
