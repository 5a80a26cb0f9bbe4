// The components of the risk, the profiles that weigh them, and how a profile's constants are solved.
#include "simulate/truth.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "asof/error.h"
#include "asof/table.h"
#include "base/elementary.h"
#include "base/format.h"

namespace asof::simulation {
namespace {

double value_or(double value, double otherwise) { return is_missing(value) ? otherwise : value; }

// What counts for people without any event.
constexpr double kRecencyWithoutEvents = 50.0;
constexpr double kEventsWithout = 14.0;
constexpr double kScreensWithout = 2.0;
constexpr double kNightShareWithout = .12;

double ev_recency(const Knowable& x) {
  const double hours = value_or(x.figures.event_recency_hours, kRecencyWithoutEvents);
  return .15 - std::clamp(portable_log(hours / .0070) / 1.7, -2.5, 3.5);
}

double gps_recency(const Knowable& x) {
  const double hours = x.figures.gps_recency_hours;
  if (is_missing(hours)) return -.35 / .85;
  return (.62 - .20 * std::clamp(portable_log(hours / .02), -2.0, 12.0)) / .85;
}

double trend7(const Knowable& x) {
  return is_missing(x.figures.share_of_last_week) ? -1.0 : (x.figures.share_of_last_week - .60) / .30;
}

double activity(const Knowable& x) {
  const double events = x.figures.total_events;
  return (portable_log(events > 0.0 ? events : kEventsWithout) - 5.75) / 1.2;
}

double screens(const Knowable& x) {
  const double screens = x.figures.total_events > 0.0 ? x.figures.unique_screens : kScreensWithout;
  return (std::sqrt(screens) - 5.2) / 1.65;
}

double sessions(const Knowable& x) { return (portable_log1p(x.figures.total_sessions) - 1.2) / 1.25; }

double networks(const Knowable& x) { return (x.figures.unique_networks - 1.67) / .79; }

double movement(const Knowable& x) {
  const double fastest = std::max(value_or(x.figures.max_speed, 0.0), 0.0);
  return (portable_log1p(4.0 * fastest) - .45) / .85;
}

double f1(const Knowable& x) {
  return is_missing(x.attributes[0]) ? -.6 : (portable_log(x.attributes[0]) - 6.55) / 1.3;
}

double f3(const Knowable& x) { return is_missing(x.attributes[2]) ? .25 : -(x.attributes[2] - 100.0) / 110.0; }

double f4(const Knowable& x) {
  return is_missing(x.attributes[3]) ? 0.0 : -(portable_log(std::max(x.attributes[3], .5)) - 4.5) / 1.6;
}

double f7(const Knowable& x) {
  return is_missing(x.attributes[6]) ? -.2 : std::clamp((x.attributes[6] - 5120.0) / 90.0, -2.0, 1.6);
}

double f8(const Knowable& x) {
  return is_missing(x.attributes[7]) ? -.15 : (portable_log1p(x.attributes[7]) - 1.7) / 1.3;
}

double hour(const Knowable& x) { return -(x.attributes[5] + .22) / .65; }

double drift(const Knowable& x) { return -(calendar_position(x.application_at) - .4) / .31; }

double night(const Knowable& x) { return -(value_or(x.figures.share_at_night, kNightShareWithout) - .12) / .18; }

double regular(const Knowable& x) { return (std::sqrt(x.figures.active_days_of_last_30) - 2.0) / .75; }

constexpr Component kComponents[] = {
    {"ev_recency", Family::kRecency, ev_recency},
    {"gps_recency", Family::kRecency, gps_recency},
    {"trend7", Family::kRecency, trend7},
    {"regular", Family::kActivity, regular},
    {"activity", Family::kActivity, activity},
    {"screens", Family::kActivity, screens},
    {"sessions", Family::kActivity, sessions},
    {"movement", Family::kMovement, movement},
    {"networks", Family::kNetworks, networks},
    {"f1", Family::kMasked, f1},
    {"f3", Family::kMasked, f3},
    {"f4", Family::kMasked, f4},
    {"f7", Family::kMasked, f7},
    {"f8", Family::kMasked, f8},
    {"hour", Family::kHour, hour},
    {"night", Family::kHour, night},
    {"drift", Family::kDrift, drift},
};

constexpr Weight kPublishedWeights[] = {
    {"ev_recency", .26}, {"gps_recency", .25}, {"trend7", .08}, {"activity", .10}, {"screens", .10}, {"sessions", .08},
    {"networks", .05},   {"movement", .07},    {"f1", .11},     {"f4", .09},       {"f7", .10},      {"f3", .07},
    {"f8", .05},         {"hour", .07},        {"drift", .17},  {"night", .07},    {"regular", .07}};
constexpr Weight kSmoothWeights[] = {{"ev_recency", .20}, {"gps_recency", .20}, {"activity", .30}, {"screens", .15},
                                     {"f1", .20},         {"f7", .15},          {"drift", .05}};
constexpr Weight kRecencyWeights[] = {{"ev_recency", .45}, {"gps_recency", .40}, {"trend7", .25}, {"regular", .15},
                                      {"activity", .08},   {"f1", .05},          {"drift", .05},  {"night", .05}};

// Slope and intercept were solved on the figures of a million people (`asof simulate --solve --users 1000000 --seed
// 20250331`), then frozen.
constexpr Profile kProfiles[] = {
    {"published", "as hard as the published table", kPublishedWeights, .7309, -.6821, .34, .640},
    {"smooth", "balanced and easier; activity leads", kSmoothWeights, 1.1704, .0456, .50, .720},
    {"recency", "almost all of the risk is in recency", kRecencyWeights, .7384, -.7267, .34, .680},
    {"rare", "3 % default", kPublishedWeights, 1.1120, 3.8247, .97, .720},
};

const Component& component_of(std::string_view name) {
  const auto* component = std::find_if(std::begin(kComponents), std::end(kComponents),
                                       [&](const Component& candidate) { return candidate.name == name; });
  if (component == std::end(kComponents)) throw Error(Error::kInternal, format("no component `{}`", name));
  return *component;
}

/// Of every pair of a repaid and an unpaid loan, the share in which the repaid one has the higher score, where each
/// loan counts as repaid with its probability. `ascending` is sorted.
Ceiling ceiling_of_sorted(std::span<const double> ascending, const Calibration& calibration) {
  double repaid = 0.0, unpaid = 0.0, ordered_pairs = 0.0;
  for (const double score : ascending) {
    const double probability = sigmoid(calibration.intercept + calibration.slope * score);
    ordered_pairs += probability * (unpaid + (1.0 - probability) / 2.0);
    repaid += probability;
    unpaid += 1.0 - probability;
  }
  return {repaid / static_cast<double>(ascending.size()), ordered_pairs / (repaid * unpaid)};
}

/// At most `kGroups` means of neighbouring scores: as good as all of a million for sums of smooth functions.
std::vector<double> sorted_and_thinned(std::span<const double> scores) {
  constexpr std::size_t kGroups = 20'000;
  std::vector<double> ascending(scores.begin(), scores.end());
  std::sort(ascending.begin(), ascending.end());
  const std::size_t groups = std::min(kGroups, ascending.size());
  for (std::size_t i = 0; i < groups; ++i) {
    const std::size_t begin = i * ascending.size() / groups;
    const std::size_t end = (i + 1) * ascending.size() / groups;
    double sum = 0.0;
    for (std::size_t j = begin; j < end; ++j) sum += ascending[j];
    ascending[i] = sum / static_cast<double>(end - begin);  // i <= begin: what it replaces has been read
  }
  ascending.resize(groups);
  return ascending;
}

/// Halves the interval in which `value(x) - wanted` changes sign; `value` rises.
template <class Function>
double solve(double low, double high, double wanted, Function value) {
  constexpr int kHalvings = 28;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2.0;
    (value(middle) < wanted ? low : high) = middle;
  }
  return (low + high) / 2.0;
}

}  // namespace

