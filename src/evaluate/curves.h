// The numbers behind the pictures of a report: curves, deciles, distributions and months of one set of predictions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "asof/time.h"
#include "evaluate/bootstrap.h"
#include "evaluate/metric.h"

namespace asof {

struct Point {
  double x;
  double y;
};

/// From (0, 0) to (1, 1): share of defaulted called repaid, share of repaid called repaid. Empty with one outcome.
std::vector<Point> roc_curve(const Predictions& predictions);

/// Recall and precision of `predictions.positive`, the highest probabilities first. Empty without a positive row.
std::vector<Point> precision_recall_curve(const Predictions& predictions);

/// The points that a picture needs: consecutive ones nearer than `distance` in both directions are dropped, the last
/// is kept.
std::vector<Point> thinned(std::span<const Point> points, double distance);

/// Rows with neighbouring probabilities of repayment.
struct ScoreBin {
  std::size_t rows = 0;
  double lowest = 0.0;  ///< repayment probability
  double highest = 0.0;
  double predicted = 0.0;  ///< mean, by weight
  double repaid = 0.0;     ///< share, by weight
  Interval interval;       ///< 95 % of `repaid` (Wilson), counting rows
};

/// Up to `bins` bins of as equal row counts as ties allow, the lowest probabilities first: rows with one probability
/// stay together, so the order of rows changes nothing.
std::vector<ScoreBin> score_bins(const Predictions& predictions, std::size_t bins);

/// Shares of the repaid and of the defaulted per interval [edges[i], edges[i + 1]) of the repayment probability.
struct ScoreDistribution {
  std::vector<double> edges;
  std::vector<double> repaid;
  std::vector<double> defaulted;
};
ScoreDistribution score_distribution(const Predictions& predictions);

/// What would have come of approving the best-scored applications, and no others.
struct Approval {
  double share = 0.0;             ///< of all applications, by weight
  std::size_t rows = 0;           ///< approved
  double cutoff = 0.0;            ///< the lowest repayment probability among them
  double default_rate = 0.0;      ///< among them, by weight
  Interval interval;              ///< 95 % of `default_rate` (Wilson), counting rows
  double defaults_refused = 0.0;  ///< share of all defaulted that are not among them, by weight; NaN without any
};

/// Every way of approving the best-scored applications, the strictest first: one per distinct probability, since rows
/// with one probability are approved together.
std::vector<Approval> every_cut_off(const Predictions& predictions);

/// Approving those with a repayment probability of at least `threshold`. Where there are none, the default rate is NaN.
Approval approval_from(const Predictions& predictions, double threshold);

/// The strategy curve: for each of `shares` (0 to 1, ascending) the fewest best-scored applications that are at least
/// that share. Rows with one probability are approved together, so a step may approve more.
std::vector<Approval> strategy_curve(const Predictions& predictions, std::span<const double> shares);

/// Applications of one calendar month (UTC).
struct Month {
  std::string name;  ///< "2024-03"
  std::size_t rows = 0;
  std::size_t rarer = 0;   ///< rows of the rarer outcome
  double predicted = 0.0;  ///< mean repayment probability, by weight
  double repaid = 0.0;     ///< share, by weight
  double roc_auc = 0.0;    ///< NaN with one outcome
  Interval auc_interval;   ///< 95 % (Hanley and McNeil), counting rows
};

/// Only months with applications, the earliest first. `times` is parallel to the predictions.
std::vector<Month> by_month(const Predictions& predictions, std::span<const Timestamp> times);

/// 95 % interval of a share (Wilson, "Probable inference, the law of succession, and statistical inference", 1927).
Interval wilson_interval(double share, std::size_t rows);

/// "2024-03-31" (UTC).
std::string date_of(Timestamp time);

}  // namespace asof
