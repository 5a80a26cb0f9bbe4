#include "tables/entity_index.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "sources/refusal.h"

namespace asof {
namespace {

/// Keys as close together as this are looked up in an array, which takes no more room than a map of them.
constexpr std::uint64_t kSpanPerKey = 8;

}  // namespace

EntityIndex::EntityIndex(const Column& column, std::string_view table) : type_(column.type) {
  if (type_ == ColumnType::kInteger) {
    for (const std::int64_t key : column.integers) {
      if (key != kMissingInteger) add(key);
    }
    make_dense();
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

std::uint32_t EntityIndex::number_of(std::int64_t key) const {
  if (dense_.empty()) {
    const auto place = integers_.find(key);
    return place == integers_.end() ? kNoEntity : place->second;
  }
  const std::uint64_t i = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(dense_begin_);
  return i < dense_.size() ? dense_[i] : kNoEntity;
}

void EntityIndex::make_dense() {
  if (integers_.empty()) return;
  const auto [least, greatest] =
      std::ranges::minmax_element(integers_, {}, [](const auto& entry) { return entry.first; });
  const std::uint64_t span = static_cast<std::uint64_t>(greatest->first) - static_cast<std::uint64_t>(least->first);
  if (span / kSpanPerKey >= integers_.size()) return;
  dense_begin_ = least->first;
  dense_.assign(span + 1, kNoEntity);
  for (const auto& [key, number] : integers_)
    dense_[static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(dense_begin_)] = number;
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
  if (const auto* integer = std::get_if<std::int64_t>(&key)) return number_of(*integer);
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
    for (std::size_t row = 0; row < numbers.size(); ++row) numbers[row] = number_of(column.integers[row]);
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
