#include "features/value_counts.h"

#include <algorithm>
#include <bit>

#include "asof/table.h"
#include "base/elementary.h"
#include "base/summation.h"

namespace asof {

void ValueCounts::count(std::span<const double> values, std::size_t codes) {
  entries_.clear();
  // A place for every code, unless there are far more of them than values.
  constexpr std::size_t kCodesPerValue = 4;
  if (codes > 0 && codes <= kCodesPerValue * values.size()) {
    places_.assign(codes, kFree);
    for (std::uint32_t i = 0; i < values.size(); ++i) count_at(static_cast<std::size_t>(values[i]), values[i], i);
    return;
  }
  // Open addressing; at most half of the places are taken. The place is the top of the product: small whole numbers end
  // in zeros as doubles, and so do the middle bits of their products.
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio (Knuth, volume 3, 6.4)
  places_.assign(std::bit_ceil(2 * values.size() + 2), kFree);
  const int shift = std::countl_zero(places_.size()) + 1;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const double value = values[i] + 0.0;
    std::size_t place = std::bit_cast<std::uint64_t>(value) * kGolden >> shift;
    while (places_[place] != kFree && entries_[places_[place]].value != value)
      place = (place + 1) & (places_.size() - 1);
    count_at(place, value, i);
  }
}

double entropy_of(std::vector<std::uint32_t> counts) {
  if (counts.empty()) return kMissing;
  std::ranges::sort(counts);
  double total = 0.0;
  for (const std::uint32_t count : counts) total += count;
  CompensatedSum entropy;
  for (const std::uint32_t count : counts) {
    const double share = count / total;
    entropy.add(-share * portable_log(share));
  }
  return std::max(entropy.value(), 0.0);
}

}  // namespace asof
