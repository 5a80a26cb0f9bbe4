// XGBoost: gradient boosting once more, by another library with other ways to bin, grow and penalise. It computes in
// float32, and so does the scorer where it must: margins are the library's own, bit for bit.
#include <xgboost/c_api.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/elementary.h"
#include "base/format.h"
#include "model/handle.h"
#include "model/model.h"
#include "model/parameters.h"
#include "model/settings.h"
#include "model/tree_ensemble.h"

namespace asof::models {
namespace {

// ---- training -----------------------------------------------------------------------------------------------------

using Data = std::unique_ptr<void, FreeWith<&XGDMatrixFree>>;
using Booster = std::unique_ptr<void, FreeWith<&XGBoosterFree>>;

void check(int code) {
  if (code != 0) throw Error(Error::kInternal, format("XGBoost failed: {}", XGBGetLastError()));
}

struct Parameters {
  int trees = 200;
  int depth = 3;
  double learning_rate = 0.03;
  double column_share = 0.4;     ///< of the columns, drawn for each tree
  double row_share = 1.0;        ///< of the rows, drawn for each tree
  double leaf_weight_min = 5.0;  ///< sum of p (1 - p) over the rows of a leaf
  double l2 = 1.0;               ///< penalty on the values of leaves
};

Parameters read(const Json& json) {
  Parameters parameters;
  ParameterReader reader("xgboost", json);
  reader.read("trees", parameters.trees, 1, 100'000);
  reader.read("depth", parameters.depth, 1, 30);
  reader.read("learning_rate", parameters.learning_rate, 1e-6, 1.0);
  reader.read("column_share", parameters.column_share, 0.001, 1.0);
  reader.read("row_share", parameters.row_share, 0.001, 1.0);
  reader.read("leaf_weight_min", parameters.leaf_weight_min, 0.0, 1e9);
  reader.read("l2", parameters.l2, 0.0, 1e9);
  reader.finish();
  return parameters;
}

/// XGBoost refuses infinite floats; beyond its range a value is on the same side of every threshold as the last float.
std::vector<float> as_floats(std::span<const double> values) {
  std::vector<float> floats;
  floats.reserve(values.size());
  for (const double value : values) {
    floats.push_back(
        static_cast<float>(std::isnan(value) ? value : std::clamp(value, double{-FLT_MAX}, double{FLT_MAX})));
  }
  return floats;
}

Data training_data(const FitRequest& request) {
  const MatrixView features = request.features;
  const std::vector<float> values = as_floats({features.values, features.rows * features.columns});
  Data data;
  check(XGDMatrixCreateFromMat_omp(values.data(), features.rows, features.columns, NAN, out(data),
                                   request.threads_that_pay()));
  const auto set_field = [&](const char* field, std::span<const double> column) {
    const std::vector<float> floats = as_floats(column);
    check(XGDMatrixSetFloatInfo(data.get(), field, floats.data(), floats.size()));
  };
  set_field("label", request.good);
  if (!request.weights.empty()) set_field("weight", request.weights);
  return data;
}

/// What XGBoost makes of its `base_score`: log-odds, in float.
float base_margin(float base_score) {
  return static_cast<float>(-portable_log(static_cast<double>(1.0F / base_score - 1.0F)));
}

/// The share of the repaid, moved by parts in ten million to where the logarithm of every C library, whose last digits
/// differ between processors, rounds to the same float.
float base_score(const FitRequest& request) {
  const auto distance = [](float score) {  // from the float, in units between it and the next one
    const double exact = -portable_log(static_cast<double>(1.0F / score - 1.0F));
    const float rounded = static_cast<float>(exact);
    return std::abs(exact - static_cast<double>(rounded)) /
           static_cast<double>(std::nextafter(std::abs(rounded), FLT_MAX) - std::abs(rounded));
  };
  const auto share = static_cast<float>(std::clamp(request.share_repaid(), 1e-6, 1.0 - 1e-6));
  float best = share, candidate = share;
  for (int step = 0; step < 16; ++step) {
    if (distance(candidate) < distance(best)) best = candidate;
    candidate = std::nextafter(candidate, 0.5F);
  }
  return best;
}

std::string json_of(const Booster& booster) {
  bst_ulong size = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(booster.get(), R"({"format": "json"})", &size, &bytes));
  return {bytes, size};
}

// ---- reading the saved JSON ---------------------------------------------------------------------------------------

[[noreturn]] void refuse(std::string_view what) { throw Error(Error::kIncompatible, std::string(what)); }

float as_float(const Json& number) { return static_cast<float>(number.as_number()); }

/// XGBoost writes the numbers of its parameters as text.
double number_in(const Json& parameters, std::string_view name) {
  return parse_json(parameters.at(name).as_string()).as_number();
}

/// XGBoost sends a value left where `float(value) < threshold`; this is the last double for which that holds, so that
/// `value <= last_left` decides alike without converting.
double last_left(float threshold) {
  const float below = std::nextafter(threshold, -FLT_MAX);
  const double halfway = (static_cast<double>(below) + static_cast<double>(threshold)) / 2.0;
  return static_cast<float>(halfway) < threshold ? halfway : std::nextafter(halfway, -DBL_MAX);
}

Tree read_tree(const Json& json) {
  const Json::Array& lefts = json.at("left_children").as_array();
  const auto same_size = [&](std::string_view name) -> const Json::Array& {
    const Json::Array& array = json.at(name).as_array();
    if (array.size() != lefts.size())
      refuse(format("`{}` has {} entries instead of {}", name, array.size(), lefts.size()));
    return array;
  };
  const Json::Array& rights = same_size("right_children");
  const Json::Array& features = same_size("split_indices");
  const Json::Array& conditions = same_size("split_conditions");
  const Json::Array& defaults = same_size("default_left");
  const Json::Array& covers = same_size("sum_hessian");
  if (!json.at("categories").as_array().empty())
    refuse("it has categorical splits; asof gives categories columns of their own");
  Tree tree(lefts.size());
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const float condition = as_float(conditions[i]);
    if (!std::isfinite(condition)) refuse("a threshold or leaf is not a number");
    tree[i].cover = covers[i].as_number();
    if (lefts[i].as_integer() == -1) {
      tree[i].value = static_cast<double>(condition);
      continue;
    }
    tree[i].feature = features[i].as_integer();
    if (tree[i].feature < 0) refuse("a split asks for an unknown column");
    tree[i].threshold = last_left(condition);
    tree[i].missing_left = defaults[i].as_integer() != 0;
    tree[i].left = lefts[i].as_integer();
    tree[i].right = rights[i].as_integer();
  }
  return tree;
}

TreeEnsemble read_model(const Json& json, std::size_t columns) {
  const Json& learner = json.at("learner");
  const Json& about = learner.at("learner_model_param");
  const Json& booster = learner.at("gradient_booster");
  if (learner.at("objective").at("name").as_string() != "binary:logistic")
    refuse("it is not for log-odds of two classes");
  if (booster.at("name").as_string() != "gbtree") refuse("it is not a sum of trees");
  if (number_in(about, "num_feature") != static_cast<double>(columns)) {
    refuse(format("it is for {} columns, there are {}", number_in(about, "num_feature"), columns));
  }
  std::vector<Tree> trees;
  for (const Json& tree : booster.at("model").at("trees").as_array()) trees.push_back(read_tree(tree));
  const auto score = static_cast<float>(number_in(about, "base_score"));
  if (!(score > 0.0F && score < 1.0F)) refuse("its base score is not a probability");
  return {trees, columns, {.start = static_cast<double>(base_margin(score)), .precision = TreeSum::Precision::kFloat}};
}

class XgboostModel final : public Model {
 public:
  XgboostModel(std::string json, std::size_t columns)
      : json_(std::move(json)), trees_(read_model(parse_json(json_), columns)) {}
  double margin(std::span<const double> row) const override { return trees_.margin(row); }
  double contributions(std::span<const double> row, std::span<double> out) const override {
    return trees_.contributions(row, out);
  }
  std::string save() const override { return json_; }

