// How often each value occurs. Texts are codes, whose order means nothing: neither does the order of what comes out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace asof {

class ValueCounts {
 public:
  struct Entry {
    double value = 0.0;
    std::uint32_t count = 0;
    std::uint32_t first = 0;  ///< its first position
    std::uint32_t last = 0;   ///< and last
  };

  ValueCounts() = default;
  explicit ValueCounts(std::span<const double> values) {
    begin(values.size());
    add(values, 0);
  }

  /// Forgets all values. About `expected` of them will come, which are not missing; -0 and 0 are the same.
  /// `codes` above 0: all are whole numbers below it.
  void begin(std::size_t expected, std::size_t codes = 0);

  /// Values of consecutive positions, the first of which is `position`.
  void add(std::span<const double> values, std::size_t position);

  /// One per distinct value.
  const std::vector<Entry>& entries() const { return entries_; }

  /// The most frequent value, of equally frequent ones the one that occurred last. There is one at least.
  double usual() const;

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;

  /// Counts a value whose place is known, and free unless it occurred before.
  void count_at(std::size_t place, double value, std::uint32_t position) {
    if (places_[place] == kFree) {
      places_[place] = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({value, 0, position, position});
    }
    Entry& entry = entries_[places_[place]];
    ++entry.count;
    entry.first = std::min(entry.first, position);
    entry.last = std::max(entry.last, position);
  }

  std::size_t hashed_place(double value) const;
  void use_places(std::size_t count);

  bool direct_ = false;  ///< a value is its own place
  std::vector<std::uint32_t> places_;
  std::vector<Entry> entries_;
};

/// Shannon entropy (natural logarithm) of counts; missing when there are none. Counts are added in order of size, so
/// that the order of the values changes no bit.
double entropy_of(std::vector<std::uint32_t> counts);

}  // namespace asof
