// Why a row got its margin from a sum of trees: exact Shapley values, faster than the libraries' and kept equal to
// them by tests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/tree.h"

namespace asof {

/// Shapley values of the expected sum of leaves when only some columns are known, where an unknown column sends a row
/// both ways in proportion to the training rows (path-dependent TreeSHAP: Lundberg et al., "From local explanations to
/// global understanding with explainable AI for trees", Nature Machine Intelligence 2, 2020).
/// Immutable; every member function may be called from many threads at once.
class TreeContributions {
 public:
  /// A sound tree; one may ask for at most so many columns on the way to a leaf: else Error::kIncompatible.
  static constexpr std::size_t kColumnsPerPathMax = 128;
  void add(const Tree& tree);

  /// The expected sum when nothing is known.
  double base() const { return base_; }

  /// Adds the contribution of each column to `out`. base() + what was added is the row's sum of leaves, up to rounding.
  void add_to(std::span<const double> row, std::span<double> out) const;

 private:
  /// A branch, with what its path from the root down to it asks of the branch's own column: `low < value <= high`, or
  /// missing where `missing_passes`.
  struct Branch {
    double low, high;
    double share;  // of the training rows that pass, where they were asked
    double value;  // of the leaf it leads to, if it does
    std::uint32_t feature;
    std::int32_t above;  // the branch that leads to its parent; kNone at the root
    std::int32_t same;   // the nearest branch above that asks for the same column, or kNone
    bool missing_passes;
    bool to_leaf;
  };
  struct Explained {
    std::size_t first_branch, branches;
    std::size_t first_factor;
    std::size_t points;  // of the quadrature
  };
  struct Quadrature {
    std::vector<double> at, weight;
  };
  struct Scratch {
    std::vector<double> reached, below;
    std::vector<unsigned char> passed;
  };

  static constexpr std::int32_t kNone = -1;
  static Quadrature quadrature(std::size_t points);
  static bool passes(const Branch& branch, double value);
  std::size_t add_branches(const Tree& tree);
  void reach_branches(const Explained& tree, std::span<const double> row, Scratch& scratch) const;
  void sum_branches(const Explained& tree, Scratch& scratch, std::span<double> out) const;

  double base_ = 0.0;
  std::vector<Explained> trees_;
  std::vector<Branch> branches_;               // of a tree one after the other, a parent before its children
  std::vector<double> known_, known_inverse_;  // per branch and point of its tree: t + (1 - t) share, and its inverse
  std::vector<Quadrature> quadratures_;        // by number of points
  std::size_t scratch_size_ = 0, branches_max_ = 0;
};

}  // namespace asof
