// A table whose clock is in another time zone. People do something in an app right before they apply, so rows crowd
// just before applications. When they crowd just before a moment that is whole or half hours away instead, it is the
// clock.
//
// For every offset s and application: is there a row in the ten minutes before T + s, more often than half an hour
// earlier and later? Daily rhythm and activity that fades after an application are level or convex on that scale, and
// give no peak; nor does a message sent so many hours after an application, which stands at T + s and not before it.
// The peak at s is compared with the peak at 0 application by application. The null: which of the two is higher is a
// coin toss per person; the highest of all offsets is judged against the highest of all offsets.
#include <algorithm>
#include <array>
#include <map>

#include "audit/check.h"
#include "base/format.h"
#include "base/random.h"

namespace asof::audit::checks {
namespace {

constexpr int kHalfHoursMost = 28;  // 14 hours: the widest zone
constexpr std::size_t kOffsets = 2 * kHalfHoursMost + 1;
constexpr std::size_t kNoOffset = kHalfHoursMost;  // the place of s = 0
constexpr Duration kHalfHour{30 * kMinute.microseconds};
constexpr Duration kJustBefore{10 * kMinute.microseconds};
constexpr std::size_t kApplicationsMin = 30;
constexpr double kPeakMin = 0.05;  // of the applications: what is rarer does not spoil a table
constexpr int kTosses = 999;
constexpr double kCertain = 0.001;  // the least that so many tosses can show

using Peaks = std::array<double, kOffsets>;

/// How much more often there is a row just before T + s than half an hour earlier or later, for every s: between -1
/// and 1.
Peaks peaks_around(std::span<const std::int64_t> times, Timestamp applied) {
  std::array<double, kOffsets + 2> hit{};
  for (std::size_t k = 0; k < hit.size(); ++k) {
    const std::int64_t half_hours = static_cast<std::int64_t>(k) - kHalfHoursMost - 1;
    const std::int64_t end = applied.microseconds + half_hours * kHalfHour.microseconds;
    const auto first = std::ranges::lower_bound(times, end - kJustBefore.microseconds);
    hit[k] = first != times.end() && *first < end ? 1.0 : 0.0;
  }
  Peaks peaks{};
  for (std::size_t k = 0; k < kOffsets; ++k) peaks[k] = hit[k + 1] - 0.5 * (hit[k] + hit[k + 2]);
  return peaks;
}

struct Clock {
  std::size_t applications = 0;    ///< with rows
  std::size_t offset = kNoOffset;  ///< where the highest peak is
  double peak = 0.0;               ///< mean over applications
  double peak_in_place = 0.0;      ///< the same without an offset
  double p = 1.0;                  ///< of a peak as far above the one in place
};

Clock examine(const EventLog& log, const Applications& applications, std::uint64_t seed) {
  std::map<std::uint32_t, Peaks> of_entity;
  Peaks sum{};
  Clock clock;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const RowRange range = log.rows_of(applications.entity[i]);
    if (range.size() == 0) continue;
    ++clock.applications;
    const Peaks peaks = peaks_around(log.times().subspan(range.begin, range.size()), applications.times[i]);
    Peaks& ahead = of_entity[applications.entity[i]];
    for (std::size_t k = 0; k < kOffsets; ++k) {
      sum[k] += peaks[k];
      ahead[k] += peaks[k] - peaks[kNoOffset];
    }
  }
  if (clock.applications == 0) return clock;
  clock.offset = static_cast<std::size_t>(std::ranges::max_element(sum) - sum.begin());
  clock.peak = sum[clock.offset] / static_cast<double>(clock.applications);
  clock.peak_in_place = sum[kNoOffset] / static_cast<double>(clock.applications);

  const double ahead = sum[clock.offset] - sum[kNoOffset];
  int as_high = 0;
  Random random(seed);
  for (int toss = 0; toss < kTosses; ++toss) {
    Peaks tossed{};
    for (const auto& [entity, peaks] : of_entity) {
      const double sign = random.below(2) == 0 ? 1.0 : -1.0;
      for (std::size_t k = 0; k < kOffsets; ++k) tossed[k] += sign * peaks[k];
    }
    as_high += *std::ranges::max_element(tossed) >= ahead ? 1 : 0;
  }
  clock.p = (1.0 + as_high) / (1.0 + kTosses);
  return clock;
}

std::string hours_text(std::size_t offset) {
  return format("{:+.1f} h", 0.5 * (static_cast<double>(offset) - static_cast<double>(kNoOffset)));
}

void run(const Evidence& evidence, Report& report) {
  if (evidence.assembled == nullptr) return;
  for (const EventLog& log : evidence.assembled->histories.logs) {
    if (log.times().empty() || log.spec().role == TableRole::kApplications) continue;  // one clock
    const std::string& name = log.spec().name;
    const Clock clock = examine(log, evidence.assembled->applications, evidence.options.seed);
    if (clock.applications < kApplicationsMin) {
      report.ok(name, log.spec().time,
                format("{} applications have rows: too few to compare clocks", clock.applications));
      continue;
    }
    const bool elsewhere =
        clock.offset != kNoOffset && clock.p <= kCertain && clock.peak - clock.peak_in_place >= kPeakMin;
    if (elsewhere) {
      const bool early = clock.offset < kNoOffset;
      report.alarm(
          name, log.spec().time,
          format("rows crowd just before {} from the application (a peak of {} of {} applications; {} in place, "
                 "p = {:.3f}): the clock of this table is in another zone than that of the applications, and {}; "
                 "correct the times or the `time_zone`",
                 hours_text(clock.offset), percent(clock.peak), clock.applications, percent(clock.peak_in_place),
                 clock.p, early ? "rows after the application count as before it" : "the last hours before are lost"));
    } else if (clock.offset == kNoOffset && clock.peak >= kPeakMin) {
      report.ok(name, log.spec().time,
                format("rows crowd just before the application (a peak of {} of {} applications), and at no other hour "
                       "more: the clocks agree",
                       percent(clock.peak), clock.applications));
    } else {
      report.ok(
          name, log.spec().time,
          "rows do not crowd before applications at any offset up to 14 hours: this cannot tell whether the clocks "
          "agree");
    }
  }
}

}  // namespace

extern const Check clocks;
constinit const Check clocks = {
    .name = "clocks",
    .summary =
        "Whether rows crowd just before applications, or whole or half hours away from them; an alarm for the "
        "latter, when 999 permutations show nothing like it.",
    .run = run,
};

}  // namespace asof::audit::checks
