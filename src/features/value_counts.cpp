#include "features/value_counts.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "asof/table.h"
#include "base/elementary.h"
#include "base/summation.h"

namespace asof {

void ValueCounts::begin(std::size_t expected, std::size_t codes) {
  constexpr std::size_t kCodesPerValue = 4;  // a place for every code, unless there are far more of them than values
  constexpr std::size_t kFewCodes = 1024;
  entries_.clear();
  direct_ = codes > 0 && codes <= std::max(kFewCodes, kCodesPerValue * expected);
  places_.assign(direct_ ? codes : std::bit_ceil(2 * expected + 2), kFree);
}

void ValueCounts::add(std::span<const double> values, std::size_t position) {
  auto at = static_cast<std::uint32_t>(position);
  if (direct_) {
    for (const double value : values) count_at(static_cast<std::size_t>(value), value, at++);
    return;
  }
  if (2 * (entries_.size() + values.size()) > places_.size()) use_places(2 * (entries_.size() + values.size()));
  for (const double value : values) count_at(hashed_place(value + 0.0), value + 0.0, at++);
}

double ValueCounts::usual() const {
  const auto frequent_and_late = [](const Entry& entry) { return std::pair(entry.count, entry.last); };
  return std::ranges::max_element(entries_, {}, frequent_and_late)->value;
}

/// Open addressing; at most half of the places are taken. The place is the top of the product: small whole numbers end
/// in zeros as doubles, and so do the middle bits of their products.
std::size_t ValueCounts::hashed_place(double value) const {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio (Knuth, volume 3, 6.4)
  std::size_t place = std::bit_cast<std::uint64_t>(value) * kGolden >> (std::countl_zero(places_.size()) + 1);
  while (places_[place] != kFree && entries_[places_[place]].value != value) place = (place + 1) & (places_.size() - 1);
  return place;
}

void ValueCounts::use_places(std::size_t count) {
  places_.assign(std::bit_ceil(count + 2), kFree);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) places_[hashed_place(entries_[i].value)] = i;
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
