// How good a score is. One metric is one file in metrics/ and one line in metrics.def.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asof {

struct Ranking;

/// Which outcome a metric treats as the positive one.
enum class Outcome { kDefaulted = 0, kRepaid = 1 };

std::string_view to_string(Outcome outcome);  // "defaulted", "repaid"

/// Parallel arrays, one entry per application.
struct Predictions {
  std::span<const double> repayment;  ///< predicted probability of repayment, in [0, 1]
  std::span<const double> good;       ///< 1 repaid, 0 defaulted
  std::span<const double> weights;    ///< empty: all 1
  Outcome positive = Outcome::kRepaid;
  /// The positive class is predicted where its probability is at least this; from out-of-fold training predictions.
  double threshold = 0.5;
};

/// What another implementation says of the applications in metrics/example.h: a test of every metric.
struct OracleFigure {
  Outcome positive;
  bool weighted;
  double value;
};

/// A metric gives exactly one of two functions. Both read rows that are already sorted, so that a bootstrap sorts once.
struct Metric {
  std::string_view name;     ///< "roc_auc"
  std::string_view title;    ///< "ROC-AUC"
  std::string_view summary;  ///< one sentence with the definition and its source
  bool higher_is_better = true;
  /// Where neither higher nor lower is better: what a perfect score gets. Else NaN.
  double ideal = std::numeric_limits<double>::quiet_NaN();
  /// Whether the value depends on which outcome is positive: shown for both.
  bool of_one_class = false;
  /// Whether it looks at the decision (`probability >= threshold`) instead of the probability.
  bool of_decisions = false;
  /// The value from the whole ranking, NaN where undefined (one class only); or null.
  double (*of_ranking)(const Ranking& ranking) = nullptr;
  /// The metric is the weighted mean of these terms, one per row of the ranking; or null.
  void (*terms)(const Ranking& ranking, std::span<double> out) = nullptr;
  /// Where even a perfect score does not get 0: its expected value were every probability true. Else null.
  double (*if_true)(const Ranking& ranking) = nullptr;
  std::string_view oracle;  ///< the other implementation: call and version
  std::span<const OracleFigure> oracle_figures;

  /// NaN where undefined. Throws Error::kInternal when the arrays differ in length.
  double evaluate(const Predictions& predictions) const;
};

/// Every metric, in the order of metrics.def.
std::span<const Metric* const> metrics();

/// Throws Error::kInvalidInput with the nearest known names.
const Metric& metric(std::string_view name);

/// "ROC-AUC", "PR-AUC of defaulted".
std::string title_of(const Metric& metric, std::optional<Outcome> positive);

/// The rarer outcome among `good` (1 and 0); kDefaulted when equal.
Outcome minority(std::span<const double> good);

/// The threshold on the positive class's probability with the best F1; the highest of several. One of the
/// probabilities given, so that `probability >= threshold` splits as counted. NaN without a positive row.
double best_f1_threshold(const Predictions& predictions);

/// The threshold with the most right decisions; the highest of several. Above every probability when it is best
/// never to predict the positive class.
double best_accuracy_threshold(const Predictions& predictions);

}  // namespace asof
