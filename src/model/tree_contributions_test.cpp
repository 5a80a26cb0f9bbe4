// Oracle: the definition of the Shapley value, by brute force over all subsets of columns, on random trees.
#include "model/tree_contributions.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "asof/error.h"
#include "asof/table.h"
#include "base/random.h"
#include "model/tree_ensemble.h"

namespace asof {
namespace {

constexpr std::size_t kColumns = 5;

/// Grows below `node`, which has its cover; thresholds are whole numbers, as are most values of rows.
void grow(Tree& tree, std::size_t node, int depth, Random& random) {
  if (depth == 0 || random.uniform() < 0.15) {
    tree[node].value = random.uniform() * 4.0 - 2.0;
    return;
  }
  tree[node].feature = static_cast<std::int64_t>(random.below(kColumns));
  tree[node].threshold = static_cast<double>(random.below(5)) - 2.0;
  tree[node].missing_left = random.uniform() < 0.5;
  const double left = tree[node].cover * (0.05 + 0.9 * random.uniform()), right = tree[node].cover - left;
  for (const double cover : {left, right}) {
    const std::size_t child = tree.size();
    tree.push_back({.cover = cover});
    (cover == left ? tree[node].left : tree[node].right) = static_cast<std::int64_t>(child);
    grow(tree, child, depth - 1, random);
  }
}

Tree random_tree(std::uint64_t seed, int depth) {
  Random random(seed, 3);
  Tree tree = {{.cover = 1000.0}};
  grow(tree, 0, depth, random);
  return tree;
}

std::vector<double> random_row(Random& random) {
  std::vector<double> row;
  for (std::size_t j = 0; j < kColumns; ++j) {
    const double kind = random.uniform();
    row.push_back(kind < 0.2   ? kMissing
                  : kind < 0.8 ? static_cast<double>(random.below(6)) - 2.5 + 0.5 * static_cast<double>(random.below(2))
                               : random.uniform());
  }
  return row;
}

/// What the tree says when only the columns of `known` (a bit each) are known.
double expected(const Tree& tree, std::size_t node, std::span<const double> row, unsigned known) {
  const TreeNode& at = tree[node];
  if (at.feature == TreeNode::kLeaf) return at.value;
  const auto left = static_cast<std::size_t>(at.left), right = static_cast<std::size_t>(at.right);
  if ((known >> at.feature & 1U) != 0) {
    const double value = row[static_cast<std::size_t>(at.feature)];
    const bool goes_left = is_missing(value) ? at.missing_left : value <= at.threshold;
    return expected(tree, goes_left ? left : right, row, known);
  }
  return (tree[left].cover * expected(tree, left, row, known) + tree[right].cover * expected(tree, right, row, known)) /
         at.cover;
}

double shapley(const Tree& tree, std::span<const double> row, std::size_t column) {
  double value = 0.0;
  for (unsigned known = 0; known < (1U << kColumns); ++known) {
    if ((known >> column & 1U) != 0) continue;
    const double gain = expected(tree, 0, row, known | 1U << column) - expected(tree, 0, row, known);
    const int size = std::popcount(known);  // weight: size! (n - size - 1)! / n!
    value += gain * std::tgamma(size + 1.0) * std::tgamma(static_cast<double>(kColumns) - size) /
             std::tgamma(kColumns + 1.0);
  }
  return value;
}

TEST(TreeContributionsLaw, AreTheShapleyValues) {
  Random random(5);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Tree tree = random_tree(seed, 1 + static_cast<int>(seed % 8));
    TreeContributions contributions;
    contributions.add(tree);
    EXPECT_NEAR(contributions.base(), expected(tree, 0, {}, 0), 1e-12);
    for (int repeat = 0; repeat < 5; ++repeat) {
      const std::vector<double> row = random_row(random);
      std::vector<double> out(kColumns);
      contributions.add_to(row, out);
      for (std::size_t j = 0; j < kColumns; ++j) {
        EXPECT_NEAR(out[j], shapley(tree, row, j), 1e-12) << "tree " << seed << ", column " << j;
      }
    }
  }
}

TEST(TreeEnsembleLaw, ContributionsAddUpToTheMargin) {
  for (const auto precision : {TreeSum::Precision::kDouble, TreeSum::Precision::kFloat}) {
    std::vector<Tree> trees;
    for (std::uint64_t seed = 0; seed < 100; ++seed) trees.push_back(random_tree(seed, 6));
    const TreeEnsemble ensemble(trees, kColumns, {.start = -0.5, .divisor = 100.0, .precision = precision});
    Random random(9);
    for (int repeat = 0; repeat < 100; ++repeat) {
      const std::vector<double> row = random_row(random);
      std::vector<double> out(kColumns);
      double total = ensemble.contributions(row, out);
      for (const double contribution : out) total += contribution;
      EXPECT_NEAR(total, ensemble.margin(row), 1e-14);
    }
  }
}

TEST(TreeEnsembleTest, GoesLeftUpToTheThresholdAndWhereMissingGoes) {
  const auto stump = [](bool missing_left) {
    return Tree{{.feature = 0, .threshold = 2.0, .missing_left = missing_left, .left = 1, .right = 2, .cover = 10.0},
                {.value = -1.0, .cover = 4.0},
                {.value = 1.0, .cover = 6.0}};
  };
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  for (const bool missing_left : {false, true}) {
    const TreeEnsemble ensemble({stump(missing_left)}, 1, {});
    const auto margin = [&](double value) { return ensemble.margin(std::span(&value, 1)); };
    EXPECT_EQ(margin(2.0), -1.0);
    EXPECT_EQ(margin(std::nextafter(2.0, 3.0)), 1.0);
    EXPECT_EQ(margin(-kInfinite), -1.0);
    EXPECT_EQ(margin(kInfinite), 1.0);
    EXPECT_EQ(margin(kMissing), missing_left ? -1.0 : 1.0);
  }
}

TEST(TreeEnsembleTest, ATreeOfOneLeafIsAConstant) {
  const TreeEnsemble ensemble({Tree{{.value = 0.25}}}, 2, {.start = 1.0});
  const std::vector<double> row = {1.0, kMissing};
  std::vector<double> out(2, 9.0);
  EXPECT_EQ(ensemble.margin(row), 1.25);
  EXPECT_EQ(ensemble.contributions(row, out), 1.25);
  EXPECT_EQ(out, (std::vector<double>{0.0, 0.0}));
}

struct Unsound {
  const char* why;
  Tree tree;
};

TEST(TreeEnsembleTest, RefusesWhatIsNoTree) {
  const TreeNode leaf{.value = 1.0, .cover = 5.0};
  const TreeNode fork{.feature = 0, .left = 1, .right = 2, .cover = 10.0};
  const auto changed = [](TreeNode node, auto change) {
    change(node);
    return node;
  };
  const Unsound kUnsound[] = {
      {"is empty", {}},
      {"branch to nowhere", {changed(fork, [](TreeNode& node) { node.right = 3; }), leaf, leaf}},
      {"branch to nowhere", {changed(fork, [](TreeNode& node) { node.left = -7; }), leaf, leaf}},
      {"two branches to one node", {changed(fork, [](TreeNode& node) { node.right = 1; }), leaf, leaf}},
      {"no training row took",
       {changed(fork, [](TreeNode& node) { node.left = 0; }), leaf,
        changed(leaf, [](TreeNode& node) { node.cover = 0.0; })}},
      {"two branches to one node", {changed(fork, [](TreeNode& node) { node.left = 0; }), leaf, leaf}},
      {"unknown column", {changed(fork, [](TreeNode& node) { node.feature = 1; }), leaf, leaf}},
      {"leaf that is not a number", {changed(leaf, [](TreeNode& node) { node.value = kMissing; })}},
      {"threshold that is not a number",
       {changed(fork, [](TreeNode& node) { node.threshold = kMissing; }), leaf, leaf}},
      {"no training row took", {fork, leaf, changed(leaf, [](TreeNode& node) { node.cover = kMissing; })}},
  };
  for (const Unsound& unsound : kUnsound) {
    try {
      const TreeEnsemble ensemble({unsound.tree}, 1, {});
      ADD_FAILURE() << "accepted: " << unsound.why;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kIncompatible);
      EXPECT_NE(std::string(error.what()).find(unsound.why), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace asof
