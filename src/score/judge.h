// A bundle judged on applications whose outcome is known: those it learnt from, or such as came later.
#pragma once

#include <string>
#include <vector>

#include "dataset/labelled_applications.h"
#include "evaluate/evaluation.h"
#include "score/batch.h"

namespace asof {

/// Applications with a known outcome, in the order of the table. Parallel vectors.
struct JudgedRows {
  std::vector<double> good;
  std::vector<double> weights;
  std::vector<std::uint32_t> groups;
  std::vector<Timestamp> times;
  OutcomeCounts outcomes;

  std::size_t size() const { return good.size(); }
  Predictions seen_with(std::span<const double> repayment) const { return {repayment, good, weights}; }
};

struct Judgement {
  JudgedRows rows;
  std::vector<Score> scores;
  std::size_t not_newer = 0;  ///< applications no later than the last one that the bundle was made from

  std::vector<double> repayment() const;  ///< probability, by row
};

/// Reads the project's applications (from `applications`, where that is given) with their outcomes, and scores them
/// with the bundle. Throws Error::kInvalidInput when no outcome is known.
Judgement judge(const Scorer& scorer, const Project& project, const std::string& applications,
                const AssembleOptions& options);

/// The figures of a judgement, beside the thresholds and the base rate of the bundle's own training.
Evaluation evaluate(const Scorer& scorer, const Judgement& judgement, const EvaluateOptions& options);

/// How far the shares of applications in the bundle's bands have moved since training.
struct Drift {
  std::vector<double> trained;  ///< share per band, the best first
  std::vector<double> now;
  /// Population stability index: sum of (now - trained) ln(now / trained). NaN without bands.
  double psi = 0.0;
  /// What it exceeds in one of twenty samples although nothing has moved: (1 / N + 1 / M) times the 95 % quantile of
  /// chi-squared (Yurdakul and Naranjo, "Statistical properties of the population stability index", 2020).
  double critical = 0.0;
};
Drift drift_of(const PointCard& card, std::span<const Score> scores);

}  // namespace asof
