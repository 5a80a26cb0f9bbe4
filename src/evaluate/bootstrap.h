// How far a figure could have come out otherwise: the bootstrap over persons (Efron, "Bootstrap methods: another look
// at the jackknife", 1979). A person's applications resemble each other, so persons are drawn and bring all their rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace asof {

struct Interval {
  double low;
  double high;

  bool operator==(const Interval&) const = default;
};

class GroupBootstrap {
 public:
  /// `groups` names the group of each row, by any numbers.
  GroupBootstrap(std::span<const std::uint32_t> groups, std::uint64_t seed);

  std::size_t rows() const { return group_of_row_.size(); }

  /// As many groups as there are, drawn with replacement: out[row] is how often the row's group was drawn.
  /// Depends on the seed and the number of the resample alone. Safe to call from many threads.
  void draw(std::size_t resample, std::span<double> out) const;

 private:
  std::vector<std::uint32_t> group_of_row_;  // numbered from 0 without gaps
  std::size_t groups_ = 0;
  std::uint64_t seed_;
};

/// The middle 95 % of `values`: their 2.5 % and 97.5 % quantiles, linear between order statistics (type 7 of Hyndman
/// and Fan, "Sample quantiles in statistical packages", 1996). NaN values, resamples in which the figure is undefined,
/// are left out; when they are more than half, both ends are NaN.
Interval percentile_interval(std::vector<double> values);

}  // namespace asof
