// Rows on their way into one table of a store: what is stored, what was there already, and what cannot be stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite_format.h"

namespace asof {

enum class RowOutcome {
  kStored,
  kAlreadyThere,
  kOtherThere,     ///< a row of the same identity and other values is there; nothing was stored
  kWithoutEntity,  ///< such rows are never read, and are not stored
  kWithoutTime,    ///< the same
  kWithoutRowId,   ///< such a row could not be told from others; nothing was stored
};

/// What to do with a row whose row id is there with other values. Files may hold such rows, and the engine has a rule
/// for them (the one known first counts), so the store keeps both: what it gives back is what the files would give.
enum class OtherValues { kKeepBoth, kRefuse };

/// One delivery: rows of a table without a row id that are equal to each other within one are as many rows; sent in
/// another one they are the same rows again. Used by one thread at a time, inside a transaction.
class RowInserter {
 public:
  /// `store` outlives this object. The table is there.
  RowInserter(const SqliteConnection& store, StoredTable table, OtherValues other_values);

  /// What `insert` takes rows from, until the next call; it has every column of the table, in its type.
  /// Throws Error::kInternal otherwise.
  void take(const Table& rows);

  RowOutcome insert(std::size_t row, Timestamp now);

 private:
  struct Digest {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    bool operator==(const Digest&) const = default;
  };
  struct HashDigest {
    std::size_t operator()(const Digest& digest) const noexcept { return digest.first; }
  };

  std::optional<RowOutcome> refused(std::size_t row) const;
  bool insert_copy(std::int64_t copy);
  RowOutcome insert_by_content(std::size_t row);
  RowOutcome insert_by_key(std::size_t row);
  std::string digest_of(std::size_t row) const;
  bool equals_row_there(std::size_t row) const;

  StoredTable table_;
  OtherValues other_values_;
  std::vector<std::string> names_;  // of the columns, in the order of the parameters
  int copy_parameter_ = 0;
  int stored_at_parameter_ = 0;
  int digest_parameter_ = 0;
  const SqliteConnection& store_;
  SqliteStatement insert_;
  SqliteStatement same_key_;  // the rows of the same identity, with all columns
  std::vector<const Column*> columns_;
  std::string digest_;
  std::unordered_map<Digest, std::int64_t, HashDigest> delivered_;  // kContent: how many equal rows so far
};

}  // namespace asof
