// How often each value occurs. Texts are codes, whose order means nothing: neither does the order of what comes out.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace asof {

class ValueCounts {
 public:
  struct Entry {
    double value = 0.0;
    std::uint32_t count = 0;
    std::uint32_t last = 0;  ///< where it occurred last
  };

  /// Values are not missing; -0 and 0 are the same.
  explicit ValueCounts(std::span<const double> values) : places_(std::bit_ceil(2 * values.size() + 2), kFree) {
    for (std::uint32_t i = 0; i < values.size(); ++i) count(values[i] + 0.0, i);
  }

  /// One per distinct value, in order of first appearance.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;

  /// Open addressing; at most half of the places are taken. The place is the top of the product: small whole numbers,
  /// as codes of texts are, end in zeros as doubles, and so do the middle bits of their products.
  void count(double value, std::uint32_t position) {
    constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio (Knuth, volume 3, 6.4)
    std::size_t place = std::bit_cast<std::uint64_t>(value) * kGolden >> (std::countl_zero(places_.size()) + 1);
    while (places_[place] != kFree && entries_[places_[place]].value != value)
      place = (place + 1) & (places_.size() - 1);
    if (places_[place] == kFree) {
      places_[place] = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({value, 0, 0});
    }
    Entry& entry = entries_[places_[place]];
    ++entry.count;
    entry.last = position;
  }

  std::vector<std::uint32_t> places_;
  std::vector<Entry> entries_;
};

/// Shannon entropy (natural logarithm) of counts; missing when there are none. Counts are added in order of size, so
/// that the order of the values changes no bit.
double entropy_of(std::vector<std::uint32_t> counts);

}  // namespace asof
