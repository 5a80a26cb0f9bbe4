// Aggregations of when rows happened: recency, days, gaps, sessions, hours of the day.
#include <algorithm>
#include <cmath>
#include <map>

#include "tests/oracle/oracle.h"

namespace oracle {
namespace {

constexpr long double kMinute = 60e6L;
constexpr long double kHour = 3600e6L;
constexpr long double kDay = 24 * kHour;
constexpr std::int64_t kWholeDay = 86'400'000'000;
constexpr std::int64_t kFirstWeekday = 3;  // 1970-01-01 was a Thursday; Monday is 0
constexpr std::int64_t kDaysOfWeek = 7;

long double since(const Window& window, const Row& row) {
  return static_cast<long double>(window.question.cutoff - row.time);
}

Answer hours_since_first(const Window& window) {
  return window.size() == 0 ? missing() : rounded(since(window, window.rows.front()) / kHour);
}

Answer days_since_first(const Window& window) {
  return window.size() == 0 ? missing() : rounded(since(window, window.rows.front()) / kDay);
}

Answer hours_since_last(const Window& window) {
  return window.size() == 0 ? missing() : rounded(since(window, window.rows.back()) / kHour);
}

Answer days_since_last(const Window& window) {
  return window.size() == 0 ? missing() : rounded(since(window, window.rows.back()) / kDay);
}

Answer rate_per_day(const Window& window) {
  const auto rows = static_cast<long double>(window.size());
  const bool has_beginning = window.question.length.has_value();
  if (has_beginning) return rounded(rows / (static_cast<long double>(*window.question.length) / kDay));
  if (window.size() == 0) return missing();
  const long double days = static_cast<long double>(window.end - window.rows.front().time) / kDay;
  return rounded(rows / std::max(days, 1.0L));
}

/// The number of the local day since 1970-01-01.
std::int64_t local_day(const Window& window, std::int64_t time) {
  const std::int64_t local = time + window.question.clock_ahead;
  return local >= 0 ? local / kWholeDay : -((-local + kWholeDay - 1) / kWholeDay);
}

bool is_active(const Window& window, std::int64_t day) {
  for (const Row& row : window.rows) {
    if (local_day(window, row.time) == day) return true;
  }
  return false;
}

/// Active days in a row up to this one.
std::size_t streak_up_to(const Window& window, std::int64_t day) {
  std::size_t days = 0;
  while (is_active(window, day - static_cast<std::int64_t>(days))) ++days;
  return days;
}

Answer active_days(const Window& window) {
  std::size_t days = 0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    bool seen = false;
    for (std::size_t j = 0; j < i; ++j)
      seen |= local_day(window, window.rows[j].time) == local_day(window, window.rows[i].time);
    days += seen ? 0U : 1U;
  }
  return counted(days);
}

Answer longest_streak(const Window& window) {
  std::size_t longest = 0;
  for (const Row& row : window.rows) longest = std::max(longest, streak_up_to(window, local_day(window, row.time)));
  return counted(longest);
}

Answer current_streak(const Window& window) {
  const std::int64_t today = local_day(window, window.end);
  return counted(streak_up_to(window, is_active(window, today) ? today : today - 1));
}

std::vector<long double> gaps_in_hours(const Window& window) {
  std::vector<long double> gaps;
  for (std::size_t i = 1; i < window.size(); ++i)
    gaps.push_back(static_cast<long double>(window.rows[i].time - window.rows[i - 1].time) / kHour);
  return gaps;
}

long double mean_of(const std::vector<long double>& values) {
  long double total = 0;
  for (const long double value : values) total += value;
  return total / static_cast<long double>(values.size());
}

Answer gap_mean_hours(const Window& window) {
  return window.size() < 2 ? missing() : rounded(mean_of(gaps_in_hours(window)));
}

Answer gap_stddev_hours(const Window& window) {
  if (window.size() < 3) return missing();
  const std::vector<long double> gaps = gaps_in_hours(window);
  long double squares = 0;
  for (const long double gap : gaps) squares += (gap - mean_of(gaps)) * (gap - mean_of(gaps));
  const long double largest = *std::max_element(gaps.begin(), gaps.end());
  return rounded(std::sqrt(squares / static_cast<long double>(gaps.size() - 1)), 1e-12L * largest);
}

Answer gap_max_hours(const Window& window) {
  if (window.size() < 2) return missing();
  const std::vector<long double> gaps = gaps_in_hours(window);
  return rounded(*std::max_element(gaps.begin(), gaps.end()));
}

using Session = std::vector<Row>;

/// Of rows: split where nothing happened for the silence given. Of a column: one session per value.
std::vector<Session> sessions_of(const Window& window) {
  std::vector<Session> sessions;
  for (const Row& row : window.rows) {
    Session* mine = nullptr;
    for (Session& session : sessions) {
      const bool of_column = window.question.of == Of::kColumn;
      const auto silence = static_cast<double>(row.time - session.back().time);
      if (of_column ? session.front().cell == row.cell : silence < window.question.settings.at(0)) mine = &session;
    }
    if (mine == nullptr) mine = &sessions.emplace_back();
    mine->push_back(row);
  }
  return sessions;
}

long double minutes(const Session& session) {
  return static_cast<long double>(session.back().time - session.front().time) / kMinute;
}

Answer sessions(const Window& window) { return counted(sessions_of(window).size()); }

Answer session_mean_minutes(const Window& window) {
  if (window.size() == 0) return missing();
  std::vector<long double> lengths;
  for (const Session& session : sessions_of(window)) lengths.push_back(minutes(session));
  return rounded(mean_of(lengths));
}

Answer session_longest_minutes(const Window& window) {
  if (window.size() == 0) return missing();
  long double longest = 0;
  for (const Session& session : sessions_of(window)) longest = std::max(longest, minutes(session));
  return rounded(longest);
}

Answer events_per_session(const Window& window) {
  if (window.size() == 0) return missing();
  return rounded(static_cast<long double>(window.size()) / static_cast<long double>(sessions_of(window).size()));
}

std::int64_t local_weekday(const Window& window, std::int64_t time) {
  const std::int64_t day = (local_day(window, time) + kFirstWeekday) % kDaysOfWeek;
  return day < 0 ? day + kDaysOfWeek : day;
}

template <class Counts>
Answer share_of_rows(const Window& window, const Counts& counts) {
  if (window.size() == 0) return missing();
  std::size_t count = 0;
  for (const Row& row : window.rows) count += counts(row.time) ? 1U : 0U;
  return rounded(static_cast<long double>(count) / static_cast<long double>(window.size()));
}

Answer night_share(const Window& window) {
  return share_of_rows(window, [&](std::int64_t time) { return local_hour(window, time) < 6; });
}

Answer weekend_share(const Window& window) {
  return share_of_rows(window, [&](std::int64_t time) { return local_weekday(window, time) >= 5; });
}

Answer business_hours_share(const Window& window) {
  return share_of_rows(window, [&](std::int64_t time) {
    const std::int64_t hour = local_hour(window, time);
    return local_weekday(window, time) < 5 && hour >= 9 && hour < 18;
  });
}

}  // namespace

Function time_function_named(std::string_view name) {
  static const std::map<std::string_view, Function> all = {
      {"hours_since_first", hours_since_first},
      {"days_since_first", days_since_first},
      {"hours_since_last", hours_since_last},
      {"days_since_last", days_since_last},
      {"rate_per_day", rate_per_day},
      {"active_days", active_days},
      {"longest_streak", longest_streak},
      {"current_streak", current_streak},
      {"gap_mean_hours", gap_mean_hours},
      {"gap_stddev_hours", gap_stddev_hours},
      {"gap_max_hours", gap_max_hours},
      {"sessions", sessions},
      {"session_mean_minutes", session_mean_minutes},
      {"session_longest_minutes", session_longest_minutes},
      {"events_per_session", events_per_session},
      {"night_share", night_share},
      {"weekend_share", weekend_share},
      {"business_hours_share", business_hours_share},
  };
  const auto place = all.find(name);
  return place == all.end() ? nullptr : place->second;
}

}  // namespace oracle
