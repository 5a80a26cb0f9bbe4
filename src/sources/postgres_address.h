// Where a table in PostgreSQL is: `postgres:URL#table`, `#schema.view` or `#select ...`.
#pragma once

#include <string>
#include <string_view>

namespace asof {

struct PostgresAddress {
  std::string url;       ///< may hold a password: never shown
  std::string relation;  ///< a table's or view's name, or a query
  bool is_query = false;

  /// What stands after FROM, without an alias: `"schema"."view"`, or the query in parentheses, where nothing but one
  /// query can stand.
  std::string relation_sql() const;
};

/// Throws Error::kInvalidInput when no table is named.
PostgresAddress read_postgres_address(std::string_view from);

/// `name` as an identifier, in double quotes.
std::string quoted_identifier(std::string_view name);

}  // namespace asof
