// One connection to PostgreSQL. Every wait has a deadline, so that a database that hangs cannot hold a thread.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace asof {

using Deadline = std::chrono::steady_clock::time_point;

struct FreePostgresResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, FreePostgresResult>;

/// A prepared statement with its parameters, in PostgreSQL's binary form.
struct PostgresCall {
  std::string about;  ///< begins the message when it fails: "table gps"
  std::string statement;
  std::vector<std::optional<std::string>> parameters;  ///< nothing: null
};

/// The link is gone or did not answer in time; what was asked may be asked again on another connection.
struct ConnectionLost {
  std::string why;
};

/// Used by one thread at a time. Whatever throws ConnectionLost leaves a connection that is only good for destruction.
class PostgresConnection {
 public:
  /// Throws ConnectionLost when the server cannot be reached or refuses, Error::kInvalidInput for a URL that is none.
  /// No message holds a password.
  PostgresConnection(const std::string& url, Deadline deadline);

  /// Runs one statement or several; returns the last one's rows, as texts.
  /// Here and below: throws ConnectionLost, Error::kUnavailable when the server cannot answer now, and
  /// Error::kIncompatible when it never will (no such table, no permission).
  PostgresResult query(const std::string& sql, Deadline deadline);

  /// `types` are the OIDs of the parameters.
  void prepare(const std::string& statement, const std::string& sql, std::span<const Oid> types, Deadline deadline);

  /// Calls all of them in one round trip; one result each, in binary form.
  std::vector<PostgresResult> call(std::span<const PostgresCall> calls, Deadline deadline);

  /// "lender at db.example:5432".
  std::string describe() const;

 private:
  struct Close {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };

  void connect(Deadline deadline);
  void send(int sent);
  void flush(Deadline deadline);
  void wait(bool for_write, Deadline deadline);
  PostgresResult next_result(Deadline deadline);
  [[noreturn]] void lost() const;

  std::unique_ptr<PGconn, Close> connection_;
};

/// `text` as a literal, in single quotes.
std::string quoted_literal(std::string_view text);

}  // namespace asof
