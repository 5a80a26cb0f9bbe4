// A column in the source's own type becomes one of the type that was asked for.
#pragma once

#include "asof/table.h"
#include "sources/source.h"

namespace asof {

/// `column` as reading its values from CSV as the declared type would have given it: sentinels and NaN become
/// missing, integers become reals, whole reals integers, 0 and 1 booleans, counts of a declared unit times, anything a
/// text. Without a declared type the type stays. A column of texts stays one (`read_cells` reads those).
/// Throws CellError for the first value that does not fit, Error::kInvalidInput when no value could.
Column conform(Column column, const ColumnRequest& request, const TimeZone& zone);

}  // namespace asof
