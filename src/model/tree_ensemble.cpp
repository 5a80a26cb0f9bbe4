#include "model/tree_ensemble.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace asof {
namespace {

constexpr std::uint32_t kLeafFeature = 0x7fffffffU;
constexpr std::uint32_t kMissingLeft = 0x80000000U;
constexpr std::uint32_t kFeatureMask = ~kMissingLeft;

}  // namespace

TreeEnsemble::TreeEnsemble(const std::vector<Tree>& trees, std::size_t columns, const TreeSum& sum) : sum_(sum) {
  for (std::size_t i = 0; i < trees.size(); ++i) {
    require_sound(trees[i], columns, i);
    add_tree(trees[i]);
    contributions_.add(trees[i]);
  }
}

void TreeEnsemble::add_tree(const Tree& tree) {
  struct Visit {
    std::int64_t node;
    std::uint32_t parent;  // index into nodes_
    bool is_right;
  };
  roots_.push_back(static_cast<std::uint32_t>(nodes_.size()));
  std::vector<Visit> open = {{.node = 0, .parent = 0, .is_right = false}};
  while (!open.empty()) {
    const Visit visit = open.back();
    open.pop_back();
    const TreeNode& node = tree[static_cast<std::size_t>(visit.node)];
    const auto at = static_cast<std::uint32_t>(nodes_.size());
    if (visit.is_right) nodes_[visit.parent].right = at;
    if (node.feature == TreeNode::kLeaf) {
      nodes_.push_back({.threshold_or_value = node.value, .feature = kLeafFeature, .right = 0});
      continue;
    }
    const std::uint32_t missing = node.missing_left ? kMissingLeft : 0U;
    nodes_.push_back({.threshold_or_value = node.threshold,
                      .feature = static_cast<std::uint32_t>(node.feature) | missing,
                      .right = 0});
    open.push_back({.node = node.right, .parent = at, .is_right = true});
    open.push_back({.node = node.left, .parent = at, .is_right = false});
  }
}

template <class Number>
double TreeEnsemble::sum_of_leaves(std::span<const double> row) const {
  auto sum = static_cast<Number>(sum_.start);
  for (const std::uint32_t root : roots_) {
    const Node* node = &nodes_[root];
    while (node->feature != kLeafFeature) {
      const double value = row[node->feature & kFeatureMask];
      const bool left = value <= node->threshold_or_value || (std::isnan(value) && (node->feature & kMissingLeft) != 0);
      node = left ? node + 1 : &nodes_[node->right];
    }
    sum += static_cast<Number>(node->threshold_or_value);
  }
  return static_cast<double>(sum);
}

double TreeEnsemble::margin(std::span<const double> row) const {
  const bool doubles = sum_.precision == TreeSum::Precision::kDouble;
  return (doubles ? sum_of_leaves<double>(row) : sum_of_leaves<float>(row)) / sum_.divisor;
}

double TreeEnsemble::contributions(std::span<const double> row, std::span<double> out) const {
  std::ranges::fill(out, 0.0);
  contributions_.add_to(row, out);
  const double base = (sum_.start + contributions_.base()) / sum_.divisor;
  double total = base;
  for (double& contribution : out) {
    contribution /= sum_.divisor;
    total += contribution;
  }
  const auto largest = std::ranges::max_element(out, {}, [](double x) { return std::abs(x); });
  if (largest != out.end() && *largest != 0.0) *largest += margin(row) - total;
  return base;
}

}  // namespace asof
