// What a plan holds. Internal to the features layer.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "features/plan.h"
#include "features/program.h"
#include "features/step.h"

namespace asof {

struct FeaturePlan::State {
  std::vector<Definition> definitions;
  TableSpec applications;
  std::vector<TableSpec> tables;
  PlanOptions options;
  std::vector<Step> steps;         ///< one per definition
  std::vector<std::size_t> order;  ///< in which they are computed
  Program program;                 ///< what they share; points into `steps`
  std::vector<FeatureColumn> columns;
  std::vector<Step> pairs;  ///< the steps that give pairs, once more: what `count_pairs` computes
  Program program_of_pairs;
  std::vector<std::unordered_map<std::string, double>> category_index;  ///< per column: text to its number

  void index_categories();

  /// The features of the application that `computation` has run for. Defined where it is used.
  template <class Computation>
  void fill_row(Computation& computation, std::span<double> features) const;
};

}  // namespace asof
