// Every Arrow type is first read as the nearest of our five types, without loss or with a refusal; `conform` and
// `read_cells` then do what they do for every source.
#include "sources/arrow_columns.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/parallel.h"
#include "sources/arrow_status.h"
#include "sources/cells.h"
#include "sources/conform.h"
#include "sources/number_text.h"
#include "sources/refusal.h"

namespace asof {
namespace {

/// Rows that one thread takes at a time.
constexpr std::int64_t kSliceRows = 1 << 17;

/// A column in slices of bounded length, each with the row that it begins at.
struct Slices {
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  std::vector<std::size_t> begins;
  std::size_t rows = 0;
};

Slices slices_of(const arrow::ChunkedArray& values) {
  Slices slices;
  for (const auto& chunk : values.chunks()) {
    for (std::int64_t begin = 0; begin < chunk->length(); begin += kSliceRows) {
      slices.arrays.push_back(chunk->Slice(begin, kSliceRows));
      slices.begins.push_back(slices.rows);
      slices.rows += static_cast<std::size_t>(slices.arrays.back()->length());
    }
  }
  return slices;
}

/// Fills `values` with `convert(array, index)` for every present value, slice by slice. What `convert` throws, be it
/// a refusal or a time zone's, becomes a CellError.
template <class Array, class Value, class Convert>
void fill(const Slices& slices, int threads, Value missing, std::vector<Value>& values, const Convert& convert) {
  values.resize(slices.rows);
  parallel_for(slices.arrays.size(), 1, threads, [&](std::size_t slice, std::size_t) {
    const auto& array = static_cast<const Array&>(*slices.arrays[slice]);
    Value* const out = values.data() + slices.begins[slice];
    std::int64_t i = 0;
    try {
      if (array.null_count() == 0) {
        for (; i < array.length(); ++i) out[i] = convert(array, i);
      }
      for (; i < array.length(); ++i) out[i] = array.IsNull(i) ? missing : convert(array, i);
    } catch (const Error& error) {
      throw CellError{slices.begins[slice] + static_cast<std::size_t>(i), error.what()};
    }
  });
}

[[noreturn]] void refuse(const std::string& value, std::string_view reason) {
  throw Error(Error::kInvalidInput, format("`{}` {}", value, reason));
}

template <class Array>
void fill_integers(const Slices& slices, int threads, Column& column) {
  column.type = ColumnType::kInteger;
  fill<Array>(slices, threads, kMissingInteger, column.integers, [](const Array& array, std::int64_t i) {
    const auto value = array.Value(i);
    constexpr bool kMayExceed = sizeof(value) == sizeof(std::int64_t);
    if (kMayExceed && !(std::in_range<std::int64_t>(value) && static_cast<std::int64_t>(value) != kMissingInteger)) {
      refuse(format("{}", value), "is too large for an integer of 64 bits");
    }
    return static_cast<std::int64_t>(value);
  });
}

template <class Array>
void fill_reals(const Slices& slices, int threads, Column& column) {
  column.type = ColumnType::kReal;
  fill<Array>(slices, threads, kMissing, column.reals, [](const Array& array, std::int64_t i) {
    if constexpr (std::is_same_v<Array, arrow::FloatArray>) return as_written(array.Value(i));
    return static_cast<double>(array.Value(i));
  });
}

/// The nearest double of a decimal, as reading its text gives. Where both the digits and the power of ten are exact
/// as doubles, one division rounds once and is right; elsewhere the text is read.
double nearest(const arrow::Decimal128Array& array, std::int64_t i, std::int32_t scale) {
  constexpr std::array kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  const arrow::Decimal128 digits(array.GetValue(i));
  const auto low = static_cast<std::int64_t>(digits.low_bits());
  const bool small = digits.high_bits() == (low < 0 ? -1 : 0) && -kExact <= low && low <= kExact;
  if (small && scale >= 0 && static_cast<std::size_t>(scale) < kPowersOfTen.size()) {
    return static_cast<double>(low) / kPowersOfTen[static_cast<std::size_t>(scale)];
  }
  const std::string text = array.FormatValue(i);
  double value = 0.0;
  if (const auto wrong = read_real_text(text, value); !wrong.empty()) refuse(text, wrong);
  return value;
}

void fill_decimals(const Slices& slices, const arrow::DataType& type, int threads, Column& column) {
  column.type = ColumnType::kReal;
  const std::int32_t scale = static_cast<const arrow::DecimalType&>(type).scale();
  fill<arrow::Decimal128Array>(
      slices, threads, kMissing, column.reals,
      [scale](const arrow::Decimal128Array& array, std::int64_t i) { return nearest(array, i, scale); });
}

void fill_booleans(const Slices& slices, int threads, Column& column) {
  column.type = ColumnType::kBoolean;
  fill<arrow::BooleanArray>(
      slices, threads, kMissingInteger, column.integers,
      [](const arrow::BooleanArray& array, std::int64_t i) { return std::int64_t{array.Value(i)}; });
}

/// `count` units of `unit_microseconds` each.
std::int64_t checked_microseconds(std::int64_t count, std::int64_t unit_microseconds) {
  std::int64_t microseconds = 0;
  const bool overflow = __builtin_mul_overflow(count, unit_microseconds, &microseconds);
  if (!overflow && in_range({microseconds})) return microseconds;
  // The number of PostgreSQL's infinity would say nothing.
  constexpr std::int64_t kInfiniteMin = 9'000'000'000'000'000'000;
  if (overflow || microseconds >= kInfiniteMin || microseconds <= -kInfiniteMin) {
    throw Error(Error::kInvalidInput, "the time is infinite or lies outside of the years 1 to 9999");
  }
  throw Error(Error::kInvalidInput,
              format("{} microseconds since 1970: the time lies outside of the years 1 to 9999", microseconds));
}

template <class Array>
void fill_dates(const Slices& slices, std::int64_t unit_microseconds, const TimeZone& zone, int threads,
                Column& column) {
  column.type = ColumnType::kTime;
  fill<Array>(slices, threads, kMissingInteger, column.integers, [&](const Array& array, std::int64_t i) {
    return zone.to_utc(checked_microseconds(array.Value(i), unit_microseconds)).microseconds;
  });
}

void fill_times(const Slices& slices, const arrow::DataType& type, const TimeZone& zone, int threads, Column& column) {
  column.type = ColumnType::kTime;
  const auto& timestamp = static_cast<const arrow::TimestampType&>(type);
  const bool is_moment = !timestamp.timezone().empty();
  const bool nanoseconds = timestamp.unit() == arrow::TimeUnit::NANO;
  const std::int64_t scale = timestamp.unit() == arrow::TimeUnit::SECOND  ? kSecond.microseconds
                             : timestamp.unit() == arrow::TimeUnit::MILLI ? kSecond.microseconds / 1000
                                                                          : 1;
  fill<arrow::TimestampArray>(slices, threads, kMissingInteger, column.integers,
                              [&](const arrow::TimestampArray& array, std::int64_t i) {
                                std::int64_t count = array.Value(i);
                                if (nanoseconds) {
                                  constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;
                                  if (count % kNanosecondsPerMicrosecond != 0)
                                    refuse(format("{} ns", count), "is finer than a microsecond");
                                  count /= kNanosecondsPerMicrosecond;
                                }
                                const std::int64_t time = checked_microseconds(count, scale);
                                return is_moment ? time : zone.to_utc(time).microseconds;
                              });
}

/// The texts of slices; the arrays must stay alive.
template <class Array>
TextCells cells_of(const arrow::Array& slice) {
  const auto& array = static_cast<const Array&>(slice);
  TextCells cells;
  cells.rows = static_cast<std::size_t>(array.length());
  cells.bytes = array.value_data() == nullptr ? nullptr : reinterpret_cast<const char*>(array.value_data()->data());
  if constexpr (sizeof(typename Array::offset_type) == sizeof(std::int32_t)) {
    cells.ends = array.raw_value_offsets();
  } else {
    cells.long_ends = array.raw_value_offsets();
  }
  cells.valid = array.null_count() == 0 ? nullptr : array.null_bitmap_data();
  cells.first_valid = static_cast<std::size_t>(array.offset());
  return cells;
}

Column read_texts(const Slices& slices, const arrow::DataType& type, const ColumnRequest& request, const TimeZone& zone,
                  int threads) {
  const bool small = type.id() == arrow::Type::STRING || type.id() == arrow::Type::BINARY;
  std::vector<TextCells> pieces;
  for (const auto& slice : slices.arrays) {
    pieces.push_back(small ? cells_of<arrow::BinaryArray>(*slice) : cells_of<arrow::LargeBinaryArray>(*slice));
  }
  return read_cells(pieces, request, zone, threads);
}

/// Dates and decimals as CSV has them, for columns that are declared to be something else than times or reals.
std::shared_ptr<arrow::ChunkedArray> written_out(const Slices& slices) {
  constexpr std::string_view kWhat = "a column cannot be turned into text";
  arrow::ArrayVector chunks;
  for (const auto& slice : slices.arrays) {
    arrow::StringBuilder builder;
    for (std::int64_t i = 0; i < slice->length(); ++i) {
      if (slice->IsNull(i)) {
        check(builder.AppendNull(), kWhat);
      } else {
        check(builder.Append(check(slice->GetScalar(i), kWhat)->ToString()), kWhat);
      }
    }
    chunks.push_back(check(builder.Finish(), kWhat));
  }
  return check(arrow::ChunkedArray::Make(std::move(chunks), arrow::utf8()), kWhat);
}

/// Indices into distinct values, and layouts that only Arrow reads well, become plain arrays.
arrow::Datum plain(const arrow::ChunkedArray& values, const std::shared_ptr<arrow::DataType>& type) {
  static const bool initialised = (check(arrow::compute::Initialize(), "Arrow cannot start"), true);
  static_cast<void>(initialised);
  const auto shared = std::make_shared<arrow::ChunkedArray>(values.chunks(), values.type());
  return check(arrow::compute::Cast(shared, type), "a column cannot be decoded");
}

/// The type to decode to first, or null when there is nothing to decode.
std::shared_ptr<arrow::DataType> decoded_type(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY) return static_cast<const arrow::DictionaryType&>(type).value_type();
  if (type.id() == arrow::Type::STRING_VIEW) return arrow::large_utf8();
  if (type.id() == arrow::Type::BINARY_VIEW) return arrow::large_binary();
  if (type.id() == arrow::Type::HALF_FLOAT) return arrow::float32();
  if (arrow::is_decimal(type.id()) && type.id() != arrow::Type::DECIMAL128) return arrow::utf8();
  return nullptr;
}

/// Reads a plain numeric, boolean or time column as the nearest of our types.
void read_typed(const Slices& slices, const arrow::DataType& type, const TimeZone& zone, int threads, Column& column) {
  switch (type.id()) {
    case arrow::Type::INT8:
      return fill_integers<arrow::Int8Array>(slices, threads, column);
    case arrow::Type::INT16:
      return fill_integers<arrow::Int16Array>(slices, threads, column);
    case arrow::Type::INT32:
      return fill_integers<arrow::Int32Array>(slices, threads, column);
    case arrow::Type::INT64:
      return fill_integers<arrow::Int64Array>(slices, threads, column);
    case arrow::Type::UINT8:
      return fill_integers<arrow::UInt8Array>(slices, threads, column);
    case arrow::Type::UINT16:
      return fill_integers<arrow::UInt16Array>(slices, threads, column);
    case arrow::Type::UINT32:
      return fill_integers<arrow::UInt32Array>(slices, threads, column);
    case arrow::Type::UINT64:
      return fill_integers<arrow::UInt64Array>(slices, threads, column);
    case arrow::Type::FLOAT:
      return fill_reals<arrow::FloatArray>(slices, threads, column);
    case arrow::Type::DOUBLE:
      return fill_reals<arrow::DoubleArray>(slices, threads, column);
    case arrow::Type::DECIMAL128:
      return fill_decimals(slices, type, threads, column);
    case arrow::Type::BOOL:
      return fill_booleans(slices, threads, column);
    case arrow::Type::DATE32:
      return fill_dates<arrow::Date32Array>(slices, kDay.microseconds, zone, threads, column);
    case arrow::Type::DATE64:
      return fill_dates<arrow::Date64Array>(slices, kSecond.microseconds / 1000, zone, threads, column);
    case arrow::Type::TIMESTAMP:
      return fill_times(slices, type, zone, threads, column);
    default:
      break;
  }
  throw Error(Error::kInvalidInput,
              format("values of the type `{}` cannot be read; leave the column out or convert it", type.ToString()));
}

bool is_text(const arrow::DataType& type) { return column_type_of(type) == ColumnType::kText; }

/// The code of every row, where `codes` has those of the dictionaries of all slices, one after the other.
std::vector<std::int32_t> codes_of_rows(const Slices& slices, std::span<const std::int32_t> codes, int threads) {
  std::vector<std::size_t> begins;
  std::size_t entries = 0;
  for (const auto& slice : slices.arrays) {
    begins.push_back(entries);
    entries += static_cast<std::size_t>(static_cast<const arrow::DictionaryArray&>(*slice).dictionary()->length());
  }
  std::vector<std::int32_t> result(slices.rows);
  parallel_for(slices.arrays.size(), 1, threads, [&](std::size_t i, std::size_t) {
    const auto& indices =
        static_cast<const arrow::Int32Array&>(*static_cast<const arrow::DictionaryArray&>(*slices.arrays[i]).indices());
    const std::span<const std::int32_t> of_slice = codes.subspan(begins[i]);
    std::int32_t* const out = result.data() + slices.begins[i];
    const bool all_present = indices.null_count() == 0;
    for (std::int64_t row = 0; row < indices.length(); ++row) {
      const bool present = all_present || !indices.IsNull(row);
      out[row] = present ? of_slice[static_cast<std::size_t>(indices.Value(row))] : kMissingCode;
    }
  });
  return result;
}

/// Texts that the source keeps as indices into distinct values: each of those is looked at once. Nothing where a value
/// cannot be delivered, which reading row by row says better, or where the layout is another.
std::optional<Column> read_indexed_texts(const arrow::ChunkedArray& values, const ColumnRequest& request,
                                         const TimeZone& zone, int threads) {
  const auto& type = static_cast<const arrow::DictionaryType&>(*values.type());
  const bool small = type.value_type()->id() == arrow::Type::STRING || type.value_type()->id() == arrow::Type::BINARY;
  if (type.index_type()->id() != arrow::Type::INT32 || !small) return std::nullopt;
  Slices slices;  // whole chunks: slices of one would repeat its dictionary
  std::vector<TextCells> pieces;
  for (const auto& chunk : values.chunks()) {
    slices.arrays.push_back(chunk);
    slices.begins.push_back(slices.rows);
    slices.rows += static_cast<std::size_t>(chunk->length());
    pieces.push_back(cells_of<arrow::BinaryArray>(*static_cast<const arrow::DictionaryArray&>(*chunk).dictionary()));
  }
  try {
    Column column = read_cells(pieces, request, zone, threads);
    column.codes = codes_of_rows(slices, column.codes, threads);
    return column;
  } catch (const CellError&) {
    return std::nullopt;
  }
}

Column read_column(const arrow::ChunkedArray& values, const ColumnRequest& request, Texts texts, const TimeZone& zone,
                   int threads) {
  const arrow::DataType& type = *values.type();
  ColumnRequest wanted = request;
  const bool stays_text = request.type == ColumnType::kText || (!request.type && texts == Texts::kStayTexts);
  if (type.id() == arrow::Type::DICTIONARY && is_text(type) && stays_text && request.epoch == EpochUnit::kNone) {
    wanted.type = ColumnType::kText;
    if (auto column = read_indexed_texts(values, wanted, zone, threads)) return *std::move(column);
  }
  if (const auto decoded = decoded_type(type)) {
    if (column_type_of(type) == ColumnType::kReal && !request.type) wanted.type = ColumnType::kReal;
    return read_column(*plain(values, decoded).chunked_array(), wanted, texts, zone, threads);
  }
  const Slices slices = slices_of(values);
  if (type.id() == arrow::Type::NA) {  // every value is missing, whatever the type
    const std::vector<std::uint8_t> none_valid(slices.rows / 8 + 1, 0);
    const TextCells nothing{.rows = slices.rows, .valid = none_valid.data()};
    return read_cells({&nothing, 1}, wanted, zone, threads);
  }
  if (is_text(type)) {
    if (texts == Texts::kStayTexts && !request.type) wanted.type = ColumnType::kText;
    return read_texts(slices, type, wanted, zone, threads);
  }
  const bool decimal = type.id() == arrow::Type::DECIMAL128;
  const bool date = type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::DATE64;
  const bool as_text =
      wanted.type == ColumnType::kText || wanted.type == ColumnType::kInteger || wanted.epoch != EpochUnit::kNone;
  if ((decimal && as_text) || (date && wanted.type == ColumnType::kText)) {
    return read_column(*written_out(slices), wanted, Texts::kStayTexts, zone, threads);
  }
  Column column{.name = request.name};
  read_typed(slices, type, zone, threads, column);
  return conform(std::move(column), wanted, zone);
}

void append_texts(const Column& column, std::span<const std::uint8_t> present, arrow::StringBuilder& builder) {
  constexpr std::string_view kWhat = "a column cannot be written";
  std::int64_t bytes = 0;
  for (std::size_t row = 0; row < present.size(); ++row)
    if (present[row] != 0) bytes += static_cast<std::int64_t>(column.text(row).size());
  check(builder.Reserve(static_cast<std::int64_t>(present.size())), kWhat);
  check(builder.ReserveData(bytes), kWhat);
  for (std::size_t row = 0; row < present.size(); ++row) {
    if (present[row] != 0) {
      builder.UnsafeAppend(column.text(row));
    } else {
      builder.UnsafeAppendNull();
    }
  }
}

}  // namespace

