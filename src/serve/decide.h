// The one way from a scoring request to its score. Where decisions are logged, the score is given out only once its
// entry is on disk.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "score/scorer.h"
#include "serve/http.h"
#include "serve/service.h"

namespace asof {

enum class WithReasons { kNo, kYes };

struct Decided {
  ApplicationRequest request;
  UserRows rows;                                             ///< that it was made on
  Explanation explanation;                                   ///< without reasons only the score
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the answer; X-Decision is the entry's position
};

/// Throws Problem for a request that is no application, and what reading rows and logging throw.
Decided decide(const HttpRequest& request, const Service& service, WithReasons reasons);

}  // namespace asof
