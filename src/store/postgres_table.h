// One table in PostgreSQL: the statement that reads a user's rows, and its rows as columns, value for value those that
// a bulk read delivers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sources/postgres_address.h"
#include "store/postgres_connection.h"
#include "store/user_store.h"

namespace asof {

/// How a column travels: PostgreSQL's binary form of a type that we read, or, for all other types, as text.
struct ServedColumn {
  ColumnRequest request;
  Oid type = 0;          ///< in the database
  bool as_text = false;  ///< selected with a cast to text
};

class PostgresTable {
 public:
  /// Asks the database for the types of the columns. `statement` names the prepared statement. Throws
  /// Error::kIncompatible naming table and column, and what `connection` throws.
  PostgresTable(ServedTable served, const PostgresAddress& address, std::string statement,
                PostgresConnection& connection, Deadline deadline);

  const TableSpec& spec() const { return served_.spec; }

  void prepare(PostgresConnection& connection, Deadline deadline) const;

  /// The call that selects the rows of `user`, at least all those with `time <= until`.
  PostgresCall call(const EntityKey& user, Timestamp until) const;

  /// Throws Error naming table and column for a value that does not fit.
  Table decode(const PGresult& result, const TimeZone& zone) const;

  /// The line that creates the index which `call` needs; nothing when there is one, or when this is a view or a query.
  std::optional<std::string> missing_index(PostgresConnection& connection, Deadline deadline) const;

 private:
  /// How `time <= until` is said to the database.
  enum class TimeBound { kNone, kMoment, kLocal, kEpoch };

  void learn_types(PostgresConnection& connection, Deadline deadline);
  void plan_conditions();
  const ServedColumn& column(const std::string& name) const;
  std::string where() const;

  ServedTable served_;
  bool is_query_;
  std::string relation_;  // as SQL
  std::string statement_;
  std::vector<ServedColumn> columns_;
  std::string entity_term_;  // what is compared with $1
  Oid entity_parameter_ = 0;
  TimeBound time_bound_ = TimeBound::kNone;
  std::vector<Oid> parameter_types_;
};

}  // namespace asof
