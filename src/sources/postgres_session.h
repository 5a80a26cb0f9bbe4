// A connection to PostgreSQL for questions of few rows: which columns, which types, may we read. Always read-only.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "asof/error.h"
#include "asof/table.h"

struct pg_conn;
struct pg_result;

namespace asof {

/// A failed statement, with PostgreSQL's five-character code of why.
class SqlError : public Error {
 public:
  SqlError(const std::string& message, std::string state) : Error(kInvalidInput, message), state_(std::move(state)) {}

  const std::string& state() const { return state_; }

 private:
  std::string state_;
};

/// A column of a query's result.
struct PostgresColumn {
  std::string name;
  std::string type_name;           ///< As PostgreSQL calls it.
  std::optional<ColumnType> type;  ///< Absent: arrays, composites and bytes are no columns.
  bool by_text = false;            ///< To be read through PostgreSQL's own text form.
};

class PostgresSession {
 public:
  /// Connects. Throws an Error that says where and as whom, and never shows the password.
  explicit PostgresSession(const std::string& url);

  const std::string& url() const { return url_; }
  const std::string& user() const { return user_; }

  /// The columns that `query` would give, without running it. Throws SqlError.
  std::vector<PostgresColumn> describe(const std::string& query);

  /// The first column of a result. Throws SqlError.
  std::vector<std::string> texts(const std::string& query);

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  struct Clear {
    void operator()(pg_result* result) const;
  };
  using Result = std::unique_ptr<pg_result, Clear>;

  void connect();
  [[noreturn]] void fail_to_connect();
  Result checked(pg_result* result);
  void look_up_types(std::span<const unsigned> types, std::vector<PostgresColumn>& columns);

  std::string url_;
  std::string user_;
  std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace asof
