#include "evaluate/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

void check(const Predictions& predictions) {
  const std::size_t rows = predictions.repayment.size();
  const bool weighted = !predictions.weights.empty();
  if (predictions.good.size() != rows || (weighted && predictions.weights.size() != rows)) {
    throw Error(Error::kInternal, format("predictions differ in length: {} probabilities, {} outcomes, {} weights",
                                         rows, predictions.good.size(), predictions.weights.size()));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const double good = predictions.good[row];
    if (good != 0.0 && good != 1.0) {
      throw Error(Error::kInternal, format("an outcome in the figures is neither 1 nor 0: {} in row {}", good, row));
    }
    if (std::isnan(predictions.repayment[row])) {
      throw Error(Error::kInternal, format("a prediction in the figures is missing: row {}", row));
    }
  }
}

}  // namespace

SortedPredictions::SortedPredictions(const Predictions& predictions) : threshold_(predictions.threshold) {
  check(predictions);
  const bool repaid = predictions.positive == Outcome::kRepaid;
  const auto probability = [&](std::uint32_t row) {
    return repaid ? predictions.repayment[row] : 1.0 - predictions.repayment[row];
  };
  order_.resize(predictions.repayment.size());
  std::iota(order_.begin(), order_.end(), 0U);
  // By row number among equals, so that sums have one order and figures one set of bits.
  std::ranges::sort(order_, [&](std::uint32_t a, std::uint32_t b) {
    const double first = probability(a), second = probability(b);
    return first != second ? first > second : a < b;
  });
  for (const std::uint32_t row : order_) {
    probability_.push_back(probability(row));
    positive_.push_back(repaid ? predictions.good[row] : 1.0 - predictions.good[row]);
    weights_.push_back(predictions.weights.empty() ? 1.0 : predictions.weights[row]);
  }
}

double weighted_mean(std::span<const double> terms, std::span<const double> weights) {
  double sum = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    sum += weights[i] * terms[i];
    weight += weights[i];
  }
  return weight > 0.0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace asof
