// Logistic regression with an L2 penalty: LIBLINEAR finds the coefficients, a plain dot product scores.
//
// What LIBLINEAR 2.3 does not do by itself:
//   It penalises the intercept like any coefficient. Here its column is kBias instead of 1, which makes that penalty
//   kBias^2 times smaller, and the intercept is then moved to where the mean prediction is the share of the repaid.
//   It knows no row weights: rows that weigh differently are refused, not silently counted alike.
//
// The saved form is JSON of our own, so that a person can read each coefficient beside its name, and because
// LIBLINEAR's has no place for the training means that contributions are measured from.
#include <linear.h>

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "model/centring.h"
#include "model/handle.h"
#include "model/model.h"
#include "model/parameters.h"

namespace asof::models {
namespace {

constexpr double kBias = 10.0;

/// LIBLINEAR stops where the gradient is this small against the first one; its default of 0.01 leaves the third digit.
constexpr double kTolerance = 1e-5;

struct Parameters {
  double cost = 0.1;  ///< LIBLINEAR's C: how much a row counts against the penalty
};

Parameters read(const Json& json) {
  Parameters parameters;
  ParameterReader reader("logistic", json);
  reader.read("cost", parameters.cost, 1e-9, 1e9);
  reader.finish();
  return parameters;
}

struct Coefficients {
  std::vector<std::string> names;
  std::vector<double> slopes;
  std::vector<double> means;  ///< of the training rows
  double intercept = 0.0;
};

class LogisticModel final : public Model {
 public:
  explicit LogisticModel(Coefficients coefficients) : fitted_(std::move(coefficients)), base_(margin(fitted_.means)) {}

  double margin(std::span<const double> row) const override {
    double sum = fitted_.intercept;
    for (std::size_t j = 0; j < row.size(); ++j) sum += fitted_.slopes[j] * row[j];
    return sum;
  }

  /// Measured from the mean of the training rows: the base is its margin, a contribution slope * (value - mean).
  double contributions(std::span<const double> row, std::span<double> out) const override {
    for (std::size_t j = 0; j < row.size(); ++j) out[j] = fitted_.slopes[j] * (row[j] - fitted_.means[j]);
    return base_;
  }

  std::string save() const override {
    Json::Array columns;
    for (std::size_t j = 0; j < fitted_.names.size(); ++j) {
      columns.push_back(Json::Object{
          {"name", fitted_.names[j]}, {"coefficient", fitted_.slopes[j]}, {"training_mean", fitted_.means[j]}});
    }
    return to_pretty_json(
        Json::Object{{"model", "logistic"}, {"intercept", fitted_.intercept}, {"columns", std::move(columns)}});
  }

 private:
  Coefficients fitted_;
  double base_;
};

// ---- training -----------------------------------------------------------------------------------------------------

void free_model(::model* trained) { free_and_destroy_model(&trained); }
using Trained = std::unique_ptr<::model, FreeWith<&free_model>>;

/// LIBLINEAR prints every iteration unless told not to.
void be_silent() {
  static const bool silenced = (set_print_string_function([](const char*) {}), true);
  static_cast<void>(silenced);
}

/// Rows as LIBLINEAR wants them: the values that are not 0 with their column counted from 1, the bias, an end mark.
class Problem {
 public:
  explicit Problem(const FitRequest& request) {
    const MatrixView features = request.features;
    nodes_.reserve(features.rows * (features.columns + 2));  // pointers into it stay valid
    for (std::size_t i = 0; i < features.rows; ++i) {
      rows_.push_back(nodes_.data() + nodes_.size());
      const auto row = features.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) {
        if (row[j] != 0.0) nodes_.push_back({static_cast<int>(j) + 1, row[j]});
      }
      nodes_.push_back({static_cast<int>(features.columns) + 1, kBias});
      nodes_.push_back({-1, 0.0});
      labels_.push_back(request.good[i] == 1.0 ? 1.0 : -1.0);
    }
    problem_ = {static_cast<int>(features.rows), static_cast<int>(features.columns) + 1, labels_.data(), rows_.data(),
                kBias};
  }
  const ::problem* get() const { return &problem_; }

