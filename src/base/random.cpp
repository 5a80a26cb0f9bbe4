// Philox 4x32-10: ten rounds of multiply and exchange over a 128-bit counter. The counter's low half numbers
// the blocks of a stream, its high half names the stream; the seed is the key.
#include "base/random.h"

namespace asof {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr int kRounds = 10;
  constexpr std::uint64_t kFirstMultiplier = 0xD2511F53;
  constexpr std::uint64_t kSecondMultiplier = 0xCD9E8D57;
  constexpr std::uint32_t kFirstStep = 0x9E3779B9;   // golden ratio
  constexpr std::uint32_t kSecondStep = 0xBB67AE85;  // sqrt(3) - 1
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t first = kFirstMultiplier * counter[0];
    const std::uint64_t second = kSecondMultiplier * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
    key[0] += kFirstStep;
    key[1] += kSecondStep;
  }
  return counter;
}

Random::Random(std::uint64_t seed, std::uint64_t stream)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, 0, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)} {}

void Random::refill() {
  block_ = philox(counter_, key_);
  if (++counter_[0] == 0) ++counter_[1];
  left_ = 2;
}

std::uint64_t Random::bits() {
  if (left_ == 0) refill();
  const std::size_t word = left_ == 2 ? 0 : 2;
  --left_;
  return static_cast<std::uint64_t>(block_[word + 1]) << 32 | block_[word];
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

// The high word of bits * bound is almost uniform; the few low words that would favour some values are drawn
// again (Lemire, "Fast random integer generation in an interval", 2019).
std::uint64_t Random::below(std::uint64_t bound) {
  __extension__ using Product = unsigned __int128;
  Product product = static_cast<Product>(bits()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t unfair = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < unfair) product = static_cast<Product>(bits()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace asof
