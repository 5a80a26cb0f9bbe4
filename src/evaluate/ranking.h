// Predictions in the order a metric walks through them. Sorting costs more than any metric, and a bootstrap looks at
// the same rows a thousand times with other weights: so rows are sorted once and only the weights change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/metric.h"

namespace asof {

/// Rows in falling order of the positive outcome's probability. Does not own them.
struct Ranking {
  std::span<const double> probability;  ///< of the positive outcome
  std::span<const double> positive;     ///< 1 where the outcome was the positive one, else 0
  std::span<const double> weights;      ///< >= 0, one per row; 0 leaves a row out
  double threshold = 0.5;

  std::size_t size() const { return probability.size(); }
};

/// Predictions sorted for one positive outcome.
class SortedPredictions {
 public:
  /// Throws Error::kInternal when the arrays differ in length or a value is missing.
  explicit SortedPredictions(const Predictions& predictions);

  std::size_t size() const { return order_.size(); }

  /// The row at each rank.
  std::span<const std::uint32_t> order() const { return order_; }

  /// With the weights of the predictions.
  Ranking ranking() const { return ranking(weights_); }

  /// With other weights, given by rank. The sorted rows and `weights` must outlive the result.
  Ranking ranking(std::span<const double> weights) const { return {probability_, positive_, weights, threshold_}; }

 private:
  std::vector<std::uint32_t> order_;
  std::vector<double> probability_;
  std::vector<double> positive_;
  std::vector<double> weights_;
  double threshold_;
};

struct ClassWeights {
  double positive = 0.0;
  double negative = 0.0;
};

/// The weight of both outcomes in all rows.
inline ClassWeights total(const Ranking& ranking) {
  ClassWeights sum;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const double positive = ranking.weights[i] * ranking.positive[i];
    sum.positive += positive;
    sum.negative += ranking.weights[i] - positive;
  }
  return sum;
}

/// Calls `visit(probability, ClassWeights)` for every distinct probability, the highest first. Rows with equal
/// probabilities are one step: no order among them may change a figure.
template <class Visit>
void for_each_step(const Ranking& ranking, Visit&& visit) {
  const std::size_t rows = ranking.size();
  for (std::size_t i = 0; i < rows;) {
    const double probability = ranking.probability[i];
    ClassWeights step;
    do {
      const double positive = ranking.weights[i] * ranking.positive[i];
      step.positive += positive;
      step.negative += ranking.weights[i] - positive;
      ++i;
    } while (i < rows && ranking.probability[i] == probability);
    visit(probability, step);
  }
}

/// The weighted mean of `terms`; NaN without weight.
double weighted_mean(std::span<const double> terms, std::span<const double> weights);

}  // namespace asof
