#include "store/sqlite_rows.h"

#include <array>
#include <bit>
#include <cstring>

#include "asof/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "sources/postgres_address.h"

namespace asof {
namespace {

/// Of a digest. Two different rows of one entity and time share it with a chance of one in 2^128.
constexpr std::size_t kDigestBytes = 16;

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted_identifier(name);
  return list;
}

std::string insert_sql(const StoredTable& table) {
  std::vector<std::string> names = table.columns();
  names.emplace_back(kStoredAt);
  if (table.identity() != RowIdentity::kEntity) names.emplace_back(kCopy);
  if (table.identity() == RowIdentity::kContent) names.emplace_back(kRowDigest);
  std::string values;
  for (std::size_t i = 0; i < names.size(); ++i) values += i == 0 ? "?" : ", ?";
  return format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO NOTHING", quoted_identifier(table.spec.name),
                list_of(names), values, list_of(table.key()));
}

/// How many of the first columns make the identity (kContent: all of them do, and nobody asks for equal rows).
std::size_t key_columns(const StoredTable& table) { return table.identity() == RowIdentity::kRowId ? 3 : 1; }

std::string same_key_sql(const StoredTable& table) {
  const std::vector<std::string> names = table.columns();
  std::string condition;
  for (std::size_t i = 0; i < key_columns(table); ++i)
    condition += format("{}{} = ?", i == 0 ? "" : " AND ", quoted_identifier(names.at(i)));
  return format("SELECT {} FROM {} WHERE {}", list_of(names), quoted_identifier(table.spec.name), condition);
}

void bind_value(SqliteStatement& statement, int parameter, const Column& column, std::size_t row) {
  if (column.missing(row)) {
    statement.bind_missing(parameter);
  } else if (column.type == ColumnType::kText) {
    statement.bind(parameter, column.text(row));
  } else if (column.type == ColumnType::kReal) {
    statement.bind(parameter, column.reals[row]);
  } else {
    statement.bind(parameter, column.integers[row]);
  }
}

template <class Value>
void append_bytes(std::string& bytes, const Value& value) {
  const auto raw = std::bit_cast<std::array<char, sizeof(Value)>>(value);
  bytes.append(raw.data(), raw.size());
}

/// Different values, different bytes, whatever follows.
void append_value(std::string& bytes, const Column& column, std::size_t row) {
  const bool missing = column.missing(row);
  bytes += missing ? '\0' : '\1';
  if (missing) return;
  if (column.type == ColumnType::kText) {
    const std::string_view text = column.text(row);
    append_bytes(bytes, std::uint64_t{text.size()});
    bytes += text;
  } else if (column.type == ColumnType::kReal) {
    append_bytes(bytes, column.reals[row]);
  } else {
    append_bytes(bytes, column.integers[row]);
  }
}

bool equals(const SqliteStatement& there, int index, const Column& column, std::size_t row) {
  if (there.type(index) == SQLITE_NULL) return column.missing(row);
  if (column.missing(row)) return false;
  if (column.type == ColumnType::kText) return there.text(index) == column.text(row);
  if (column.type == ColumnType::kReal)
    return std::bit_cast<std::uint64_t>(there.real(index)) == std::bit_cast<std::uint64_t>(column.reals[row]);
  return there.integer(index) == column.integers[row];
}

}  // namespace

RowInserter::RowInserter(const SqliteConnection& store, StoredTable table, OtherValues other_values)
    : table_(std::move(table)),
      other_values_(other_values),
      names_(table_.columns()),
      store_(store),
      insert_(store.prepare(insert_sql(table_))),
      same_key_(store.prepare(same_key_sql(table_))) {
  stored_at_parameter_ = static_cast<int>(names_.size());
  copy_parameter_ = stored_at_parameter_ + 1;
  digest_parameter_ = copy_parameter_ + 1;
}

void RowInserter::take(const Table& rows) {
  columns_.clear();
  for (const std::string& name : names_) {
    const Column& column = rows.at(name);
    if (column.type != table_.type(name)) {
      throw Error(Error::kInternal,
                  format("table {}, column {}: a column of type {} was expected, not {}", table_.spec.name, name,
                         to_string(table_.type(name)), to_string(column.type)));
    }
    columns_.push_back(&column);
  }
}

RowOutcome RowInserter::insert(std::size_t row, Timestamp now) {
  if (const auto outcome = refused(row)) return *outcome;
  for (std::size_t i = 0; i < columns_.size(); ++i) bind_value(insert_, static_cast<int>(i), *columns_[i], row);
  insert_.bind(stored_at_parameter_, now.microseconds);
  return table_.identity() == RowIdentity::kContent ? insert_by_content(row) : insert_by_key(row);
}

/// The columns of the key come first: the entity, then the time, then the row id.
std::optional<RowOutcome> RowInserter::refused(std::size_t row) const {
  if (columns_[0]->missing(row)) return RowOutcome::kWithoutEntity;
  if (table_.identity() == RowIdentity::kEntity) return std::nullopt;
  if (columns_[1]->missing(row)) return RowOutcome::kWithoutTime;
  if (table_.identity() == RowIdentity::kRowId && columns_[2]->missing(row)) return RowOutcome::kWithoutRowId;
  return std::nullopt;
}

bool RowInserter::insert_copy(std::int64_t copy) {
  if (table_.identity() != RowIdentity::kEntity) insert_.bind(copy_parameter_, copy);
  insert_.run();
  return store_.changes() > 0;
}

RowOutcome RowInserter::insert_by_content(std::size_t row) {
  digest_ = digest_of(row);
  Digest digest;
  std::memcpy(&digest.first, digest_.data(), sizeof digest.first);
  std::memcpy(&digest.second, digest_.data() + sizeof digest.first, sizeof digest.second);
  insert_.bind_blob(digest_parameter_, digest_);
  return insert_copy(delivered_[digest]++) ? RowOutcome::kStored : RowOutcome::kAlreadyThere;
}

std::string RowInserter::digest_of(std::size_t row) const {
  std::string bytes;
  for (const Column* column : columns_) append_value(bytes, *column, row);
  return sha256_digest(bytes).substr(0, kDigestBytes);
}

RowOutcome RowInserter::insert_by_key(std::size_t row) {
  if (insert_copy(0)) return RowOutcome::kStored;
  for (std::size_t i = 0; i < key_columns(table_); ++i) bind_value(same_key_, static_cast<int>(i), *columns_[i], row);
  std::int64_t copies = 0;
  bool there = false;
  while (!there && same_key_.step()) {
    there = equals_row_there(row);
    ++copies;
  }
  same_key_.reset();
  if (there) return RowOutcome::kAlreadyThere;
  const bool keeps = other_values_ == OtherValues::kKeepBoth && table_.identity() == RowIdentity::kRowId;
  if (!keeps) return RowOutcome::kOtherThere;
  return insert_copy(copies) ? RowOutcome::kStored : RowOutcome::kOtherThere;
}

bool RowInserter::equals_row_there(std::size_t row) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!equals(same_key_, static_cast<int>(i), *columns_[i], row)) return false;
  }
  return true;
}

}  // namespace asof
