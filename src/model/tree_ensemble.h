// A sum of decision trees, whichever library grew them: their plain scorer.
//
// Scoring with our own code instead of the library's makes a margin free of locks, allocation and hidden state, and the
// same bits on every processor; tests keep it equal to the libraries, bit for bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/tree_contributions.h"

namespace asof {

/// How the leaves that a row reaches become its margin.
struct TreeSum {
  enum class Precision { kDouble, kFloat };

  double start = 0.0;                        ///< the sum begins with it
  double divisor = 1.0;                      ///< and is divided by it at the end: the number of trees, for an average
  Precision precision = Precision::kDouble;  ///< of every addition, in the order of the trees
};

/// Immutable; every member function may be called from many threads at once.
class TreeEnsemble {
 public:
  /// Throws Error::kIncompatible unless every tree is a tree whose nodes ask for one of `columns`.
  TreeEnsemble(const std::vector<Tree>& trees, std::size_t columns, const TreeSum& sum);

  double margin(std::span<const double> row) const;

  /// Returns the base and fills `out`: base + sum(out) is `margin(row)`; what rounding leaves goes to the largest.
  double contributions(std::span<const double> row, std::span<double> out) const;

 private:
  /// In depth-first order: the left child follows its parent.
  struct Node {
    double threshold_or_value;
    std::uint32_t feature;  // kLeafFeature: a leaf; the top bit: missing goes left
    std::uint32_t right;
  };

  template <class Number>
  double sum_of_leaves(std::span<const double> row) const;
  void add_tree(const Tree& tree);

  TreeSum sum_;
  std::vector<std::uint32_t> roots_;
  std::vector<Node> nodes_;
  TreeContributions contributions_;
};

}  // namespace asof