void check(const arrow::Status& status, std::string_view what) {
  if (status.ok()) return;
  const std::string& message = status.message();
  throw Error(status.IsIOError() && status.detail() != nullptr ? Error::kUnavailable : Error::kInvalidInput,
              format("{}: {}", what, message.substr(0, message.find('\n'))));
}

std::optional<ColumnType> column_type_of(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY) {
    return column_type_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
  }
  if (arrow::is_integer(type.id())) return ColumnType::kInteger;
  if (arrow::is_floating(type.id()) || arrow::is_decimal(type.id())) return ColumnType::kReal;
  switch (type.id()) {
    case arrow::Type::NA:
      return ColumnType::kReal;
    case arrow::Type::BOOL:
      return ColumnType::kBoolean;
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return ColumnType::kText;
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
    case arrow::Type::TIMESTAMP:
      return ColumnType::kTime;
    default:
      return std::nullopt;
  }
}

Column read_arrow(const arrow::ChunkedArray& values, const ColumnRequest& column, Texts texts,
                  const ReadRequest& request, const PlaceOf& place_of) {
  try {
    return read_column(values, column, texts, request.zone, request.threads);
  } catch (const CellError& error) {
    throw refusal(request.table, place_of(error.row), column.name, error.reason);
  } catch (const Error& error) {
    throw refusal(request.table, place_of(std::nullopt), column.name, error.what());
  }
}

