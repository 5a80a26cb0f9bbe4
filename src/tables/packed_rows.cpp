// Every value is stored and loaded as 8 bytes of which the first `width` count: one plain loop for all widths. The
// order of bytes is the processor's, since what is packed never leaves the process.
#include "tables/packed_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace asof {
namespace {

constexpr std::size_t kBytesMax = 8;

/// 1s in the lowest `bytes` bytes.
constexpr std::uint64_t mask_of(std::size_t bytes) {
  return bytes == kBytesMax ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
}

std::size_t bytes_for(std::uint64_t value) {
  return std::max<std::size_t>(1, (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8);
}

template <class ValueOf>
void store(std::span<const std::uint32_t> rows, std::size_t width, std::byte* out, const ValueOf& value_of) {
  for (const std::uint32_t row : rows) {
    const std::uint64_t value = value_of(row);
    std::memcpy(out, &value, kBytesMax);
    out += width;
  }
}

template <class Take>
void load(const std::byte* in, std::size_t count, std::size_t width, const Take& take) {
  const std::uint64_t mask = mask_of(width);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t value = 0;
    std::memcpy(&value, in, kBytesMax);
    take(i, value & mask);
    in += width;
  }
}

/// Makes room for `count` more values, and says where.
template <class Value>
Value* grow(std::vector<Value>& values, std::size_t count) {
  const std::size_t size = values.size();
  values.resize(size + count);
  return values.data() + size;
}

}  // namespace

Packing Packing::of_numbers(std::size_t below) {
  return {.type = ColumnType::kInteger, .base = 0, .missing = 0, .width = bytes_for(below)};
}

Packing Packing::of(const Column& column, std::size_t texts) {
  Packing packing{.type = column.type};
  if (column.type == ColumnType::kReal) return packing;
  if (column.type == ColumnType::kText) {
    packing.width = bytes_for(texts);  // codes are kept plus 1: 0 is missing
    return packing;
  }
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = kMissingInteger;
  for (const std::int64_t value : column.integers) {
    least = std::min(least, value == kMissingInteger ? least : value);
    greatest = std::max(greatest, value);
  }
  if (greatest == kMissingInteger) least = greatest = 0;
  const std::uint64_t span = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
  if (span >= mask_of(kBytesMax - 1)) return packing;  // as they are, the missing ones as well
  packing.width = bytes_for(span + 1);
  packing.base = static_cast<std::uint64_t>(least);
  packing.missing = mask_of(packing.width);
  if (span == packing.missing) packing.missing = mask_of(++packing.width);
  return packing;
}

void Packing::pack(const Column& column, std::span<const std::int32_t> codes, std::span<const std::uint32_t> rows,
                   std::byte* out) const {
  switch (column.type) {
    case ColumnType::kReal:
      return store(rows, width, out,
                   [&](std::uint32_t row) { return std::bit_cast<std::uint64_t>(column.reals[row]); });
    case ColumnType::kText:
      return store(rows, width, out, [&](std::uint32_t row) {
        const std::int32_t code = column.codes[row];
        return code == kMissingCode ? std::uint64_t{0}
                                    : static_cast<std::uint64_t>(codes[static_cast<std::size_t>(code)]) + 1;
      });
    default:
      break;
  }
  if (width == kBytesMax) {
    return store(rows, width, out, [&](std::uint32_t row) { return static_cast<std::uint64_t>(column.integers[row]); });
  }
  store(rows, width, out, [&](std::uint32_t row) {
    const std::int64_t value = column.integers[row];
    return value == kMissingInteger ? missing : static_cast<std::uint64_t>(value) - base;
  });
}

void Packing::unpack(const std::byte* in, std::size_t count, Column& column) const {
  switch (type) {
    case ColumnType::kReal: {
      double* const out = grow(column.reals, count);
      return load(in, count, width, [&](std::size_t i, std::uint64_t value) { out[i] = std::bit_cast<double>(value); });
    }
    case ColumnType::kText: {
      std::int32_t* const out = grow(column.codes, count);
      return load(in, count, width,
                  [&](std::size_t i, std::uint64_t value) { out[i] = static_cast<std::int32_t>(value) - 1; });
    }
    default:
      break;
  }
  std::int64_t* const out = grow(column.integers, count);
  if (width == kBytesMax) {
    return load(in, count, width,
                [&](std::size_t i, std::uint64_t value) { out[i] = static_cast<std::int64_t>(value); });
  }
  load(in, count, width, [&](std::size_t i, std::uint64_t value) {
    out[i] = value == missing ? kMissingInteger : static_cast<std::int64_t>(value + base);
  });
}

void Packing::pack(std::span<const std::uint32_t> numbers, std::size_t least, std::span<const std::uint32_t> rows,
                   std::byte* out) const {
  store(rows, width, out, [&](std::uint32_t row) { return numbers[row] - least; });
}

void Packing::unpack(const std::byte* in, std::size_t count, std::vector<std::uint32_t>& numbers) const {
  std::uint32_t* const out = grow(numbers, count);
  load(in, count, width, [&](std::size_t i, std::uint64_t value) { out[i] = static_cast<std::uint32_t>(value); });
}

}  // namespace asof
