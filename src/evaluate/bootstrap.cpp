#include "evaluate/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace asof {
namespace {

constexpr double kLowest = 0.025;
constexpr double kHighest = 0.975;

double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

GroupBootstrap::GroupBootstrap(std::span<const std::uint32_t> groups, std::uint64_t seed) : seed_(seed) {
  std::vector<std::uint32_t> known(groups.begin(), groups.end());
  std::ranges::sort(known);
  known.erase(std::ranges::unique(known).begin(), known.end());
  groups_ = known.size();
  for (const std::uint32_t group : groups) {
    group_of_row_.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(known, group) - known.begin()));
  }
}

void GroupBootstrap::draw(std::size_t resample, std::span<double> out) const {
  Random random(seed_, resample);
  std::vector<double> times(groups_, 0.0);
  for (std::size_t i = 0; i < groups_; ++i) times[random.below(groups_)] += 1.0;
  for (std::size_t row = 0; row < out.size(); ++row) out[row] = times[group_of_row_[row]];
}

Interval percentile_interval(std::vector<double> values) {
  const std::size_t drawn = values.size();
  std::erase_if(values, [](double value) { return std::isnan(value); });
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (values.empty() || 2 * values.size() < drawn) return {kNone, kNone};
  std::ranges::sort(values);
  return {quantile(values, kLowest), quantile(values, kHighest)};
}

}  // namespace asof
