// Random numbers that are the same everywhere: a counter-based generator (Philox 4x32-10, Salmon et al.,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011). A stream is named by a seed and a number, so any
// thread can make any stream without drawing the ones before it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace asof {

/// One block of Philox 4x32-10: 128 random bits that depend on `counter` and `key` alone.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

  /// 64 uniform bits.
  std::uint64_t bits();

  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform();

  /// Uniform in [0, bound), without bias. `bound` > 0.
  std::uint64_t below(std::uint64_t bound);

  /// Fisher-Yates.
  template <class T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  void refill();

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int left_ = 0;
};

}  // namespace asof
