// Rows become runs of one value, runs become fine bins of equal size, and these are pooled until shares are monotone
// (pool adjacent violators) and every bin is large enough. Counts are whole numbers, so no order of rows can matter.
#include "model/binning.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/elementary.h"

namespace asof {
namespace {

constexpr std::size_t kFineBins = 50;

struct Count {
  double begins = 0.0;  // its lowest value
  std::size_t rows = 0;
  std::size_t repaid = 0;

  double share() const { return static_cast<double>(repaid) / static_cast<double>(rows); }

  void add(const Count& later) {
    rows += later.rows;
    repaid += later.repaid;
  }
};

/// Fine bins of the present values, the lowest first: whole runs of one value, a fiftieth of the rows where runs allow.
std::vector<Count> fine_bins(std::span<const double> values, std::span<const double> good) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) order.push_back(i);
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  const std::size_t wanted = std::max<std::size_t>(order.size() / kFineBins, 1);
  std::vector<Count> bins;
  for (std::size_t i = 0; i < order.size();) {
    const double value = values[order[i]];
    Count run{.begins = value};
    for (; i < order.size() && values[order[i]] == value; ++i) run.add({0.0, 1, good[order[i]] == 1.0 ? 1U : 0U});
    if (bins.empty() || bins.back().rows >= wanted || run.rows >= wanted) {
      bins.push_back(run);
    } else {
      bins.back().add(run);
    }
  }
  return bins;
}

double log_likelihood(const Count& bin) {
  const auto term = [](double part, double whole) { return part > 0.0 ? part * portable_log(part / whole) : 0.0; };
  const auto rows = static_cast<double>(bin.rows), repaid = static_cast<double>(bin.repaid);
  return term(repaid, rows) + term(rows - repaid, rows);
}

double log_likelihood(std::span<const Count> bins) {
  double sum = 0.0;
  for (const Count& bin : bins) sum += log_likelihood(bin);
  return sum;
}

std::vector<Count> pooled(std::span<const Count> fine, bool rising) {
  std::vector<Count> bins;
  for (const Count& bin : fine) {
    bins.push_back(bin);
    while (bins.size() > 1) {
      const double before = bins[bins.size() - 2].share(), last = bins.back().share();
      if (rising ? before < last : before > last) break;
      bins[bins.size() - 2].add(bins.back());
      bins.pop_back();
    }
  }
  return bins;
}

/// Which two neighbours lose least by being one, among those where `counts` says so; bins.size() when there are none.
template <class Which>
std::size_t cheapest_pair(std::span<const Count> bins, Which counts) {
  std::size_t best = bins.size();
  double least = 0.0;
  for (std::size_t i = 0; i + 1 < bins.size(); ++i) {
    if (!counts(bins[i]) && !counts(bins[i + 1])) continue;
    Count both = bins[i];
    both.add(bins[i + 1]);
    const double loss = log_likelihood(bins[i]) + log_likelihood(bins[i + 1]) - log_likelihood(both);
    if (best == bins.size() || loss < least) best = i, least = loss;
  }
  return best;
}

void merge(std::vector<Count>& bins, std::size_t first) {
  bins[first].add(bins[first + 1]);
  bins.erase(bins.begin() + static_cast<std::ptrdiff_t>(first) + 1);
}

/// Neighbours are merged while a bin is too small, then while there are too many. Shares stay monotone.
void coarsen(std::vector<Count>& bins, const BinningOptions& options) {
  std::size_t present = 0;
  for (const Count& bin : bins) present += bin.rows;
  const auto too_small = [&](const Count& bin) {
    return static_cast<double>(bin.rows) < options.rows_share_min * static_cast<double>(present) ||
           std::min(bin.repaid, bin.rows - bin.repaid) < options.rarer_rows_min;
  };
  while (bins.size() > 1 && std::ranges::any_of(bins, too_small)) merge(bins, cheapest_pair(bins, too_small));
  while (bins.size() > options.bins_max) merge(bins, cheapest_pair(bins, [](const Count&) { return true; }));
}

/// The evidence of bins, given the totals over all of them.
class Evidence {
 public:
  Evidence(std::span<const double> good, double prior_rows)
      : repaid_(std::accumulate(good.begin(), good.end(), 0.0)),
        defaulted_(static_cast<double>(good.size()) - repaid_),
        prior_repaid_(prior_rows * repaid_ / (repaid_ + defaulted_)),
        prior_defaulted_(prior_rows - prior_repaid_) {}

  Bin of(const Count& count) const {
    const auto repaid = static_cast<double>(count.repaid), defaulted = static_cast<double>(count.rows) - repaid;
    const double odds = (repaid + prior_repaid_) / (defaulted + prior_defaulted_);
    return {count.rows, count.repaid, count.rows == 0 ? 0.0 : portable_log(odds * defaulted_ / repaid_)};
  }

  double information(const Bin& bin) const {
    const auto repaid = static_cast<double>(bin.repaid), defaulted = static_cast<double>(bin.rows) - repaid;
    return (repaid / repaid_ - defaulted / defaulted_) * bin.woe;
  }

 private:
  double repaid_, defaulted_;
  double prior_repaid_, prior_defaulted_;
};

/// Smoothing pulls small bins further towards 0 and can turn two neighbours round; they are merged.
void keep_monotone(std::vector<Count>& bins, const Evidence& evidence) {
  if (bins.size() < 2) return;
  const bool rising = bins.front().share() < bins.back().share();
  for (std::size_t i = 0; i + 1 < bins.size();) {
    const double here = evidence.of(bins[i]).woe, next = evidence.of(bins[i + 1]).woe;
    if (rising ? here < next : here > next) {
      ++i;
    } else {
      merge(bins, i);
      if (i > 0) --i;
    }
  }
}

}  // namespace

const Bin& Binning::bin_of(double value) const {
  if (std::isnan(value)) return missing;
  return bins[static_cast<std::size_t>(std::ranges::upper_bound(edges, value) - edges.begin())];
}

Binning fit_binning(std::span<const double> values, std::span<const double> good, const BinningOptions& options) {
  const std::vector<Count> fine = fine_bins(values, good);
  std::vector<Count> rising = pooled(fine, true), falling = pooled(fine, false);
  coarsen(rising, options);
  coarsen(falling, options);
  const bool falls =
      options.direction < 0 || (options.direction == 0 && log_likelihood(falling) > log_likelihood(rising));
  std::vector<Count>& chosen = falls ? falling : rising;
  const Evidence evidence(good, options.prior_rows);
  keep_monotone(chosen, evidence);

  Binning result;
  Count missing;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isnan(values[i])) missing.add({0.0, 1, good[i] == 1.0 ? 1U : 0U});
  result.missing = evidence.of(missing);
  if (chosen.empty()) chosen.push_back({});
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i > 0) result.edges.push_back(chosen[i].begins);
    result.bins.push_back(evidence.of(chosen[i]));
  }
  result.information_value = evidence.information(result.missing);
  for (const Bin& bin : result.bins) result.information_value += evidence.information(bin);
  return result;
}

}  // namespace asof
