// Rows of users as they were read from a store file and decoded, so that the next score of a user reads no row.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "store/knowledge.h"
#include "tables/event_log.h"

namespace asof {

/// The users that were read last, within a bound of memory. Exact: what it gives for a state of the store is what
/// reading that state gives. The store's own writer tells whose rows it wrote; when another program has written,
/// nothing from before is given any more. Safe for concurrent use.
class DecodedUsers {
 public:
  using Logs = std::vector<std::shared_ptr<const EventLog>>;

  /// At most `bytes` are kept, as `bytes_of` counts; 0: nothing is.
  explicit DecodedUsers(std::size_t bytes) : bytes_max_(bytes) {}

  bool keeps() const { return bytes_max_ > 0; }

  /// All rows of `user` in the state `now`; nothing when they must be read.
  std::optional<Logs> find(const EntityKey& user, const Knowledge& now);

  /// `logs` are all rows of `user` in the state `as_of`.
  void keep(const EntityKey& user, const Knowledge& as_of, Logs logs);

  /// A transaction that took the store from the state known until `before` to `after` is on disk, and wrote rows of
  /// `users` alone. To be told in the order of the transactions.
  void wrote(Timestamp before, Timestamp after, std::span<const EntityKey> users);

 private:
  struct Entry {
    EntityKey user;
    Knowledge as_of;
    Logs logs;
    std::size_t bytes = 0;
  };
  struct Hash {
    std::size_t operator()(const EntityKey& user) const { return std::hash<EntityKey>()(user); }
  };

  bool same_rows(const EntityKey& user, const Knowledge& one, const Knowledge& other) const;
  void drop(std::list<Entry>::iterator entry);

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // the one used last first
  std::unordered_map<EntityKey, std::list<Entry>::iterator, Hash> places_;
  // Between these two states nobody but this program's writer wrote, and whom it wrote last when is known.
  Timestamp covered_from_, covered_until_;
  std::unordered_map<EntityKey, Timestamp, Hash> written_;
};

/// Roughly what it takes in memory.
std::size_t bytes_of(const EventLog& log);

}  // namespace asof
