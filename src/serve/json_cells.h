// JSON values as cells of a column: what fits a type, what it becomes, and how its refusal and its schema are worded.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "tables/table_spec.h"

namespace asof {

/// "an integer", as messages say it.
std::string_view with_article(ColumnType type);

/// "`amount` must be a number, but it is a string".
std::string wrong_type(std::string_view field, std::string_view expected, const Json& value);

/// The schema's name of a type.
Json schema_of(ColumnType type);

/// The same for a value that may be null, and that may be a number where numbers count a unit of time.
Json nullable_schema_of(const ColumnSpec& spec, ColumnType type);

bool fits(const ColumnSpec& spec, ColumnType type, const Json& value);

/// A column of one row: a JSON value that `fits`, delivered as a source would: sentinels are missing, counts of a unit
/// become times. Throws CellError, or Error for a value that does not fit after all.
Column column_of(const Json& value, const ColumnRequest& request, const TimeZone& zone);

}  // namespace asof
