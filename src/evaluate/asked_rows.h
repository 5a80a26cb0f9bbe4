// Metrics asked of predictions that are sorted once: a resample only brings other weights.
#pragma once

#include <array>
#include <vector>

#include "evaluate/bootstrap.h"
#include "evaluate/metric.h"
#include "evaluate/ranking.h"

namespace asof {

struct Question {
  const Metric* metric;
  Outcome positive;
  double threshold = 0.5;
};

class AskedRows {
 public:
  /// `positive` and `threshold` of the predictions are not read.
  AskedRows(const Predictions& predictions, std::vector<Question> questions);

  const std::vector<Question>& questions() const { return questions_; }

  /// The rows as seen from an outcome.
  const SortedPredictions& from(Outcome outcome) const { return sorted_[static_cast<std::size_t>(outcome)]; }

  /// What question `i` gets from all rows.
  double answer(std::size_t i) const { return answer(i, from(questions_[i].positive).ranking()); }

  /// What every question gets in every resample: values[question][resample]. The same for any number of threads; the
  /// same draws for the same bootstrap.
  std::vector<std::vector<double>> resampled(const GroupBootstrap& bootstrap, int resamples, int threads) const;

 private:
  double answer(std::size_t i, Ranking ranking) const;

  std::array<SortedPredictions, 2> sorted_;
  std::vector<Question> questions_;
  std::vector<std::vector<double>> terms_;  // of metrics that are means, else empty
};

/// The same predictions with another positive outcome.
Predictions seen_from(Predictions predictions, Outcome positive);

}  // namespace asof
