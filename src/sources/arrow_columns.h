// Columns between Arrow and asof. The only place that looks into Arrow's arrays.
#pragma once

#include <arrow/type_fwd.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "asof/table.h"
#include "sources/source.h"

namespace asof {

/// What values of an Arrow type are delivered as; nothing for nested types and others that no column can hold.
std::optional<ColumnType> column_type_of(const arrow::DataType& type);

/// Whether texts without a declared type are texts, or whatever all of them can be read as.
enum class Texts { kStayTexts, kInferred };

/// Says where a row stands, counted from 0 over all chunks; without a row, where the whole column does.
using PlaceOf = std::function<std::string(std::optional<std::size_t> row)>;

/// Delivers an Arrow column as `column` asks, with the zone and the threads of `request`. The first value that does
/// not fit is an Error that names table, place and column.
Column read_arrow(const arrow::ChunkedArray& values, const ColumnRequest& column, Texts texts,
                  const ReadRequest& request, const PlaceOf& place_of);

/// The Arrow type that a column is written as.
std::shared_ptr<arrow::DataType> arrow_type_of(ColumnType type);
std::shared_ptr<arrow::Array> to_arrow(const Column& column);

}  // namespace asof
