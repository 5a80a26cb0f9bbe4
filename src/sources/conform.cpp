// The rules by which PostgreSQL and Parquet, which know types, agree with CSV, which does not.
#include "sources/conform.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "sources/cells.h"
#include "sources/missing.h"
#include "sources/number_text.h"
#include "sources/text_codes.h"

namespace asof {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

void blank_row(Column& column, std::size_t row) {
  if (column.type == ColumnType::kReal) {
    column.reals[row] = kMissing;
  } else {
    column.integers[row] = kMissingInteger;
  }
}

/// A failing value is shown as the source's own type would show it.
[[noreturn]] void refuse(const Column& column, std::size_t row, std::string_view reason) {
  throw CellError{row, format("`{}` {}", column.display(row), reason)};
}

void apply_sentinels(Column& column, const Sentinels& sentinels) {
  if (sentinels.none()) return;
  const auto blank = [](auto& values, auto missing, const auto& means_missing) {
    std::ranges::replace_if(values, means_missing, missing);
  };
  switch (column.type) {
    case ColumnType::kReal:
      return blank(column.reals, kMissing, [&](double value) { return sentinels.has_number(value); });
    case ColumnType::kInteger:
      return blank(column.integers, kMissingInteger, [&](std::int64_t value) { return sentinels.has_integer(value); });
    case ColumnType::kBoolean:
      return blank(column.integers, kMissingInteger, [&](std::int64_t value) { return sentinels.has_boolean(value); });
    case ColumnType::kTime:
      return blank(column.integers, kMissingInteger, [&](std::int64_t value) { return sentinels.has_time({value}); });
    case ColumnType::kText:
      return;
  }
}

/// Before a column gets another type, as in CSV, a declared value counts where it is what the text of a value would be,
/// although it may not fit that type; afterwards it is compared in that type.
void apply_sentinels_by_text(Column& column, const Sentinels& sentinels) {
  if (sentinels.none()) return;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row)) continue;
    const bool infinite = column.type == ColumnType::kReal && std::isinf(column.reals[row]);
    if (sentinels.has_text(column.display(row)) || (infinite && sentinels.has_number(column.reals[row])))
      blank_row(column, row);
  }
}

void refuse_infinity(const Column& column) {
  const auto found = std::ranges::find_if(column.reals, [](double value) { return std::isinf(value); });
  if (found == column.reals.end()) return;
  refuse(column, static_cast<std::size_t>(found - column.reals.begin()),
         "is infinite; declare it as missing if that is meant");
}

/// Replaces every present value by `change(value, row)`.
template <class From, class To, class Change>
void change_values(const std::vector<From>& from, std::vector<To>& to, To missing, const Column& column,
                   const Change& change) {
  to.resize(from.size());
  for (std::size_t row = 0; row < from.size(); ++row) to[row] = column.missing(row) ? missing : change(from[row], row);
}

void to_real(const Column& column, Column& result) {
  change_values(column.integers, result.reals, kMissing, column,
                [](std::int64_t value, std::size_t) { return static_cast<double>(value); });
}

void to_integer(const Column& column, Column& result) {
  if (column.type == ColumnType::kBoolean) {
    result.integers = column.integers;
    return;
  }
  change_values(column.reals, result.integers, kMissingInteger, column, [&](double value, std::size_t row) {
    const bool whole = std::trunc(value) == value && -kTwoTo63 < value && value < kTwoTo63;
    if (!whole) refuse(column, row, "is not an integer");
    return static_cast<std::int64_t>(value);
  });
}

void to_boolean(const Column& column, Column& result) {
  result.integers.resize(column.size());
  for (std::size_t row = 0; row < column.size(); ++row) {
    const double value = column.number(row);
    if (!is_missing(value) && value != 0.0 && value != 1.0) refuse(column, row, "is not a boolean (1 or 0)");
    result.integers[row] = is_missing(value) ? kMissingInteger : static_cast<std::int64_t>(value);
  }
}

void to_time(const Column& column, EpochUnit unit, Column& result) {
  const std::int64_t scale = microseconds_of(unit);
  const auto checked = [&](std::int64_t microseconds, std::size_t row) {
    if (!in_range({microseconds})) refuse(column, row, kNotATime);
    return microseconds;
  };
  if (column.type == ColumnType::kInteger) {
    return change_values(column.integers, result.integers, kMissingInteger, column,
                         [&](std::int64_t value, std::size_t row) {
                           std::int64_t microseconds = 0;
                           if (__builtin_mul_overflow(value, scale, &microseconds)) refuse(column, row, kNotATime);
                           return checked(microseconds, row);
                         });
  }
  change_values(column.reals, result.integers, kMissingInteger, column, [&](double value, std::size_t row) {
    // The nearest microsecond: what the decimal text of the value says, for any time of these centuries.
    const double microseconds = std::round(value * static_cast<double>(scale));
    if (std::abs(microseconds) >= kTwoTo63) refuse(column, row, kNotATime);
    if (microseconds / static_cast<double>(scale) != value) refuse(column, row, "is finer than a microsecond");
    return checked(static_cast<std::int64_t>(microseconds), row);
  });
}

void to_text(const Column& column, Column& result) {
  std::vector<std::string> texts(column.size());
  TextCodes codes;
  result.codes.resize(column.size(), kMissingCode);
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row)) continue;
    texts[row] = column.display(row);
    result.codes[row] = codes.code_of(texts[row]);
  }
  result.dictionary = std::make_shared<const Dictionary>(codes.texts().begin(), codes.texts().end());
}

bool can_become(ColumnType from, ColumnType to, EpochUnit epoch) {
  const bool numeric = from == ColumnType::kInteger || from == ColumnType::kReal;
  switch (to) {
    case ColumnType::kText:
      return true;
    case ColumnType::kTime:
      return from == ColumnType::kTime || (numeric && epoch != EpochUnit::kNone);
    default:
      return from != ColumnType::kTime;
  }
}

}  // namespace

Column conform(Column column, const ColumnRequest& request, const TimeZone& zone) {
  column.name = request.name;
  const Sentinels sentinels(request.missing, zone);
  const auto declared = request.epoch != EpochUnit::kNone ? std::optional(ColumnType::kTime) : request.type;
  const bool stays = !declared || *declared == column.type || column.type == ColumnType::kText;
  if (stays) {
    apply_sentinels(column, sentinels);
  } else {
    apply_sentinels_by_text(column, sentinels);
  }
  refuse_infinity(column);
  if (stays) return column;
  if (!can_become(column.type, *declared, request.epoch)) {
    const bool count = *declared == ColumnType::kTime && column.type != ColumnType::kBoolean;
    throw Error(
        Error::kInvalidInput,
        format("it holds values of type {}, not {}{}", to_string(column.type), to_string(*declared),
               count ? "; declare the unit that they count since 1970 (seconds, milliseconds, microseconds)" : ""));
  }
  Column result{.name = column.name, .type = *declared};
  switch (*declared) {
    case ColumnType::kInteger:
      to_integer(column, result);
      break;
    case ColumnType::kReal:
      to_real(column, result);
      break;
    case ColumnType::kBoolean:
      to_boolean(column, result);
      break;
    case ColumnType::kText:
      to_text(column, result);
      break;
    case ColumnType::kTime:
      to_time(column, request.epoch, result);
      break;
  }
  apply_sentinels(result, sentinels);
  return result;
}

}  // namespace asof
