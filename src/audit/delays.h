// How much of the score hangs on rows that arrive at once: the same applications scored with every table late.
#pragma once

#include <string>
#include <vector>

#include "audit/auc.h"
#include "audit/evidence.h"
#include "base/json.h"

namespace asof::audit {

/// One table, so late.
struct DelayedTable {
  std::string table;  ///< empty: all tables with times at once
  Duration delay;     ///< on top of what the project declares
  Estimate as_it_is;  ///< ROC-AUC of the models that learnt from rows in time
  Estimate as_it_is_change;
  Estimate retrained;  ///< ROC-AUC of models that learnt from rows as late
  Estimate retrained_change;
};

struct DelaySensitivity {
  std::string kind;  ///< of the models
  Estimate in_time;  ///< cross-validated ROC-AUC without a delay
  std::vector<DelayedTable> rows;
};

/// Delays of a minute, 5 minutes, an hour and a day, for each table with times and for all of them.
DelaySensitivity delay_sensitivity(const Assembled& assembled, const Options& options);

Json to_json_value(const DelaySensitivity& sensitivity);

}  // namespace asof::audit
