// How a refusal says where: table, then file and line (or row), then column, then the reason.
#pragma once

#include <string>
#include <string_view>

#include "base/format.h"

namespace asof {

/// "table `events`, data/events.csv line 17, column `timestamp`: `x` is not a time". An empty part is left out.
inline Error refusal(std::string_view table, std::string_view place, std::string_view column, std::string_view reason) {
  std::string where = format("table `{}`", table);
  if (!place.empty()) where += format(", {}", place);
  if (!column.empty()) where += format(", column `{}`", column);
  return Error(Error::kInvalidInput, format("{}: {}", where, reason));
}

}  // namespace asof
