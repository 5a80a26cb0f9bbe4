// The one place that asks what time it is; who needs to know is told, so that history can be replayed.
#pragma once

#include "asof/time.h"

namespace asof {

/// Of the system, exact to the microsecond. Only programs at the edge call this.
Timestamp system_time();

}  // namespace asof
