// Random forest: LightGBM grows each tree on its own part of the rows and columns, all from the same start.
//
// A tree's leaf then holds one Newton step from the base rate, which is far from the log-odds of its rows where the
// base rate is low (from 5 % towards a leaf with 20 %, the step ends at 55 %). Growth is not changed by that,
// calibration is: so every leaf's step is turned back into its share of the repaid, and that into log-odds. The margin
// is their mean, moved so that predictions are right on average (the mean of log-odds lies further out than that of the
// shares).
#include "base/elementary.h"
#include "base/format.h"
#include "model/lightgbm.h"
#include "model/model.h"
#include "model/parameters.h"
#include "model/settings.h"

namespace asof::models {
namespace {

/// Every leaf is given so many more rows of the base rate, which keeps pure leaves off certainty.
constexpr double kPriorRows = 2.0;

struct Parameters {
  int trees = 200;
  int leaves = 64;
  double column_share = 0.4;  ///< of the columns, drawn for each split
  double row_share = 0.632;   ///< of the rows, drawn for each tree: what a bootstrap sample holds
  int leaf_rows_min = 20;
};

Parameters read(const Json& json) {
  Parameters parameters;
  ParameterReader reader("random_forest", json);
  reader.read("trees", parameters.trees, 1, 100'000);
  reader.read("leaves", parameters.leaves, 2, 4096);
  reader.read("column_share", parameters.column_share, 0.001, 1.0);
  reader.read("row_share", parameters.row_share, 0.001, 0.999);
  reader.read("leaf_rows_min", parameters.leaf_rows_min, 1, 1'000'000);
  reader.finish();
  return parameters;
}

std::unique_ptr<const Model> fit(const FitRequest& request) {
  request.validate();
  const Parameters parameters = read(request.parameters);
  const double base = request.share_repaid();
  const double start = logit(base);
  lightgbm::Training training{.trees = parameters.trees};
  training.parameters = format(
      "boosting=rf num_leaves={} feature_fraction_bynode={} bagging_fraction={} bagging_freq=1 "
      "min_data_in_leaf={} lambda_l2=0",
      parameters.leaves, parameters.column_share, parameters.row_share, parameters.leaf_rows_min);
  training.leaf_value = [base, start](const lightgbm::GrownLeaf& leaf) {
    if (leaf.is_whole_tree) return start;
    const double share = base + (leaf.value - start) * base * (1.0 - base);  // the Newton step, undone
    return logit((leaf.rows * share + kPriorRows * base) / (leaf.rows + kPriorRows));
  };
  return lightgbm::fit(request, training);
}

std::vector<Setting> settings(std::size_t rows, std::size_t) {
  std::vector<Setting> plain = {
      {.name = "trees of 64 leaves",
       .parameters = Json::Object{{"trees", 200}, {"leaves", 64}, {"leaf_rows_min", leaf_rows_min(rows, 50)}}}};
  if (rows >= kManyRows) {
    plain.push_back({.name = "trees of 128 leaves",
                     .parameters = Json::Object{{"trees", 200}, {"leaves", 128}, {"leaf_rows_min", 20}}});
  } else {
    plain.push_back(
        {.name = "trees of 32 leaves",
         .parameters = Json::Object{{"trees", 200}, {"leaves", 32}, {"leaf_rows_min", leaf_rows_min(rows, 100)}}});
  }
  return imputed_and_kept(plain);
}

Setting draw(Random& random, std::size_t rows, std::size_t) {
  const int leaves = log_uniform(random, 8, rows >= kManyRows ? 256 : 128);
  return drawn(format("200 trees of {} leaves", leaves), random,
               Json::Object{{"trees", 200},
                            {"leaves", leaves},
                            {"column_share", log_uniform(random, 0.1, 0.8)},
                            {"row_share", random.below(2) == 0 ? 0.632 : 0.4},
                            {"leaf_rows_min", leaf_rows_min(rows, log_uniform(random, 20, 200))}});
}

}  // namespace

extern const ModelKind random_forest;
constinit const ModelKind random_forest = {
    .name = "random_forest",
    .title = "Random forest",
    .summary = "The mean of many decision trees, each grown on a random part of the rows and columns.",
    .library = lightgbm::kLibrary,
    .settings = &settings,
    .draw = &draw,
    .fit = &fit,
    .load = &lightgbm::load,
    .keeps_directions = false,  // leaves are pulled towards the base rate by their size
};

}  // namespace asof::models
