// Numbers for entities: 0, 1, 2, ... in order of first appearance.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "asof/table.h"

namespace asof {

inline constexpr std::uint32_t kNoEntity = std::numeric_limits<std::uint32_t>::max();

/// Entities are integers or texts, one kind per index.
class EntityIndex {
 public:
  EntityIndex() = default;

  /// The distinct values of `column` (integer or text; else Error::kInvalidInput, which names `table`). Missing values
  /// get no number.
  explicit EntityIndex(const Column& column, std::string_view table = "applications");

  /// An index of one entity: what a live request needs.
  explicit EntityIndex(const EntityKey& key);

  ColumnType type() const { return type_; }
  std::size_t size() const { return size_; }

  /// kNoEntity when unknown or of the other type.
  std::uint32_t find(const EntityKey& key) const;

  /// The number of each row's entity in `column`, kNoEntity where missing or unknown.
  /// Throws Error::kIncompatible when the column is of the other type; `table` is named in the message.
  std::vector<std::uint32_t> numbers(const Column& column, std::string_view table) const;

 private:
  void check_type(const Column& column, std::string_view table) const;
  std::uint32_t number_of(std::int64_t key) const;
  void make_dense();
  std::uint32_t add(std::int64_t key);
  std::uint32_t add(const std::string& key);

  ColumnType type_ = ColumnType::kInteger;
  std::size_t size_ = 0;
  std::unordered_map<std::int64_t, std::uint32_t> integers_;
  std::vector<std::uint32_t> dense_;  // number of key dense_begin_ + i, when keys lie close together; else empty
  std::int64_t dense_begin_ = 0;
  std::unordered_map<std::string, std::uint32_t> texts_;
};

}  // namespace asof