std::shared_ptr<arrow::DataType> arrow_type_of(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return arrow::int64();
    case ColumnType::kReal:
      return arrow::float64();
    case ColumnType::kBoolean:
      return arrow::boolean();
    case ColumnType::kText:
      return arrow::utf8();
    case ColumnType::kTime:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  }
  return arrow::null();
}

std::shared_ptr<arrow::Array> to_arrow(const Column& column) {
  constexpr std::string_view kWhat = "a column cannot be written";
  const std::size_t rows = column.size();
  const auto builder = check(arrow::MakeBuilder(arrow_type_of(column.type)), kWhat);
  std::vector<std::uint8_t> present(rows);
  for (std::size_t row = 0; row < rows; ++row) present[row] = column.missing(row) ? 0 : 1;
  const auto append = [&]<class Builder>(const auto* values) {
    check(static_cast<Builder&>(*builder).AppendValues(values, static_cast<std::int64_t>(rows), present.data()), kWhat);
  };
  switch (column.type) {
    case ColumnType::kInteger:
      append.operator()<arrow::Int64Builder>(column.integers.data());
      break;
    case ColumnType::kTime:
      append.operator()<arrow::TimestampBuilder>(column.integers.data());
      break;
    case ColumnType::kReal:
      append.operator()<arrow::DoubleBuilder>(column.reals.data());
      break;
    case ColumnType::kBoolean: {
      std::vector<std::uint8_t> truths(rows);
      std::ranges::transform(column.integers, truths.begin(), [](std::int64_t value) { return value != 0 ? 1 : 0; });
      append.operator()<arrow::BooleanBuilder>(truths.data());
      break;
    }
    case ColumnType::kText:
      append_texts(column, present, static_cast<arrow::StringBuilder&>(*builder));
      break;
  }
  return check(builder->Finish(), kWhat);
}

}  // namespace asof
