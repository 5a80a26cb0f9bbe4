// With p the current probabilities and w = p (1 - p): e = (y - p) / sqrt(w) has variance 1 whatever p is, so people can
// change places. A candidate z counts by what is left of sqrt(w) z beside the current columns, made orthogonal to them;
// its statistic is (z'e)^2 / (z'z). The permutations keep every candidate as it is and move e, so that candidates that
// resemble each other count as few, and many as many.
#include "suggest/score_statistic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "base/elementary.h"
#include "base/parallel.h"
#include "base/random.h"

namespace asof {
namespace {

constexpr std::size_t kStretches = 10;      // of time, in which people can change places
constexpr std::size_t kStretchLeast = 50;   // people in one, or there are fewer
constexpr double kProbabilityLeast = 1e-4;  // so that no row outweighs all others
constexpr double kAlreadyTold = 0.02;       // of a column's variance: with less left, the others tell it

void subtract(std::span<double> from, double factor, std::span<const double> column) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= factor * column[i];
}

/// What is left of `column` beside `basis`, which is orthonormal. Twice, because once leaves rounding behind.
void make_orthogonal(std::span<double> column, const ColumnBlock& basis) {
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t j = 0; j < basis.size(); ++j) subtract(column, dot(basis.column(j), column), basis.column(j));
  }
}

void append(ColumnBlock& block, std::span<const double> column) {
  block.values.insert(block.values.end(), column.begin(), column.end());
}

/// An orthonormal basis of the intercept and the columns, each row times `roots`.
ColumnBlock basis_of(const ColumnBlock& columns, std::span<const double> roots) {
  constexpr double kDependent = 1e-10;
  ColumnBlock basis{.rows = roots.size(), .values = {}};
  for (std::size_t j = 0; j <= columns.size(); ++j) {
    std::vector<double> column(roots.begin(), roots.end());
    if (j > 0) {
      for (std::size_t i = 0; i < column.size(); ++i) column[i] *= columns.column(j - 1)[i];
    }
    const double before = dot(column, column);
    make_orthogonal(column, basis);
    const double left = dot(column, column);
    if (!(left > kDependent * before)) continue;
    for (double& value : column) value /= std::sqrt(left);
    append(basis, column);
  }
  return basis;
}

/// What is left of a candidate beside the basis, of length 1; all 0 when the basis tells it.
void prepare(std::span<double> candidate, std::span<const double> roots, const ColumnBlock& basis) {
  for (std::size_t i = 0; i < candidate.size(); ++i) candidate[i] *= roots[i];
  ColumnBlock intercept{
      .rows = basis.rows,
      .values = {basis.values.begin(), basis.values.begin() + static_cast<std::ptrdiff_t>(basis.rows)}};
  make_orthogonal(candidate, intercept);
  const double variance = dot(candidate, candidate);
  make_orthogonal(candidate, basis);
  const double left = dot(candidate, candidate);
  const double scale = left > kAlreadyTold * variance ? 1.0 / std::sqrt(left) : 0.0;
  for (double& value : candidate) value *= scale;
}

}  // namespace

ColumnBlock columns_of(const Matrix& matrix, std::span<const std::uint32_t> chosen) {
  ColumnBlock block{.rows = matrix.rows, .values = std::vector<double>(matrix.rows * chosen.size())};
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    for (std::size_t j = 0; j < chosen.size(); ++j) block.column(j)[i] = matrix.row(i)[chosen[j]];
  }
  return block;
}

