// Logistic regression with an L2 penalty: a plain dot product scores.
//
// The saved form is JSON of our own, so that a person can read each coefficient beside its name, and because
// LIBLINEAR's has no place for the training means that contributions are measured from.
#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "model/linear.h"
#include "model/model.h"
#include "model/parameters.h"
#include "model/settings.h"

namespace asof::models {
namespace {

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

/// Columns whose coefficient points against their direction; they have none left to lose once they are zeros.
std::vector<std::size_t> contrary(const LinearFit& fitted, std::span<const int> directions) {
  std::vector<std::size_t> columns;
  for (std::size_t j = 0; j < directions.size(); ++j)
    if (fitted.slopes[j] * directions[j] < 0.0) columns.push_back(j);
  return columns;
}

/// A column that would count against its direction leaves, and the others are fitted again.
LinearFit fit_in_directions(const FitRequest& request, double cost) {
  LinearFit fitted = fit_linear(request, cost, "logistic");
  std::vector<std::size_t> leaving = contrary(fitted, request.directions);
  if (leaving.empty()) return fitted;
  Matrix features(request.features.rows, request.features.columns);
  for (std::size_t i = 0; i < features.rows; ++i) std::ranges::copy(request.features.row(i), features.row(i).begin());
  FitRequest rest = request;
  rest.features = features;
  for (; !leaving.empty(); leaving = contrary(fitted, request.directions)) {
    for (const std::size_t column : leaving)
      for (std::size_t i = 0; i < features.rows; ++i) features.row(i)[column] = 0.0;
    fitted = fit_linear(rest, cost, "logistic");
  }
  return fitted;
}

std::unique_ptr<const Model> fit(const FitRequest& request) {
  const Parameters parameters = read(request.parameters);
  LinearFit fitted = fit_in_directions(request, parameters.cost);
  return std::make_unique<LogisticModel>(Coefficients{.names = request.names,
                                                      .slopes = std::move(fitted.slopes),
                                                      .means = std::move(fitted.means),
                                                      .intercept = fitted.intercept});
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

Setting draw(Random& random, std::size_t, std::size_t) {
  const double cost = log_uniform(random, 1e-4, 1.0);
  const bool normal = random.below(4) != 0;
  return {.name = format("{}, cost {}", normal ? "normal scores" : "standardised", cost),
          .preprocess = {.scale = normal ? Scale::kNormalScores : Scale::kStandard},
          .parameters = Json::Object{{"cost", cost}}};
}

}  // namespace

extern const ModelKind logistic;
constinit const ModelKind logistic = {
    .name = "logistic",
    .title = "Logistic regression",
    .summary = "A weighted sum of the features as log-odds, with an L2 penalty on the weights.",
    .library = "LIBLINEAR 2.3",
    .settings = &settings,
    .draw = &draw,
    .fit = &fit,
    .load = &load,
    .weighs_rows = false,
};

}  // namespace asof::models
