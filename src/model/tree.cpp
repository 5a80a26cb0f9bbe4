#include "model/tree.h"

#include <cmath>
#include <string_view>

#include "base/format.h"

namespace asof {

void require_sound(const Tree& tree, std::size_t columns, std::size_t number) {
  const auto require = [&](bool condition, std::string_view what) {
    if (!condition) throw Error(Error::kIncompatible, format("tree {} of the model {}", number, what));
  };
  const auto size = static_cast<std::int64_t>(tree.size());
  require(size > 0, "is empty");
  std::vector<bool> seen(tree.size());
  std::vector<std::int64_t> open = {0};
  while (!open.empty()) {
    const auto at = static_cast<std::size_t>(open.back());
    open.pop_back();
    require(!seen[at], "has two branches to one node");
    seen[at] = true;
    const TreeNode& node = tree[at];
    require(std::isfinite(node.cover), "has a node whose number of training rows is not a number");
    if (node.feature == TreeNode::kLeaf) {
      require(std::isfinite(node.value), "has a leaf that is not a number");
      continue;
    }
    require(node.feature >= 0 && node.feature < static_cast<std::int64_t>(columns), "asks for an unknown column");
    require(!std::isnan(node.threshold), "has a threshold that is not a number");
    for (const std::int64_t child : {node.left, node.right}) {
      require(child >= 0 && child < size, "has a branch to nowhere");
      const double cover = tree[static_cast<std::size_t>(child)].cover;
      require(cover > 0.0 && cover <= node.cover, "has a branch that no training row took");
      open.push_back(child);
    }
  }
}

}  // namespace asof