 private:
  std::vector<::feature_node> nodes_;
  std::vector<::feature_node*> rows_;
  std::vector<double> labels_;
  ::problem problem_{};
};

void require_fittable(const FitRequest& request) {
  request.validate();
  const auto differs = [&](double weight) { return weight != request.weights.front(); };
  if (std::ranges::any_of(request.weights, differs)) {
    throw Error(Error::kInvalidInput,
                "logistic cannot weigh rows (LIBLINEAR 2.3 knows no row weights): leave the weight column out, or "
                "`logistic` out of the candidates");
  }
  for (std::size_t i = 0; i < request.features.rows; ++i) {
    for (const double value : request.features.row(i)) {
      if (!std::isfinite(value)) throw Error(Error::kInvalidInput, "logistic needs missing values to be imputed");
    }
  }
}

std::unique_ptr<const Model> fit(const FitRequest& request) {
  require_fittable(request);
  const Parameters parameters = read(request.parameters);
  be_silent();
  const Problem problem(request);
  ::parameter options{};
  options.solver_type = L2R_LR;
  options.eps = kTolerance;
  options.C = parameters.cost;
  if (const char* wrong = check_parameter(problem.get(), &options)) {
    throw Error(Error::kInternal, format("LIBLINEAR failed: {}", wrong));
  }
  const Trained trained(train(problem.get(), &options));

  const std::size_t columns = request.features.columns;
  const double sign = trained->label[0] == 1 ? 1.0 : -1.0;  // its margins are for the label it met first
  Coefficients fitted{
      .names = request.names, .slopes = std::vector<double>(columns), .means = std::vector<double>(columns)};
  for (std::size_t j = 0; j < columns; ++j) {
    fitted.slopes[j] = sign * trained->w[j];
    for (std::size_t i = 0; i < request.features.rows; ++i) fitted.means[j] += request.features.row(i)[j];
    fitted.means[j] /= static_cast<double>(request.features.rows);
  }
  fitted.intercept = sign * kBias * trained->w[columns];
  std::vector<double> margins;
  const LogisticModel uncentred(fitted);
  for (std::size_t i = 0; i < request.features.rows; ++i) margins.push_back(uncentred.margin(request.features.row(i)));
  fitted.intercept += centring_shift(request, margins);
  return std::make_unique<LogisticModel>(std::move(fitted));
}

std::unique_ptr<const Model> load(std::string_view bytes, std::size_t columns) try {
  if (!bytes.ends_with("}\n")) throw Error(Error::kIncompatible, "it is cut off");
  const Json saved = parse_json(bytes);
  Coefficients fitted{.intercept = saved.at("intercept").as_number()};
  bool finite = std::isfinite(fitted.intercept);
  for (const Json& column : saved.at("columns").as_array()) {
    fitted.names.push_back(column.at("name").as_string());
    fitted.slopes.push_back(column.at("coefficient").as_number());
    fitted.means.push_back(column.at("training_mean").as_number());
    finite = finite && std::isfinite(fitted.slopes.back()) && std::isfinite(fitted.means.back());
  }
  if (!finite) throw Error(Error::kIncompatible, "a coefficient is not a number");
  if (fitted.slopes.size() != columns) {
    throw Error(Error::kIncompatible, format("it is for {} columns, there are {}", fitted.slopes.size(), columns));
  }
  return std::make_unique<LogisticModel>(std::move(fitted));
} catch (const Error& error) {
  throw Error(Error::kIncompatible, format("the logistic model is damaged: {}", error.what()));
}

std::vector<Setting> settings(std::size_t, std::size_t) {
  const auto setting = [](const char* name, Scale scale, double cost) {
    return Setting{.name = name, .preprocess = {.scale = scale}, .parameters = Json::Object{{"cost", cost}}};
  };
  return {setting("standardised", Scale::kStandard, 0.1), setting("normal scores", Scale::kNormalScores, 0.1),
          setting("normal scores, strong penalty", Scale::kNormalScores, 0.003)};
}

}  // namespace

extern const ModelKind logistic;
constinit const ModelKind logistic = {
    .name = "logistic",
    .title = "Logistic regression",
    .summary = "A weighted sum of the features as log-odds, with an L2 penalty on the weights.",
    .library = "LIBLINEAR 2.3",
    .settings = &settings,
    .fit = &fit,
    .load = &load,
    .weighs_rows = false,
};

}  // namespace asof::models