std::span<const Component> components() { return kComponents; }

std::span<const Profile> profiles() { return kProfiles; }

const Profile& profile_of(std::string_view name) {
  std::vector<std::string> known;
  for (const Profile& profile : kProfiles) {
    if (profile.name == name) return profile;
    known.emplace_back(profile.name);
  }
  throw Error(Error::kUsage, format("unknown profile `{}`{}", name, did_you_mean(name, known)));
}

std::array<double, kFamilies> score_by_family(const Profile& profile, const Knowable& knowable) {
  std::array<double, kFamilies> sums{};
  for (const auto& [name, weight] : profile.weights) {
    const Component& component = component_of(name);
    sums[static_cast<std::size_t>(component.family)] += weight * component.value(knowable);
  }
  return sums;
}

double score(const std::array<double, kFamilies>& by_family) {
  double sum = 0.0;
  for (const double part : by_family) sum += part;
  return sum;
}

Ceiling ceiling_of(std::span<const double> scores, const Calibration& calibration) {
  std::vector<double> ascending(scores.begin(), scores.end());
  std::sort(ascending.begin(), ascending.end());
  return ceiling_of_sorted(ascending, calibration);
}

Calibration calibrate(std::span<const double> scores, double share_repaid, double auc_of_truth) {
  constexpr double kSlopeMax = 5.0;
  constexpr double kInterceptMax = 20.0;
  const std::vector<double> ascending = sorted_and_thinned(scores);
  const auto intercept_for = [&](double slope) {
    return solve(-kInterceptMax, kInterceptMax, share_repaid, [&](double intercept) {
      return ceiling_of_sorted(ascending, {slope, intercept}).share_repaid;
    });
  };
  const double slope = solve(0.0, kSlopeMax, auc_of_truth, [&](double candidate) {
    return ceiling_of_sorted(ascending, {candidate, intercept_for(candidate)}).auc;
  });
  return {slope, intercept_for(slope)};
}

}  // namespace asof::simulation