double dot(std::span<const double> a, std::span<const double> b) {
  // Four sums side by side, so that each addition need not wait for the one before.
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double correlation(std::span<const double> a, std::span<const double> b) {
  const auto count = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / count;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / count;
  const double both = dot(a, b) - count * mean_a * mean_b;
  const double spread = (dot(a, a) - count * mean_a * mean_a) * (dot(b, b) - count * mean_b * mean_b);
  return spread > 0.0 ? std::abs(both) / std::sqrt(spread) : 0.0;
}

Exchange::Exchange(std::span<const std::uint32_t> groups, std::span<const Timestamp> times) {
  std::map<std::uint32_t, Unit> persons;
  for (std::uint32_t row = 0; row < groups.size(); ++row) persons[groups[row]].push_back(row);
  std::vector<Unit> units;
  for (auto& [group, rows] : persons) {
    std::ranges::stable_sort(rows, {}, [&](std::uint32_t row) { return times[row]; });
    units.push_back(std::move(rows));
  }
  std::ranges::stable_sort(units, {}, [&](const Unit& unit) { return times[unit.front()]; });
  const std::size_t stretches = std::clamp<std::size_t>(units.size() / kStretchLeast, 1, kStretches);
  std::map<std::pair<std::size_t, std::size_t>, std::vector<Unit>> strata;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::size_t size = units[i].size();
    strata[{i * stretches / units.size(), size}].push_back(std::move(units[i]));
  }
  for (auto& [stratum, members] : strata) strata_.push_back(std::move(members));
}

std::vector<double> Exchange::draw(std::span<const double> values, std::uint64_t seed, std::uint64_t stream) const {
  Random random(seed, stream);
  std::vector<double> drawn(values.size());
  std::vector<std::uint32_t> order;
  for (const std::vector<Unit>& stratum : strata_) {
    order.resize(stratum.size());
    std::iota(order.begin(), order.end(), 0U);
    random.shuffle(std::span(order));
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Unit& to = stratum[i];
      const Unit& from = stratum[order[i]];
      for (std::size_t k = 0; k < to.size(); ++k) drawn[to[k]] = values[from[k]];
    }
  }
  return drawn;
}

double ScoreTest::p_value(double surprise) const {
  const auto reached = std::ranges::count_if(null_maximum, [&](double maximum) { return maximum >= surprise; });
  return static_cast<double>(reached + 1) / static_cast<double>(null_maximum.size() + 1);
}

double surprise(double statistic, std::size_t columns_of_family) {
  constexpr double kLeast = 1e-300;  // beyond it every chance is the same
  const double chance = std::max(2.0 * normal_cdf(-std::sqrt(statistic)), kLeast);
  return -portable_log(chance * static_cast<double>(columns_of_family));
}

ScoreTest score_test(const ColumnBlock& current, const ColumnBlock& candidates, std::span<const std::size_t> families,
                     std::span<const double> repayment, std::span<const double> good, const Exchange& exchange,
                     const ScoreTestOptions& options) {
  std::vector<double> roots, residuals;
  for (std::size_t i = 0; i < good.size(); ++i) {
    const double p = std::clamp(repayment[i], kProbabilityLeast, 1.0 - kProbabilityLeast);
    roots.push_back(std::sqrt(p * (1.0 - p)));
    residuals.push_back((good[i] - p) / roots.back());
  }
  const ColumnBlock basis = basis_of(current, roots);
  make_orthogonal(residuals, basis);
  ColumnBlock left = candidates;
  parallel_for(left.size(), 1, options.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) prepare(left.column(j), roots, basis);
  });
  const auto statistic = [&](std::size_t j, std::span<const double> moved) {
    const double sum = dot(left.column(j), moved);
    return sum * sum;
  };
  std::map<std::size_t, std::size_t> size_of_family;
  for (const std::size_t family : families) ++size_of_family[family];

  ScoreTest test;
  for (std::size_t j = 0; j < left.size(); ++j) {
    test.statistics.push_back(statistic(j, residuals));
    test.surprises.push_back(surprise(test.statistics.back(), size_of_family[families[j]]));
  }
  test.null_maximum.resize(static_cast<std::size_t>(options.permutations));
  parallel_for(test.null_maximum.size(), 1, options.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t draw = begin; draw < end; ++draw) {
      const std::vector<double> moved = exchange.draw(residuals, options.seed, options.stream + draw);
      std::map<std::size_t, double> best_of_family;
      for (std::size_t j = 0; j < left.size(); ++j) {
        double& best = best_of_family[families[j]];
        best = std::max(best, statistic(j, moved));
      }
      double maximum = -std::numeric_limits<double>::infinity();
      for (const auto& [family, best] : best_of_family)
        maximum = std::max(maximum, surprise(best, size_of_family.at(family)));
      test.null_maximum[draw] = maximum;
    }
  });
  return test;
}

}  // namespace asof
