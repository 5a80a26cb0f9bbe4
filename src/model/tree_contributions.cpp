// How the contributions are found. For one leaf, let a column be known with probability t and unknown with 1 - t, each
// by itself. The leaf is then reached with probability prod_j (t o_j + (1 - t) z_j) over the columns on its path, where
// o_j is 1 if the row passes what the path asks of the column (else 0) and z_j is the share of training rows that do.
// The Shapley value of column i is the integral over t from 0 to 1 of how much knowing i for sure changes that (Owen,
// "Multilinear extensions of games", Management Science 18, 1972):
//
//     value * integral of (o_i - z_i) / (t o_i + (1 - t) z_i) * prod_j (t o_j + (1 - t) z_j) dt
//
// The integrand is a polynomial of degree d - 1 for a path of d columns, so Gauss-Legendre quadrature with ceil(d / 2)
// points is not an approximation but exact; all factors are positive.
//
// Paths share their beginnings, so products are made once per branch on the way down (`reached`), and sums over leaves
// once per branch on the way up (`below`): the work is branches times points, whatever the depth. Where a column is
// asked again further down, the later branch's factor replaces the earlier one's.
#include "model/tree_contributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/elementary.h"
#include "base/format.h"

namespace asof {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// Legendre polynomial of degree n at x, and its derivative.
struct Legendre {
  double value, slope;
};
Legendre legendre(std::size_t n, double x) {
  double before = 1.0, value = x;
  for (std::size_t k = 2; k <= n; ++k) {
    const auto degree = static_cast<double>(k);
    const double next = ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * before) / degree;
    before = value;
    value = next;
  }
  return {value, static_cast<double>(n) * (x * value - before) / (x * x - 1.0)};
}

}  // namespace

/// Gauss-Legendre on [0, 1], exact for polynomials of degree below 2 * points.
TreeContributions::Quadrature TreeContributions::quadrature(std::size_t points) {
  Quadrature result;
  for (std::size_t k = 0; k < points; ++k) {
    double root = portable_cos(kPi * (static_cast<double>(k) + 0.75) / (static_cast<double>(points) + 0.5));
    for (int step = 0; step < 8; ++step) {
      const Legendre at = legendre(points, root);
      root -= at.value / at.slope;
    }
    const double slope = legendre(points, root).slope;
    result.at.push_back(0.5 + 0.5 * root);
    result.weight.push_back(1.0 / ((1.0 - root * root) * slope * slope));
  }
  return result;
}

/// Depth first. Returns how many columns the longest path asks for.
std::size_t TreeContributions::add_branches(const Tree& tree) {
  struct Visit {
    std::int64_t node;
    std::int32_t branch;  // that leads to it
    std::size_t columns;  // asked on the way
    double share;         // of all training rows that get here
  };
  const std::size_t first = branches_.size();
  std::size_t longest = 0;
  std::vector<Visit> open = {{.node = 0, .branch = kNone, .columns = 0, .share = 1.0}};
  while (!open.empty()) {
    const Visit visit = open.back();
    open.pop_back();
    const TreeNode& node = tree[static_cast<std::size_t>(visit.node)];
    longest = std::max(longest, visit.columns);
    if (node.feature == TreeNode::kLeaf) {
      base_ += node.value * visit.share;
      if (visit.branch == kNone) continue;
      Branch& branch = branches_[first + static_cast<std::size_t>(visit.branch)];
      branch.to_leaf = true;
      branch.value = node.value;
      continue;
    }
    const auto feature = static_cast<std::uint32_t>(node.feature);
    std::int32_t same = visit.branch;
    while (same != kNone && branches_[first + static_cast<std::size_t>(same)].feature != feature) {
      same = branches_[first + static_cast<std::size_t>(same)].above;
    }
    constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();  // no value is <= it
    const Branch asked = same != kNone ? branches_[first + static_cast<std::size_t>(same)]
                                       : Branch{.low = kNothing,
                                                .high = std::numeric_limits<double>::infinity(),
                                                .share = 1.0,
                                                .missing_passes = true};
    for (const bool left : {false, true}) {
      const std::int64_t child = left ? node.left : node.right;
      const double share = tree[static_cast<std::size_t>(child)].cover / node.cover;
      Branch branch{.low = asked.low,
                    .high = asked.high,
                    .share = asked.share * share,
                    .feature = feature,
                    .above = visit.branch,
                    .same = same,
                    .missing_passes = asked.missing_passes && node.missing_left == left};
      if (left)
        branch.high = std::min(branch.high, node.threshold);
      else
        branch.low = std::isnan(branch.low) ? node.threshold : std::max(branch.low, node.threshold);
      open.push_back({.node = child,
                      .branch = static_cast<std::int32_t>(branches_.size() - first),
                      .columns = visit.columns + std::size_t{same == kNone},
                      .share = visit.share * share});
      branches_.push_back(branch);
    }
  }
  return longest;
}

