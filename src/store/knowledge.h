// What a store knew at a moment, so that the rows that a decision was made on can be read again.
#pragma once

#include <cstdint>

#include "asof/time.h"

namespace asof {

/// A state of a store. Rows that become known later do so strictly after `known_until`, whatever the clock says.
struct Knowledge {
  Timestamp known_until;      ///< the rows of this state are those stored at `known_until` or before
  std::int64_t erasures = 0;  ///< how many times a person had been erased
  bool operator==(const Knowledge&) const = default;
};

class SqliteConnection;

/// To be read in the transaction that reads the rows.
Knowledge knowledge_of(const SqliteConnection& store);

/// When the rows of this transaction become known: `now`, or just after all that was known when the clock is behind.
Timestamp next_known_at(const SqliteConnection& store, Timestamp now);

}  // namespace asof
