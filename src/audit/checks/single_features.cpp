// One column that ranks borrowers almost without fault. Credit is not that easy: it was written after the outcome.
#include "audit/single_feature.h"

#include "audit/check.h"
#include "audit/cross_validation.h"
#include "audit/label_copy.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

constexpr double kAlarm = 0.9;
constexpr double kWarning = 0.8;

void run(const Evidence& evidence, Report& report) {
  const Dataset& data = evidence.data;
  const std::string table = evidence.table == nullptr ? "" : evidence.table->name;
  const CrossValidation validation(data, evidence.options);
  Estimate best;
  std::string best_name;
  for (std::size_t j = 0; j < data.columns.size(); ++j) {
    if (tells_label(data, j)) continue;  // the check of label copies has said so
    const Estimate found = single_feature_auc(data, j, validation.folds());
    if (is_missing(best.value) || found.value > best.value) {
      best = found;
      best_name = data.columns[j].name;
    }
    if (found.value > kAlarm) {
      report.alarm(
          table, data.columns[j].name,
          format("ranks outcomes by itself with a ROC-AUC of {} on rows it did not learn from: too good for what was "
                 "known at the application; find out when it was written, or leave it out",
                 to_string(found)));
    } else if (found.value > kWarning) {
      report.warn(
          table, data.columns[j].name,
          format("ranks outcomes by itself with a ROC-AUC of {} on rows it did not learn from: rarely so good; find "
                 "out when it was written",
                 to_string(found)));
    }
  }
  if (!is_missing(best.value) && best.value <= kWarning) {
    report.ok(table, "",
              format("of {} features the best by itself is `{}`, with a ROC-AUC of {}", data.columns.size(), best_name,
                     to_string(best)));
  }
  if (evidence.table == nullptr) return;
  for (const std::string& column : evidence.table->not_numbers)
    report.warn(table, column, "has more than a thousand texts and was not judged: is it a feature at all?");
}

}  // namespace

extern const Check single_features;
constinit const Check single_features = {
    .name = "single_features",
    .summary =
        "The ROC-AUC of every feature alone, on rows that its direction and shape were not learnt from; above 0.8 a "
        "warning, above 0.9 an alarm.",
    .run = run,
};

}  // namespace asof::audit::checks
