// Every distribution is drawn by inverting it or by counting waiting times, from the portable functions alone.
#include "simulate/draws.h"

#include <algorithm>
#include <utility>

#include "base/elementary.h"

namespace asof::simulation {
namespace {

constexpr std::uint64_t kPurposes = 8;

}  // namespace

Draws::Draws(std::uint64_t seed, std::uint64_t user, Purpose purpose)
    : random_(seed, user * kPurposes + static_cast<std::uint64_t>(purpose)) {}

double Draws::unit() { return (static_cast<double>(random_.bits() >> 11) + 0.5) * 0x1p-53; }

double Draws::normal() { return normal_quantile(unit()); }

double Draws::exponential(double mean) { return -mean * portable_log(unit()); }

// A sum of Poisson numbers is one; each piece is small enough to count the factors until their product falls below
// e^-piece.
std::int64_t Draws::poisson(double mean) {
  constexpr double kLargestPiece = 16.0;
  std::int64_t total = 0;
  for (double left = mean; left > 0.0; left -= kLargestPiece) {
    const double limit = portable_exp(-std::min(left, kLargestPiece));
    for (double product = unit(); product > limit; product *= unit()) ++total;
  }
  return total;
}

Choice::Choice(std::span<const double> weights) : slots_(weights.size()) {
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  std::vector<double> left(weights.begin(), weights.end());  // 1: exactly one slot's worth
  std::vector<std::uint32_t> poor;
  std::vector<std::uint32_t> rich;
  for (std::uint32_t i = 0; i < left.size(); ++i) {
    left[i] *= static_cast<double>(weights.size()) / sum;
    slots_[i] = {0, i};  // stays so for what rounding leaves over: its alias is itself
    (left[i] < 1.0 ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const std::uint32_t taker = poor.back();
    const std::uint32_t giver = rich.back();
    poor.pop_back();
    slots_[taker] = {static_cast<std::uint32_t>(left[taker] * 0x1p32), giver};
    left[giver] -= 1.0 - left[taker];
    if (left[giver] >= 1.0) continue;
    rich.pop_back();
    poor.push_back(giver);
  }
}

std::vector<double> zipf_weights(std::size_t count, double exponent) {
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < count; ++i) weights[i] = portable_pow(static_cast<double>(i + 1), -exponent);
  return weights;
}

// A race of exponential waiting times at rates `weights`: the first `count` to arrive are the ones (the same as
// adding Gumbel noise to the logarithms of the weights and taking the highest).
std::vector<std::uint16_t> draw_distinct(std::span<const double> weights, std::size_t count, Draws& draws) {
  std::vector<std::pair<double, std::uint16_t>> arrivals(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    arrivals[i] = {draws.exponential(1.0 / weights[i]), static_cast<std::uint16_t>(i)};
  if (count < arrivals.size())
    std::nth_element(arrivals.begin(), arrivals.begin() + static_cast<std::ptrdiff_t>(count), arrivals.end());
  std::vector<std::uint16_t> chosen(count);
  for (std::size_t i = 0; i < count; ++i) chosen[i] = arrivals[i].second;
  std::sort(chosen.begin(), chosen.end());  // the order that nth_element leaves is the library's own
  draws.shuffle(std::span<std::uint16_t>(chosen));
  return chosen;
}

}  // namespace asof::simulation
