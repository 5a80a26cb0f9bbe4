// For tests: a table that no statement gets past, as if the database were slow.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/format.h"
#include "testing/postgres_fixture.h"

namespace asof {

/// Locked from construction until `release()` or destruction.
class LockedTable {
 public:
  LockedTable(const testing::PostgresServer& server, std::string table) : server_(server), table_(std::move(table)) {
    holder_ = std::thread([this] {
      try {
        server_.run_sql(format("BEGIN; LOCK TABLE {}; SELECT pg_sleep(60)", table_));
      } catch (const std::runtime_error&) {
        // Released: the session was ended.
      }
    });
    while (server_.run_sql(holder_query("pid")).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ~LockedTable() { release(); }
  LockedTable(const LockedTable&) = delete;
  LockedTable& operator=(const LockedTable&) = delete;

  void release() {
    if (!holder_.joinable()) return;
    server_.run_sql(holder_query("pg_terminate_backend(pid)"));
    holder_.join();
  }

 private:
  std::string holder_query(std::string_view what) const {
    return format(
        "SELECT {} FROM pg_locks WHERE relation = '{}'::regclass AND mode = 'AccessExclusiveLock' AND granted", what,
        table_);
  }

  const testing::PostgresServer& server_;
  std::string table_;
  std::thread holder_;
};

}  // namespace asof