void TreeContributions::add(const Tree& tree) {
  Explained added{.first_branch = branches_.size(), .first_factor = known_.size()};
  const std::size_t columns = add_branches(tree);
  if (columns > kColumnsPerPathMax) {
    throw Error(Error::kIncompatible,
                format("tree {} of the model asks for {} columns on one path, at most {} can be explained",
                       trees_.size(), columns, kColumnsPerPathMax));
  }
  added.branches = branches_.size() - added.first_branch;
  added.points = (columns + 1) / 2;
  while (quadratures_.size() <= added.points) quadratures_.push_back(quadrature(quadratures_.size()));
  for (std::size_t i = added.first_branch; i < branches_.size(); ++i) {
    for (const double t : quadratures_[added.points].at) {
      known_.push_back(t + (1.0 - t) * branches_[i].share);
      known_inverse_.push_back(1.0 / known_.back());
    }
  }
  scratch_size_ = std::max(scratch_size_, added.branches * added.points);
  branches_max_ = std::max(branches_max_, added.branches);
  trees_.push_back(added);
}

bool TreeContributions::passes(const Branch& branch, double value) {
  if (std::isnan(value)) return branch.missing_passes;
  return value <= branch.high && !(value <= branch.low);
}

/// Down: how far each branch is reached, per point.
void TreeContributions::reach_branches(const Explained& tree, std::span<const double> row, Scratch& scratch) const {
  const std::size_t points = tree.points;
  const Quadrature& quadrature = quadratures_[points];
  for (std::size_t i = 0; i < tree.branches; ++i) {
    const Branch& branch = branches_[tree.first_branch + i];
    const double* known = known_.data() + tree.first_factor + i * points;
    double* reached = scratch.reached.data() + i * points;
    const bool passed = passes(branch, row[branch.feature]);
    scratch.passed[i] = passed ? 1 : 0;
    if (branch.above == kNone)
      std::fill_n(reached, points, 1.0);
    else
      std::copy_n(scratch.reached.data() + static_cast<std::size_t>(branch.above) * points, points, reached);
    const auto same = static_cast<std::size_t>(branch.same);
    if (branch.same == kNone) {
      for (std::size_t q = 0; q < points; ++q)
        reached[q] *= passed ? known[q] : (1.0 - quadrature.at[q]) * branch.share;
    } else if (scratch.passed[same] != 0) {
      const double* replaced = known_inverse_.data() + tree.first_factor + same * points;
      for (std::size_t q = 0; q < points; ++q) {
        reached[q] *= replaced[q] * (passed ? known[q] : (1.0 - quadrature.at[q]) * branch.share);
      }
    } else {
      const double less = branch.share / branches_[tree.first_branch + same].share;
      for (std::size_t q = 0; q < points; ++q) reached[q] *= less;
    }
  }
}

/// Up: what the leaves below each branch are worth, per point, and what knowing its column changes.
void TreeContributions::sum_branches(const Explained& tree, Scratch& scratch, std::span<double> out) const {
  const std::size_t points = tree.points;
  const Quadrature& quadrature = quadratures_[points];
  std::fill_n(scratch.below.data(), tree.branches * points, 0.0);
  for (std::size_t i = tree.branches; i-- > 0;) {
    const Branch& branch = branches_[tree.first_branch + i];
    double* below = scratch.below.data() + i * points;
    if (branch.to_leaf) {
      const double* reached = scratch.reached.data() + i * points;
      for (std::size_t q = 0; q < points; ++q) below[q] = branch.value * quadrature.weight[q] * reached[q];
    }
    const auto change = [&](std::size_t asking) {  // (o - z) / (t o + (1 - t) z)
      double sum = 0.0;
      if (scratch.passed[asking] == 0) {
        for (std::size_t q = 0; q < points; ++q) sum -= below[q] / (1.0 - quadrature.at[q]);
        return sum;
      }
      const double* inverse = known_inverse_.data() + tree.first_factor + asking * points;
      for (std::size_t q = 0; q < points; ++q) sum += below[q] * inverse[q];
      return sum * (1.0 - branches_[tree.first_branch + asking].share);
    };
    const auto same = static_cast<std::size_t>(branch.same);
    if (branch.same == kNone)
      out[branch.feature] += change(i);
    else if (scratch.passed[same] != 0)
      out[branch.feature] += change(i) - change(same);  // else the two are equal
    if (branch.above == kNone) continue;
    double* above = scratch.below.data() + static_cast<std::size_t>(branch.above) * points;
    for (std::size_t q = 0; q < points; ++q) above[q] += below[q];
  }
}

void TreeContributions::add_to(std::span<const double> row, std::span<double> out) const {
  Scratch scratch{.reached = std::vector<double>(scratch_size_),
                  .below = std::vector<double>(scratch_size_),
                  .passed = std::vector<unsigned char>(branches_max_)};
  for (const Explained& tree : trees_) {
    reach_branches(tree, row, scratch);
    sum_branches(tree, scratch, out);
  }
}

}  // namespace asof
