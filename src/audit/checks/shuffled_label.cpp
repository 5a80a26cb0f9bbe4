// A label dealt out anew means nothing. A procedure that still predicts it has seen the answers, and its other figures
// mean nothing either.
#include <algorithm>
#include <cmath>

#include "audit/check.h"
#include "audit/cross_validation.h"
#include "base/format.h"
#include "base/random.h"

namespace asof::audit::checks {
namespace {

constexpr int kShuffles = 10;
constexpr double kErrorsCertain = 5.0;

void run(const Evidence& evidence, Report& report) {
  const std::string table = evidence.table == nullptr ? "" : evidence.table->name;
  const CrossValidation honest(evidence.data, evidence.options);
  const Estimate real = honest.auc(honest.fit_and_score(evidence.data.features));

  const std::vector<std::uint32_t> rows = labelled_rows(evidence.data);
  Dataset shuffled = evidence.data;
  std::vector<double> good;
  for (const std::uint32_t row : rows) good.push_back(evidence.data.good[row]);
  double sum = 0.0, squares = 0.0, highest = 0.0;
  Random random(evidence.options.seed, 1);
  for (int i = 0; i < kShuffles; ++i) {
    random.shuffle(std::span(good));
    for (std::size_t k = 0; k < rows.size(); ++k) shuffled.good[rows[k]] = good[k];
    const CrossValidation validation(shuffled, evidence.options);
    const double auc = validation.auc(validation.fit_and_score(shuffled.features)).value;
    sum += auc;
    squares += auc * auc;
    highest = std::max(highest, auc);
  }
  const double mean = sum / kShuffles;
  const double deviation = std::sqrt(std::max(0.0, squares / kShuffles - mean * mean) * kShuffles / (kShuffles - 1.0));
  const double error = deviation / std::sqrt(static_cast<double>(kShuffles));
  const std::string text =
      format("ROC-AUC is {} with the labels and {:.3f} ± {:.3f} with labels dealt out anew {} times", to_string(real),
             mean, error, kShuffles);
  if (mean - 0.5 > std::max(0.02, kErrorsCertain * error)) {
    report.alarm(table, "",
                 format("{}, where 0.5 was expected: the features know which rows they are tested on", text));
  } else if (real.value <= highest) {
    report.warn(table, "", format("{}: no better than the best of those; there is little to learn here", text));
  } else {
    report.ok(table, "", text);
  }
}

}  // namespace

extern const Check shuffled_label;
constinit const Check shuffled_label = {
    .name = "shuffled_label",
    .summary = "The cross-validated ROC-AUC with labels dealt out anew, which must be 0.5; an alarm when it is more.",
    .run = run,
};

}  // namespace asof::audit::checks
