// The decision log as a store file keeps it, docs/decision-log.md: a chain in which each entry holds the hash of the
// one before, and a salted hash of what it says of a person instead of that itself. So a person can be taken out, and
// everything else cannot be changed unnoticed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/decision_log.h"
#include "store/sqlite.h"

namespace asof {

/// In a transaction.
LogPosition append_decision(const SqliteConnection& store, const Decision& decision);

/// Removes what the entries of `user` say of the person and adds an entry that names them, which is how an erasure is
/// told from a loss. In a transaction. Returns how many there were; when none, nothing is added.
std::size_t empty_decisions_of(const SqliteConnection& store, const EntityKey& user, Timestamp now);

/// The first entry at which a log is not what was written, and why.
struct ChainFault {
  std::int64_t sequence = 0;
  std::string what;
};

/// What a log holds.
struct ChainCheck {
  std::int64_t decisions = 0;  ///< erased ones included
  std::int64_t erased = 0;     ///< decisions of people who were erased
  std::int64_t erasures = 0;
  LogPosition head;  ///< the last entry
  std::optional<ChainFault> fault;
};

/// Reads the whole log as it is at one moment, up to the first fault, and tells each decision that was not erased, in
/// order. `noted` are positions that were given out before.
ChainCheck check_chain(const SqliteConnection& store, const std::vector<LogPosition>& noted,
                       const std::function<void(std::int64_t sequence, const Decision& decision)>& each);

}  // namespace asof
