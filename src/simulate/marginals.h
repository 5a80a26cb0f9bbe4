// The published figures of the lender's table, and the same figures of simulated people, in the published convention:
// an unknown speed counts as -1, and people without a row of a table are missing there.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "simulate/applicant.h"
#include "simulate/simulate.h"

namespace asof::simulation {

/// Of the values that are not missing, except for `missing_percent`. kMissing: not published, or no values.
struct ColumnSummary {
  double missing_percent;
  double mean;
  double spread;  // sample standard deviation
  double minimum;
  double quartile_1;
  double median;
  double quartile_3;
  double maximum;
};

struct PublishedColumn {
  std::string_view name;
  ColumnSummary published;
  double (*value)(const Applicant& applicant);
};

std::span<const PublishedColumn> published_columns();

/// Quantiles are interpolated linearly between the values on either side.
ColumnSummary summarize(std::vector<double> values);

/// What is needed of each simulated person, column by column; no rows are kept.
struct Sample {
  std::vector<std::vector<double>> columns;  // as published_columns()
  std::vector<double> probabilities;
  std::vector<std::vector<double>> scores;  // as profiles()
};

Sample draw_sample(const MarginalsOptions& options, const Progress& progress);

}  // namespace asof::simulation
