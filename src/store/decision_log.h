// Every decision of the live service, with all that is needed to make it again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asof/time.h"
#include "base/json.h"
#include "score/scorer.h"
#include "store/knowledge.h"

namespace asof {

/// One answered application. What stands first stays when the person is erased; the rest is of the person.
struct Decision {
  Timestamp decided_at;
  Knowledge knowledge;  ///< the state of the store whose rows it was made on
  std::string bundle;
  std::string version;
  std::optional<double> prior_repaid;  ///< of ScorerOptions

  EntityKey user;
  std::string request_id;
  std::string route;  ///< "/predict"
  Timestamp application_at;
  Json request;  ///< the body: with the application's own columns
  double probability = 0.0;
  std::string band;
  std::vector<SourceUse> rows_used;
};

/// An entry of the log. Who notes it can later prove that nothing up to it was changed.
struct LogPosition {
  std::int64_t sequence = 0;  ///< from 1, without a gap
  std::string hash;           ///< lower-case hexadecimal; of the entry, and through it of all before
  bool operator==(const LogPosition&) const = default;
};

/// Append-only. Safe for concurrent use.
class DecisionLog {
 public:
  virtual ~DecisionLog() = default;

  /// Waits until the entry survives a loss of power. Nothing, and no entry, when the person may have been erased
  /// since the rows were read: read and decide again. Throws Error::kUnavailable when the log cannot be written now.
  virtual std::optional<LogPosition> append(const Decision& decision) = 0;
};

}  // namespace asof
