// Whether a column would improve a logistic model, without fitting it: the score test (Rao 1948), with the null
// distribution of the best of all columns taken from the data by exchanging people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "asof/time.h"
#include "dataset/dataset.h"

namespace asof {

/// Columns of equal length, one after the other.
struct ColumnBlock {
  std::size_t rows = 0;
  std::vector<double> values;

  std::size_t size() const { return rows == 0 ? 0 : values.size() / rows; }
  std::span<double> column(std::size_t i) { return {values.data() + i * rows, rows}; }
  std::span<const double> column(std::size_t i) const { return {values.data() + i * rows, rows}; }
};

/// The columns of a matrix that `chosen` names.
ColumnBlock columns_of(const Matrix& matrix, std::span<const std::uint32_t> chosen);

/// |correlation| of two columns; 0 where one is constant.
double correlation(std::span<const double> a, std::span<const double> b);

/// Sum of products, always in the same order.
double dot(std::span<const double> a, std::span<const double> b);

/// People as exchangeable units: those who applied in the same stretch of time and equally often can change places,
/// with all their rows. Nobody else can, so drift and a person's own habit stay in the null distribution.
class Exchange {
 public:
  /// One entry per row in both.
  Exchange(std::span<const std::uint32_t> groups, std::span<const Timestamp> times);

  /// `values` with people exchanged, as drawn by (seed, stream).
  std::vector<double> draw(std::span<const double> values, std::uint64_t seed, std::uint64_t stream) const;

 private:
  using Unit = std::vector<std::uint32_t>;  // rows of one person, by time
  std::vector<std::vector<Unit>> strata_;
};

struct ScoreTestOptions {
  int permutations = 500;
  std::uint64_t seed = 42;
  std::uint64_t stream = 0;  ///< the first of `permutations` consecutive streams
  int threads = 1;           ///< never changes the result
};

struct ScoreTest {
  std::vector<double> statistics;    ///< one per candidate column; about chi-squared(1) for one that tells nothing
  std::vector<double> surprises;     ///< one per candidate column, see below
  std::vector<double> null_maximum;  ///< the largest surprise in each permutation

  /// The chance that the best of all candidates is as surprising when none tells anything, at least
  /// 1 / (permutations + 1).
  double p_value(double surprise) const;
};

/// Minus the logarithm of the chance of `statistic` under chi-squared(1), times the columns of its family: families
/// have the same say, so that the few candidates of one are not drowned by the many of another.
double surprise(double statistic, std::size_t columns_of_family);

/// `repayment` are out-of-fold probabilities of a model on the columns of `current`, `good` what happened. A candidate
/// that the current columns already tell has statistic 0. `families` has one number per candidate column.
ScoreTest score_test(const ColumnBlock& current, const ColumnBlock& candidates, std::span<const std::size_t> families,
                     std::span<const double> repayment, std::span<const double> good, const Exchange& exchange,
                     const ScoreTestOptions& options);

}  // namespace asof
