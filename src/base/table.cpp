// Looking up, showing and rearranging columns.
#include "asof/table.h"

#include <algorithm>

#include "base/format.h"

namespace asof {
namespace {

template <class T>
std::vector<T> gather(const std::vector<T>& values, std::span<const std::uint32_t> rows) {
  std::vector<T> result;
  if (values.empty()) return result;  // not the vector in use for this type
  result.reserve(rows.size());
  for (const std::uint32_t row : rows) result.push_back(values[row]);
  return result;
}

}  // namespace

std::string_view to_string(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "integer";
    case ColumnType::kReal:
      return "real";
    case ColumnType::kBoolean:
      return "boolean";
    case ColumnType::kText:
      return "text";
    case ColumnType::kTime:
      return "time";
  }
  return "unknown";
}

std::size_t Column::size() const {
  switch (type) {
    case ColumnType::kReal:
      return reals.size();
    case ColumnType::kText:
      return codes.size();
    default:
      return integers.size();
  }
}

Column missing_column(std::string name, ColumnType type, std::size_t rows) {
  Column column{.name = std::move(name), .type = type};
  if (type == ColumnType::kReal) {
    column.reals.assign(rows, kMissing);
  } else if (type == ColumnType::kText) {
    column.codes.assign(rows, kMissingCode);
    column.dictionary = std::make_shared<const Dictionary>();
  } else {
    column.integers.assign(rows, kMissingInteger);
  }
  return column;
}

bool Column::missing(std::size_t row) const {
  switch (type) {
    case ColumnType::kReal:
      return is_missing(reals[row]);
    case ColumnType::kText:
      return codes[row] == kMissingCode;
    default:
      return integers[row] == kMissingInteger;
  }
}

double Column::number(std::size_t row) const {
  if (type == ColumnType::kReal) return reals[row];
  if (type == ColumnType::kText) throw Error(Error::kInternal, format("column `{}` holds texts, not numbers", name));
  return integers[row] == kMissingInteger ? kMissing : static_cast<double>(integers[row]);
}

std::string_view Column::text(std::size_t row) const { return (*dictionary)[static_cast<std::size_t>(codes[row])]; }

std::string Column::display(std::size_t row) const {
  if (missing(row)) return {};
  switch (type) {
    case ColumnType::kInteger:
      return format("{}", integers[row]);
    case ColumnType::kReal:
      return round_trippable(reals[row]);
    case ColumnType::kBoolean:
      return integers[row] == 0 ? "false" : "true";
    case ColumnType::kText:
      return std::string(text(row));
    case ColumnType::kTime:
      return to_string(Timestamp{integers[row]});
  }
  return {};
}

std::string Table::place(std::size_t row) const {
  if (!source_place) return format("row {}", row + 1);
  return source_place(source_rows.empty() ? row : source_rows[row]);
}

const Column* Table::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

const Column& Table::at(std::string_view column) const {
  if (const Column* found = find(column)) return *found;
  std::vector<std::string> known;
  for (const Column& candidate : columns) known.push_back(candidate.name);
  throw Error(Error::kInvalidInput,
              format("table `{}` has no column `{}`{}", name, column, did_you_mean(column, known)));
}

std::string to_string(const EntityKey& key) {
  if (const auto* integer = std::get_if<std::int64_t>(&key)) return format("{}", *integer);
  return std::get<std::string>(key);
}

Column take(const Column& column, std::span<const std::uint32_t> rows) {
  return {column.name,
          column.type,
          gather(column.reals, rows),
          gather(column.integers, rows),
          gather(column.codes, rows),
          column.dictionary};
}

Table take(const Table& table, std::span<const std::uint32_t> rows) {
  Table result{table.name, {}, rows.size()};
  if (table.source_place) {
    result.source_place = table.source_place;
    result.source_rows =
        table.source_rows.empty() ? std::vector(rows.begin(), rows.end()) : gather(table.source_rows, rows);
  }
  result.columns.reserve(table.columns.size());
  for (const Column& column : table.columns) result.columns.push_back(take(column, rows));
  return result;
}

}  // namespace asof
