#include "tables/entity_index.h"

#include "asof/error.h"
#include "base/format.h"
#include "sources/refusal.h"

namespace asof {

EntityIndex::EntityIndex(const Column& column, std::string_view table) : type_(column.type) {
  if (type_ == ColumnType::kInteger) {
    for (const std::int64_t key : column.integers) {
      if (key != kMissingInteger) add(key);
    }
    return;
  }
  if (type_ != ColumnType::kText) {
    throw refusal(table, "", column.name,
                  format("an entity is an integer or a text, but this column holds {} values; declare `columns: {{{}: "
                         "integer}}` (or text) for the table in the project file",
                         to_string(type_), column.name));
  }
  std::vector<bool> seen(column.dictionary->size());
  for (const std::int32_t code : column.codes) {
    if (code == kMissingCode || seen[static_cast<std::size_t>(code)]) continue;
    seen[static_cast<std::size_t>(code)] = true;
    add((*column.dictionary)[static_cast<std::size_t>(code)]);
  }
}

EntityIndex::EntityIndex(const EntityKey& key)
    : type_(std::holds_alternative<std::int64_t>(key) ? ColumnType::kInteger : ColumnType::kText) {
  std::visit([this](const auto& value) { add(value); }, key);
}

std::uint32_t EntityIndex::add(std::int64_t key) {
  const auto [place, inserted] = integers_.try_emplace(key, static_cast<std::uint32_t>(size_));
  size_ += inserted ? 1 : 0;
  return place->second;
}

std::uint32_t EntityIndex::add(const std::string& key) {
  const auto [place, inserted] = texts_.try_emplace(key, static_cast<std::uint32_t>(size_));
  size_ += inserted ? 1 : 0;
  return place->second;
}

std::uint32_t EntityIndex::find(const EntityKey& key) const {
  if (const auto* integer = std::get_if<std::int64_t>(&key)) {
    const auto place = integers_.find(*integer);
    return place == integers_.end() ? kNoEntity : place->second;
  }
  const auto place = texts_.find(std::get<std::string>(key));
  return place == texts_.end() ? kNoEntity : place->second;
}

void EntityIndex::check_type(const Column& column, std::string_view table) const {
  if (column.type == type_) return;
  throw Error(Error::kIncompatible,
              format("table {}, column {}: entities are {} values here but {} values among the applications; declare "
                     "`columns: {{{}: {}}}` for one of the two tables in the project file",
                     table, column.name, to_string(column.type), to_string(type_), column.name, to_string(type_)));
}

std::vector<std::uint32_t> EntityIndex::numbers(const Column& column, std::string_view table) const {
  check_type(column, table);
  std::vector<std::uint32_t> numbers(column.size(), kNoEntity);
  if (type_ == ColumnType::kInteger) {
    std::int64_t last_key = kMissingInteger;
    std::uint32_t last = kNoEntity;
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      const std::int64_t key = column.integers[row];
      if (key != last_key) {
        const auto place = integers_.find(key);
        last = place == integers_.end() ? kNoEntity : place->second;
        last_key = key;
      }
      numbers[row] = last;
    }
    return numbers;
  }
  // One look-up per distinct text, not per row.
  std::vector<std::uint32_t> of_code(column.dictionary->size(), kNoEntity);
  for (std::size_t code = 0; code < of_code.size(); ++code) {
    const auto place = texts_.find((*column.dictionary)[code]);
    if (place != texts_.end()) of_code[code] = place->second;
  }
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    if (column.codes[row] != kMissingCode) numbers[row] = of_code[static_cast<std::size_t>(column.codes[row])];
  }
  return numbers;
}

}  // namespace asof
