// Gradient boosting. Behaviour predicts repayment weakly, so the settings are many small, slow steps on a part of the
// columns each: stock settings (100 trees of 31 leaves) learn the noise of a few thousand applications.
#include "base/format.h"
#include "model/lightgbm.h"
#include "model/model.h"
#include "model/parameters.h"
#include "model/settings.h"

namespace asof::models {
namespace {

struct Parameters {
  int trees = 170;
  int leaves = 8;
  double learning_rate = 0.03;
  double column_share = 0.4;  ///< of the columns, drawn for each tree
  double row_share = 1.0;     ///< of the rows, drawn for each tree
  int leaf_rows_min = 20;
  double l2 = 1.0;  ///< penalty on the values of leaves
};

Parameters read(const Json& json) {
  Parameters parameters;
  ParameterReader reader("gradient_boosting", json);
  reader.read("trees", parameters.trees, 1, 100'000);
  reader.read("leaves", parameters.leaves, 2, 4096);
  reader.read("learning_rate", parameters.learning_rate, 1e-6, 1.0);
  reader.read("column_share", parameters.column_share, 0.001, 1.0);
  reader.read("row_share", parameters.row_share, 0.001, 1.0);
  reader.read("leaf_rows_min", parameters.leaf_rows_min, 1, 1'000'000);
  reader.read("l2", parameters.l2, 0.0, 1e9);
  reader.finish();
  return parameters;
}

std::unique_ptr<const Model> fit(const FitRequest& request) {
  const Parameters parameters = read(request.parameters);
  lightgbm::Training training{.trees = parameters.trees};
  training.parameters = format(
      "boosting=gbdt num_leaves={} learning_rate={} feature_fraction={} bagging_fraction={} bagging_freq={} "
      "min_data_in_leaf={} lambda_l2={}",
      parameters.leaves, parameters.learning_rate, parameters.column_share, parameters.row_share,
      parameters.row_share < 1.0 ? 1 : 0, parameters.leaf_rows_min, parameters.l2);
  return lightgbm::fit(request, training);
}

std::vector<Setting> settings(std::size_t rows, std::size_t) {
  std::vector<Setting> plain = {
      {.name = "trees of 8 leaves",
       .parameters = Json::Object{{"trees", 170}, {"leaves", 8}, {"leaf_rows_min", leaf_rows_min(rows, 20)}}}};
  if (rows >= kManyRows) {
    plain.push_back({.name = "trees of 16 leaves",
                     .parameters = Json::Object{
                         {"trees", 300}, {"leaves", 16}, {"column_share", 0.5}, {"leaf_rows_min", 50}, {"l2", 20.0}}});
  } else {
    plain.push_back({.name = "trees of 3 leaves",
                     .parameters = Json::Object{{"trees", 600},
                                                {"leaves", 3},
                                                {"learning_rate", 0.02},
                                                {"column_share", 0.25},
                                                {"leaf_rows_min", leaf_rows_min(rows, 50)},
                                                {"l2", 10.0}}});
  }
  return imputed_and_kept(plain);
}

Setting draw(Random& random, std::size_t rows, std::size_t) {
  const int leaves = log_uniform(random, 2, rows >= kManyRows ? 48 : 16);
  const auto [rate, trees] = draw_steps(random);
  return drawn(format("{} trees of {} leaves, rate {}", trees, leaves, rate), random,
               Json::Object{{"trees", trees},
                            {"leaves", leaves},
                            {"learning_rate", rate},
                            {"column_share", log_uniform(random, 0.1, 0.8)},
                            {"row_share", random.below(2) == 0 ? 1.0 : 0.7},
                            {"leaf_rows_min", leaf_rows_min(rows, log_uniform(random, 20, 300))},
                            {"l2", log_uniform(random, 0.3, 100.0)}});
}

}  // namespace

extern const ModelKind gradient_boosting;
constinit const ModelKind gradient_boosting = {
    .name = "gradient_boosting",
    .title = "Gradient boosting",
    .summary = "A sum of small decision trees, each correcting those before it.",
    .library = lightgbm::kLibrary,
    .settings = &settings,
    .draw = &draw,
    .fit = &fit,
    .load = &lightgbm::load,
};

}  // namespace asof::models
