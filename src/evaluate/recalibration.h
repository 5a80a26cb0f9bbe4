// Logistic regression of the outcomes on the log-odds that were predicted (Cox, "Two further applications of a model
// for binary regression", 1958): what a perfect score would leave alone.
#pragma once

#include "evaluate/ranking.h"

namespace asof {

struct Recalibration {
  double intercept = 0.0;
  double slope = 1.0;
};

/// Outcome ~ intercept + slope * logit(probability). NaN where undefined: one outcome only, one probability only, or
/// probabilities that separate the outcomes.
Recalibration recalibration(const Ranking& ranking);

/// The intercept with the slope held at 1. NaN with one outcome only.
double calibration_in_the_large(const Ranking& ranking);

}  // namespace asof
