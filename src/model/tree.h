// A decision tree as libraries describe it: what scoring and explaining are built from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace asof {

/// A row goes left where `value <= threshold`, or where the value is missing and `missing_left`; else right.
struct TreeNode {
  static constexpr std::int64_t kLeaf = -1;

  std::int64_t feature = kLeaf;  ///< which column is asked, or kLeaf
  double threshold = 0.0;
  bool missing_left = false;
  std::int64_t left = 0;  ///< index into the tree
  std::int64_t right = 0;
  double value = 0.0;  ///< of a leaf
  double cover = 1.0;  ///< how much of the training rows passed here; > 0
};

/// Node 0 is the root. Nodes that no branch leads to are ignored.
using Tree = std::vector<TreeNode>;

/// Throws Error::kIncompatible, calling the tree by `number`, unless following branches from the root visits no node
/// twice, asks only for the first `columns` columns, and ends at finite values; every branch has a positive cover, not
/// above its parent's.
void require_sound(const Tree& tree, std::size_t columns, std::size_t number);

}  // namespace asof
