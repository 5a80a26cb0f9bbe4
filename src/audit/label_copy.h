// Columns that say the label outright.
#pragma once

#include <cstddef>

#include "dataset/dataset.h"

namespace asof::audit {

/// Whether every value of the column (missing is one) goes with one outcome alone, in rows whose outcome is known, and
/// has ten rows or more on average: as the label itself, its opposite, or a status.
bool tells_label(const Dataset& data, std::size_t column);

}  // namespace asof::audit
