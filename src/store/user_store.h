// Where live scoring finds a user's rows: a store file, a database, or the project's files held in memory. What comes
// back is the engine's own form, so nothing above can tell one from the other.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "features/compute.h"
#include "sources/source.h"
#include "store/decision_log.h"
#include "store/knowledge.h"
#include "store/row_writer.h"
#include "tables/table_spec.h"

namespace asof {

class Scorer;

/// One user's rows; owns or keeps alive what `history` points into.
struct UserRows {
  std::vector<std::shared_ptr<const EventLog>> logs;
  History history;                     ///< one entry per table asked for, in that order
  std::optional<Knowledge> knowledge;  ///< which state of the store they are of; absent: it does not keep that
};

/// A table to serve, and the columns of it that scoring needs (entity, time, row id and known-at included).
struct ServedTable {
  TableSpec spec;
  std::vector<ColumnRequest> columns;
};

/// Safe for concurrent use.
class UserStore {
 public:
  virtual ~UserStore() = default;

  /// All rows of a user with `time <= until` (undated rows: all). An unknown user has empty tables.
  /// Blocks. Throws Error::kUnavailable when the store is away.
  virtual UserRows read(const EntityKey& user, Timestamp until) const = 0;

  /// The rows that `read` gave when the store was in the state `known_until`, but for people erased since.
  /// Throws Error::kUsage for a store that does not keep states.
  virtual UserRows read_as_known(const EntityKey& user, Timestamp until, Timestamp known_until) const;

  /// Whether `read` and `check` wait for something outside the process: an event loop must not call them then.
  virtual bool may_wait() const noexcept = 0;

  /// Throws Error::kUnavailable when a read could not be answered now.
  virtual void check() const = 0;

  /// Advice for the operator at start, such as a missing `CREATE INDEX`; one line each.
  virtual std::vector<std::string> advice() const { return {}; }

  /// Where rows can be sent; null: this store takes none.
  virtual RowWriter* writer() const { return nullptr; }

  /// Where decisions are logged; null: nowhere.
  virtual DecisionLog* decision_log() const { return nullptr; }

  virtual std::string describe() const = 0;  ///< "PostgreSQL lender at db:5432" without secrets, or "files in memory"
};

/// Reads every table once and keeps it, sorted, in memory.
std::unique_ptr<UserStore> open_memory_store(const std::vector<ServedTable>& tables, const TimeZone& zone, int threads,
                                             const Progress& progress);

struct PostgresStoreOptions {
  int connections = 8;  ///< at most, per database
  Duration connect_timeout{5 * kSecond.microseconds};
  Duration statement_timeout{2 * kSecond.microseconds};

  void validate() const;  ///< throws Error::kInvalidInput
};

/// Reads a user's rows from PostgreSQL on demand, with parametrised queries over a pool of connections.
/// Every table's `from` is `postgres:URL#table`, `#schema.view` or `#select ...`. Throws Error::kUnavailable when the
/// database is away, kIncompatible when it does not hold what the tables say.
std::unique_ptr<UserStore> open_postgres_store(std::vector<ServedTable> tables, const TimeZone& zone,
                                               const PostgresStoreOptions& options = {});

struct SqliteStoreOptions {
  /// The moment at which rows become known to the store. Empty: it takes no rows.
  std::function<Timestamp()> now;
  bool log_decisions = true;     ///< when it takes rows
  std::size_t cache_memory = 0;  ///< bytes for rows of the users that were read last, so that they are not read again
};

/// Reads a user's rows from a store file that `asof ingest` made, and takes new ones. Throws Error::kNotFound when
/// there is none, kIncompatible when it does not hold what the tables say.
std::unique_ptr<UserStore> open_sqlite_store(const std::filesystem::path& file, const std::vector<ServedTable>& tables,
                                             const TimeZone& zone, const SqliteStoreOptions& options = {});

/// The same, of the tables and the time zone of a bundle.
std::unique_ptr<UserStore> open_sqlite_store(const std::filesystem::path& file, const Scorer& scorer,
                                             const SqliteStoreOptions& options = {});

}  // namespace asof
