// LIBLINEAR finds the coefficients. What LIBLINEAR 2.3 does not do by itself:
//   It penalises the intercept like any coefficient. Here its column is kBias instead of 1, which makes that penalty
//   kBias^2 times smaller, and the intercept is then moved to where the mean prediction is the share of the repaid.
//   It knows no row weights: rows that weigh differently are refused, not silently counted alike.
#include "model/linear.h"

#include <linear.h>

#include <algorithm>
#include <cmath>

#include "asof/error.h"
#include "base/format.h"
#include "model/centring.h"
#include "model/handle.h"

namespace asof {
namespace {

constexpr double kBias = 10.0;

/// LIBLINEAR stops where the gradient is this small against the first one; its default of 0.01 leaves the third digit.
constexpr double kTolerance = 1e-5;

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

void require_fittable(const FitRequest& request, std::string_view kind) {
  request.validate();
  const auto differs = [&](double weight) { return weight != request.weights.front(); };
  if (std::ranges::any_of(request.weights, differs)) {
    throw Error(Error::kInvalidInput,
                format("{0} cannot weigh rows (LIBLINEAR 2.3 knows no row weights): leave the weight column out, or "
                       "`{0}` out of the candidates",
                       kind));
  }
  for (std::size_t i = 0; i < request.features.rows; ++i) {
    for (const double value : request.features.row(i)) {
      if (!std::isfinite(value))
        throw Error(Error::kInvalidInput, format("{} needs missing values to be imputed", kind));
    }
  }
}

}  // namespace

LinearFit fit_linear(const FitRequest& request, double cost, std::string_view kind) {
  require_fittable(request, kind);
  be_silent();
  const Problem problem(request);
  ::parameter options{};
  options.solver_type = L2R_LR;
  options.eps = kTolerance;
  options.C = cost;
  if (const char* wrong = check_parameter(problem.get(), &options)) {
    throw Error(Error::kInternal, format("LIBLINEAR failed: {}", wrong));
  }
  const Trained trained(train(problem.get(), &options));

  const std::size_t columns = request.features.columns;
  const double sign = trained->label[0] == 1 ? 1.0 : -1.0;  // its margins are for the label it met first
  LinearFit fitted{.slopes = std::vector<double>(columns), .means = std::vector<double>(columns)};
  for (std::size_t j = 0; j < columns; ++j) {
    fitted.slopes[j] = sign * trained->w[j];
    for (std::size_t i = 0; i < request.features.rows; ++i) fitted.means[j] += request.features.row(i)[j];
    fitted.means[j] /= static_cast<double>(request.features.rows);
  }
  fitted.intercept = sign * kBias * trained->w[columns];
  std::vector<double> margins;
  for (std::size_t i = 0; i < request.features.rows; ++i) {
    double margin = fitted.intercept;
    for (std::size_t j = 0; j < columns; ++j) margin += fitted.slopes[j] * request.features.row(i)[j];
    margins.push_back(margin);
  }
  fitted.intercept += centring_shift(margins, request.good, request.weights);
  return fitted;
}

}  // namespace asof
