// The figures of one set of predictions: every metric with its interval, beside what a constant answer would get.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "evaluate/bootstrap.h"
#include "evaluate/metric.h"

namespace asof {

/// A hold-out, a month or a segment with fewer rows of the rarer outcome says nothing.
inline constexpr std::size_t kRarerRowsForVerdict = 50;

struct Figure {
  std::string metric;                                     ///< a metric's name
  std::optional<Outcome> positive;                        ///< for metrics of one class
  double value;                                           ///< NaN where undefined (one class only)
  Interval interval;                                      ///< 95 %, bootstrap by group (percentile)
  std::vector<std::pair<std::string, double>> baselines;  ///< "base rate", "all repaid", "all defaulted" -> value
};

/// Where decisions change. They come from out-of-fold predictions of training rows, never from the rows judged.
struct Thresholds {
  double repaid = 0.5;     ///< on the repayment probability, for F1 of the repaid
  double defaulted = 0.5;  ///< on the default probability, for F1 of the defaulted
  double accuracy = 0.5;   ///< on the repayment probability, for the accuracy
};

/// The best ones for these predictions; `positive` and `threshold` of them are not read.
Thresholds best_thresholds(const Predictions& out_of_fold);

struct Evaluation {
  std::size_t rows = 0;
  std::size_t repaid = 0;
  std::size_t defaulted = 0;
  Outcome minority = Outcome::kRepaid;  ///< found from the training labels
  double training_base_rate = 0.5;      ///< share of repaid among the training rows: the constant answer
  Thresholds thresholds;
  int resamples = 0;            ///< behind every interval
  std::vector<Figure> figures;  ///< in the order of metrics.def; of one class: the minority first

  /// The figure of that metric and class; throws Error::kInternal when absent.
  const Figure& figure(std::string_view metric, std::optional<Outcome> positive = {}) const;
};

struct EvaluateOptions {
  int resamples = 1000;
  std::uint64_t seed = 42;
  int threads = 1;  ///< never changes the result
};

/// `groups` names the person of each row: the bootstrap draws persons, not rows. `positive` and `threshold` of the
/// predictions are not read. Throws Error::kInternal when the arrays differ in length or there is no row.
/// 1,000 resamples of 30,000 rows, every metric: 7 s on one core, shared by the threads; six of them are the two
/// regressions of calibration.
Evaluation evaluate(const Predictions& predictions, std::span<const std::uint32_t> groups, Outcome minority,
                    double training_base_rate, const Thresholds& thresholds, const EvaluateOptions& options);

/// The share of repaid among `good`, by weight (empty: all 1).
double base_rate(std::span<const double> good, std::span<const double> weights);

Json to_json_value(const Evaluation& evaluation);

/// The inverse, to the bit. Throws Error::kInvalidInput for anything else.
Evaluation evaluation_from_json(const Json& value);

}  // namespace asof