 private:
  std::string json_;
  TreeEnsemble trees_;
};

std::unique_ptr<const Model> fit(const FitRequest& request) {
  request.validate();
  const Parameters parameters = read(request.parameters);
  const Data data = training_data(request);
  const DMatrixHandle known[] = {data.get()};
  Booster booster;
  check(XGBoosterCreate(known, 1, out(booster)));
  const auto set = [&](const char* name, const std::string& value) {
    check(XGBoosterSetParam(booster.get(), name, value.c_str()));
  };
  set("verbosity", "0");
  set("nthread", format("{}", request.threads_that_pay()));
  set("seed", format("{}", request.seed & 0x7fffffffU));
  set("booster", "gbtree");
  set("objective", "binary:logistic");
  set("tree_method", "hist");
  set("base_score", format("{}", base_score(request)));
  set("max_depth", format("{}", parameters.depth));
  set("learning_rate", format("{}", parameters.learning_rate));
  set("colsample_bytree", format("{}", parameters.column_share));
  set("subsample", format("{}", parameters.row_share));
  set("min_child_weight", format("{}", parameters.leaf_weight_min));
  set("reg_lambda", format("{}", parameters.l2));
  if (!request.directions.empty()) set("monotone_constraints", format("({})", request.directions_text()));
  std::vector<const char*> names;
  for (const std::string& name : request.names) names.push_back(name.c_str());
  check(XGBoosterSetStrFeatureInfo(booster.get(), "feature_name", names.data(), names.size()));
  for (int i = 0; i < parameters.trees; ++i) check(XGBoosterUpdateOneIter(booster.get(), i, data.get()));
  return std::make_unique<XgboostModel>(json_of(booster), request.features.columns);
}

std::unique_ptr<const Model> load(std::string_view bytes, std::size_t columns) try {
  return std::make_unique<XgboostModel>(std::string(bytes), columns);
} catch (const Error& error) {
  throw Error(Error::kIncompatible, format("the xgboost model is damaged: {}", error.what()));
}

std::vector<Setting> settings(std::size_t rows, std::size_t) {
  std::vector<Setting> plain = {
      {.name = "trees of depth 3", .parameters = Json::Object{{"trees", 200}, {"depth", 3}, {"column_share", 0.4}}}};
  if (rows >= kManyRows) {
    plain.push_back({.name = "trees of depth 5",
                     .parameters = Json::Object{{"trees", 200},
                                                {"depth", 5},
                                                {"learning_rate", 0.04},
                                                {"column_share", 0.4},
                                                {"leaf_weight_min", 10.0},
                                                {"l2", 5.0}}});
  } else {
    plain.push_back(
        {.name = "trees of depth 2",
         .parameters = Json::Object{
             {"trees", 400}, {"depth", 2}, {"column_share", 0.25}, {"leaf_weight_min", 20.0}, {"l2", 10.0}}});
  }
  return imputed_and_kept(plain);
}

Setting draw(Random& random, std::size_t rows, std::size_t) {
  const int depth = log_uniform(random, 1, rows >= kManyRows ? 7 : 5);
  const auto [rate, trees] = draw_steps(random);
  return drawn(format("{} trees of depth {}, rate {}", trees, depth, rate), random,
               Json::Object{{"trees", trees},
                            {"depth", depth},
                            {"learning_rate", rate},
                            {"column_share", log_uniform(random, 0.1, 0.8)},
                            {"row_share", random.below(2) == 0 ? 1.0 : 0.7},
                            {"leaf_weight_min", log_uniform(random, 2.0, 60.0)},
                            {"l2", log_uniform(random, 0.3, 100.0)}});
}

}  // namespace

extern const ModelKind xgboost;
constinit const ModelKind xgboost = {
    .name = "xgboost",
    .title = "XGBoost",
    .summary = "Gradient boosting by XGBoost: a sum of shallow decision trees, each correcting those before it.",
    .library = "XGBoost 1.7.4",
    .settings = &settings,
    .draw = &draw,
    .fit = &fit,
    .load = &load,
};

}  // namespace asof::models
