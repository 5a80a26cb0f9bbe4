#include "features/value_counts.h"

#include <algorithm>

#include "asof/table.h"
#include "base/elementary.h"
#include "base/summation.h"

namespace asof {

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
