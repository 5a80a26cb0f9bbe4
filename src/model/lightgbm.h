// LightGBM behind a plain interface: grows trees for the kinds that need them, and reads them back.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "model/model.h"

namespace asof::lightgbm {

/// A leaf as it was grown: its value (log-odds) and how many training rows it holds.
struct GrownLeaf {
  double value;
  double rows;
  bool is_whole_tree;  ///< the tree found nothing to split by
};

struct Training {
  std::string parameters;  ///< LightGBM's own, `name=value` divided by blanks; without seed, threads and objective
  int trees = 100;
  /// When given (for forests, whose margin is the mean of the trees), replaces the value of every leaf once all trees
  /// are grown; then all values are moved by one number, so that predictions are right on average.
  std::function<double(const GrownLeaf&)> leaf_value;
};

std::unique_ptr<const Model> fit(const FitRequest& request, const Training& training);

/// From LightGBM's text format, as `Model::save` writes it. Throws Error::kIncompatible for damaged text, and for
/// models that are more than asof's: categorical splits, linear leaves, several classes.
std::unique_ptr<const Model> load(std::string_view bytes, std::size_t columns);

/// "name and version"
inline constexpr std::string_view kLibrary = "LightGBM 4.7.0";

}  // namespace asof::lightgbm
