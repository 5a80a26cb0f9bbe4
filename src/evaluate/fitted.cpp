#include "evaluate/fitted.h"

#include <algorithm>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"
#include "base/parallel.h"
#include "dataset/values_at.h"

namespace asof {
namespace {

/// What the margin, log-odds of repayment, may do as each feature rises; empty when all are free.
std::vector<int> margin_directions(const Dataset& data) {
  std::vector<int> directions(data.columns.size());
  for (std::size_t j = 0; j < directions.size(); ++j) {
    if (data.columns[j].direction == Direction::kIncreasesRisk) directions[j] = -1;
    if (data.columns[j].direction == Direction::kDecreasesRisk) directions[j] = 1;
  }
  if (std::ranges::count(directions, 0) == std::ssize(directions)) directions.clear();
  return directions;
}

/// `prepared` is room for `preprocess.outputs()` numbers.
double margin_of(const Fitted& fitted, std::span<const double> features, std::span<double> prepared) {
  fitted.preprocess.apply(features, prepared);
  return fitted.model->margin(prepared);
}

}  // namespace

double Fitted::repayment(std::span<const double> features) const {
  std::vector<double> prepared(preprocess.outputs());
  return sigmoid(calibration.apply(margin_of(*this, features, prepared)));
}

Fitted fit(const Dataset& data, std::span<const std::uint32_t> rows, const ModelKind& kind, const Setting& setting,
           std::uint64_t seed, int threads) {
  Fitted fitted{std::string(kind.name), setting, Preprocess::fit(data, rows, setting.preprocess), nullptr, {}};
  if (fitted.preprocess.outputs() == 0) {
    throw Error(Error::kInvalidInput, format("there is nothing to learn from: none of the {} features varies on the {} "
                                             "training rows; check the feature definitions and the tables they read",
                                             data.columns.size(), rows.size()));
  }
  const std::vector<int> directions = margin_directions(data);
  if (!directions.empty() && !kind.keeps_directions) {
    throw Error(Error::kInvalidInput,
                format("{} cannot keep to `directions`: leave them out of the project file, or it "
                       "out of the candidates",
                       kind.name));
  }
  const Matrix features = fitted.preprocess.training_matrix(data, rows);
  const std::vector<double> good = values_at(data.good, rows);
  const std::vector<double> weights = values_at(data.weights, rows);
  fitted.model =
      kind.fit({.features = features,
                .good = good,
                .weights = weights,
                .names = fitted.preprocess.names(),
                .directions = directions.empty() ? directions : fitted.preprocess.output_directions(directions),
                .parameters = setting.parameters,
                .seed = seed,
                .threads = threads});
  return fitted;
}

Fitted fit(const Dataset& data, std::span<const std::uint32_t> rows, std::string_view kind, const Setting& setting,
           std::uint64_t seed, int threads) {
  return fit(data, rows, model_kind(kind), setting, seed, threads);
}

std::vector<double> margins(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows,
                            int threads) {
  std::vector<double> result(rows.size());
  constexpr std::size_t kGrain = 256;
  parallel_for(rows.size(), kGrain, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> prepared(fitted.preprocess.outputs());
    for (std::size_t i = begin; i < end; ++i) result[i] = margin_of(fitted, data.features.row(rows[i]), prepared);
  });
  return result;
}

std::vector<double> predict(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows,
                            int threads) {
  std::vector<double> values = margins(fitted, data, rows, threads);
  for (double& value : values) value = sigmoid(fitted.calibration.apply(value));
  return values;
}

}  // namespace asof
