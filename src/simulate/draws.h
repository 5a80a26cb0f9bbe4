// Random draws for one user and one purpose. Every user and purpose has a stream of its own, so that users can be made
// in any order by any thread, and what is drawn after an application can never shift what is drawn before it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace asof::simulation {

enum class Purpose : std::uint64_t {
  kPerson,
  kEvents,
  kFixes,
  kOutcome,
  kAftermath,
  kArrival,
  kPlants,
  kOrder,
};

class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t user, Purpose purpose);

  /// Uniform in (0, 1), both ends excluded.
  double unit();
  /// Standard normal.
  double normal();
  double exponential(double mean);
  std::int64_t poisson(double mean);
  /// True with that probability, to 2^-32.
  bool chance(double probability) { return static_cast<double>(word()) < probability * 0x1p32; }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  /// Uniform in [0, bound) but for a bias of `bound` * 2^-32: for choices among a few, where speed counts.
  std::uint32_t index(std::uint32_t bound) { return static_cast<std::uint32_t>(std::uint64_t{word()} * bound >> 32); }

  /// 32 uniform bits; two words share one draw.
  std::uint32_t word() {
    has_spare_ = !has_spare_;
    if (!has_spare_) return spare_;
    const std::uint64_t bits = random_.bits();
    spare_ = static_cast<std::uint32_t>(bits >> 32);
    return static_cast<std::uint32_t>(bits);
  }

  template <class T>
  void shuffle(std::span<T> values) {
    random_.shuffle(values);
  }

 private:
  Random random_;
  std::uint32_t spare_ = 0;
  bool has_spare_ = false;
};

/// Draws an index with probability proportional to its weight, to 2^-32, in constant time (Walker's alias method).
class Choice {
 public:
  /// At least one weight; their sum is above 0.
  explicit Choice(std::span<const double> weights);

  std::size_t draw(Draws& draws) const {
    const std::uint64_t position = std::uint64_t{draws.word()} * slots_.size();
    const auto slot = static_cast<std::size_t>(position >> 32);
    return static_cast<std::uint32_t>(position) < slots_[slot].keep ? slot : slots_[slot].alias;
  }

 private:
  struct Slot {
    std::uint32_t keep;  // the chance, in 2^-32, that the slot gives its own index rather than its alias
    std::uint32_t alias;
  };
  std::vector<Slot> slots_;
};

/// 1, 2^-exponent, 3^-exponent, ...: how popularity falls from name to name.
std::vector<double> zipf_weights(std::size_t count, double exponent);

/// `count` different indices, the popular ones more likely, in random order. `count` <= weights.size().
std::vector<std::uint16_t> draw_distinct(std::span<const double> weights, std::size_t count, Draws& draws);

}  // namespace asof::simulation
