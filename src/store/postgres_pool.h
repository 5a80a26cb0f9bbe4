// Connections to one database, opened when needed, kept, and replaced when they are lost.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/postgres_connection.h"
#include "store/user_store.h"

namespace asof {

/// Safe for concurrent use.
class PostgresPool {
 public:
  /// `prepare` is called once for every new connection. Nothing is opened yet.
  PostgresPool(std::string url, const PostgresStoreOptions& options,
               std::function<void(PostgresConnection&, Deadline)> prepare);

  /// Calls `work` with a connection that nobody else uses, until a deadline that the statement timeout sets. A
  /// connection that had been used before and turns out to be lost (the database was restarted) is replaced, and `work`
  /// called again. Throws Error::kUnavailable when the database is away or all connections stay busy, and what `work`
  /// throws.
  void use(const std::function<void(PostgresConnection&, Deadline)>& work);

  /// "lender at db.example:5432"; "not connected yet" before the first connection.
  std::string describe() const;

 private:
  struct Lease {
    std::unique_ptr<PostgresConnection> connection;
    bool used_before = false;
  };

  Lease acquire(Deadline deadline);
  std::unique_ptr<PostgresConnection> open();
  void give_back(std::unique_ptr<PostgresConnection> connection);
  void forget_idle();

  const std::string url_;
  const PostgresStoreOptions options_;
  const std::function<void(PostgresConnection&, Deadline)> prepare_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  int in_use_ = 0;
  std::string description_ = "not connected yet";
  std::string last_failure_;
  Deadline no_attempt_before_{};  // after a failure to connect
};

}  // namespace asof
