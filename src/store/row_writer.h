// Where rows are sent while scores are served.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "asof/table.h"
#include "store/stored_table.h"

namespace asof {

/// Rows of one table that one client sends together.
struct Delivery {
  std::string table;
  Table rows;            ///< every column of the table, in its type
  bool partial = false;  ///< store the other rows when some are rejected; else none is stored
};

struct RejectedRow {
  std::size_t row = 0;
  std::string column;
  std::string reason;
  bool other_there = false;  ///< the row is good, but the store has it with other values
};

struct Delivered {
  std::size_t stored = 0;
  std::size_t already_there = 0;
  std::vector<RejectedRow> rejected;
};

/// What was erased of a user.
struct Erased {
  std::vector<std::pair<std::string, std::size_t>> rows;  ///< how many of each table
  std::size_t decisions = 0;                              ///< whose entries in the log keep nothing of the user
  bool operator==(const Erased&) const = default;
};

/// Safe for concurrent use.
class RowWriter {
 public:
  virtual ~RowWriter() = default;

  /// The tables that take rows.
  virtual const std::vector<StoredTable>& tables() const = 0;

  /// Waits until the rows survive a loss of power; deliveries that wait together are synced together. Sending rows
  /// again changes nothing, which makes it safe after an error: what an error answered may be stored or not. Throws
  /// Error::kUnavailable when the store cannot take rows now.
  virtual Delivered write(const Delivery& delivery) = 0;

  /// Removes the rows of a user from every table, and what logged decisions say of the user; when this returns, no byte
  /// of them is left in the store's files.
  virtual Erased erase(const EntityKey& user) = 0;
};

}  // namespace asof
