// libpq. Its messages are kept where they help and cut to one line; the URL, which holds the password, is never in one.
#include "sources/postgres_session.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/format.h"

namespace asof {
namespace {

/// How long to wait for a server that does not answer, unless the URL says otherwise.
constexpr const char* kConnectTimeoutSeconds = "10";

// Numbers of PostgreSQL's built-in types (pg_type.dat); they never change.
struct KnownType {
  Oid oid;
  ColumnType type;
  bool by_text;
};
constexpr std::array kKnownTypes = {
    KnownType{16, ColumnType::kBoolean, false},  // boolean
    KnownType{20, ColumnType::kInteger, false},  // bigint
    KnownType{21, ColumnType::kInteger, false},  // smallint
    KnownType{23, ColumnType::kInteger, false},  // integer
    KnownType{25, ColumnType::kText, false},     // text
    KnownType{700, ColumnType::kReal, false},    // real
    KnownType{701, ColumnType::kReal, false},    // double precision
    KnownType{1043, ColumnType::kText, false},   // varchar
    KnownType{1082, ColumnType::kTime, false},   // date
    KnownType{1114, ColumnType::kTime, false},   // timestamp
    KnownType{1184, ColumnType::kTime, false},   // timestamptz
    KnownType{1700, ColumnType::kReal, true},    // numeric: its text is exact, and read as CSV's is
};
constexpr Oid kBytes = 17;

/// What libpq says when it cannot connect, and what that means.
struct Refusal {
  std::string_view part;
  Error::Kind kind;
};
constexpr std::array kRefusals = {
    Refusal{"password", Error::kInvalidInput},    Refusal{"authentication", Error::kInvalidInput},
    Refusal{"pg_hba.conf", Error::kInvalidInput}, Refusal{"role \"", Error::kInvalidInput},
    Refusal{"database \"", Error::kNotFound},
};

/// The message without what libpq puts around it.
std::string first_sentence(std::string_view message) {
  for (const std::string_view lead : {"FATAL:  ", "ERROR:  ", "failed: "}) {
    if (const std::size_t at = message.find(lead); at != std::string_view::npos)
      message.remove_prefix(at + lead.size());
  }
  return std::string(message.substr(0, message.find('\n')));
}

std::string or_default(const char* value) { return value == nullptr || *value == '\0' ? "(default)" : value; }

}  // namespace

void PostgresSession::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }
void PostgresSession::Clear::operator()(pg_result* result) const { PQclear(result); }

PostgresSession::PostgresSession(const std::string& url) : url_(url) {
  connect();
  checked(PQexec(connection_.get(), "SET default_transaction_read_only = on"));
}

void PostgresSession::connect() {
  // A URL that cannot be parsed is not shown, and neither is libpq's complaint, which quotes it.
  char* complaint = nullptr;
  PQconninfoOption* const parts = PQconninfoParse(url_.c_str(), &complaint);
  PQconninfoFree(parts);
  PQfreemem(complaint);
  if (parts == nullptr) {
    throw Error(Error::kInvalidInput,
                "the address of the PostgreSQL database cannot be read; expected "
                "postgresql://user:password@host:port/database");
  }
  const std::array<const char*, 5> names = {"connect_timeout", "dbname", "client_encoding", "application_name",
                                            nullptr};
  const std::array<const char*, 5> values = {kConnectTimeoutSeconds, url_.c_str(), "UTF8", "asof", nullptr};
  constexpr int kExpandUrl = 1;
  connection_.reset(PQconnectdbParams(names.data(), values.data(), kExpandUrl));
  if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK) fail_to_connect();
  user_ = or_default(PQuser(connection_.get()));
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

void PostgresSession::fail_to_connect() {
  const std::string reason = first_sentence(PQerrorMessage(connection_.get()));
  const auto found = std::ranges::find_if(
      kRefusals, [&](const Refusal& refusal) { return reason.find(refusal.part) != std::string::npos; });
  const Error::Kind kind = found == kRefusals.end() ? Error::kUnavailable : found->kind;
  throw Error(kind, format("PostgreSQL at {}:{}, database {}, cannot be reached as user {}: {}",
                           or_default(PQhost(connection_.get())), or_default(PQport(connection_.get())),
                           or_default(PQdb(connection_.get())), or_default(PQuser(connection_.get())), reason));
}

PostgresSession::Result PostgresSession::checked(pg_result* result) {
  Result owned(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return owned;
  if (status == PGRES_EMPTY_QUERY || status == PGRES_COPY_OUT || status == PGRES_COPY_IN) {
    throw Error(Error::kInvalidInput, "it is not a query that gives rows");
  }
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr) {  // the connection broke
    throw Error(Error::kUnavailable,
                format("PostgreSQL went away: {}", first_sentence(PQerrorMessage(connection_.get()))));
  }
  throw SqlError(primary == nullptr ? "unknown reason" : primary, state);
}

std::vector<PostgresColumn> PostgresSession::describe(const std::string& query) {
  checked(PQprepare(connection_.get(), "", query.c_str(), 0, nullptr));
  const Result described = checked(PQdescribePrepared(connection_.get(), ""));
  std::vector<PostgresColumn> columns;
  std::vector<unsigned> types;
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    columns.push_back({.name = PQfname(described.get(), i)});
    types.push_back(PQftype(described.get(), i));
  }
  look_up_types(types, columns);
  return columns;
}

void PostgresSession::look_up_types(std::span<const unsigned> types, std::vector<PostgresColumn>& columns) {
  std::string list;
  for (const unsigned type : types) list += format("{}{}", list.empty() ? "" : ",", type);
  if (list.empty()) return;
  const std::string query =
      "SELECT oid, typcategory, pg_catalog.format_type(oid, NULL) FROM pg_catalog.pg_type WHERE oid IN (" + list + ")";
  const Result rows = checked(PQexec(connection_.get(), query.c_str()));
  struct Description {
    char category;
    std::string name;
  };
  std::map<std::string, Description> described;
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    described[PQgetvalue(rows.get(), row, 0)] = {*PQgetvalue(rows.get(), row, 1), PQgetvalue(rows.get(), row, 2)};
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Description& description = described[format("{}", types[i])];
    columns[i].type_name = description.name;
    const auto known = std::ranges::find(kKnownTypes, types[i], &KnownType::oid);
    if (known != kKnownTypes.end()) {
      columns[i].type = known->type;
      columns[i].by_text = known->by_text;
      continue;
    }
    const bool nested = description.category == 'A' || description.category == 'C' || description.category == 'P';
    if (nested || types[i] == kBytes) continue;
    columns[i].type = ColumnType::kText;  // uuid, enumerations, char(n), json, ...
    columns[i].by_text = true;
  }
}

std::vector<std::string> PostgresSession::texts(const std::string& query) {
  const Result rows = checked(PQexec(connection_.get(), query.c_str()));
  std::vector<std::string> result;
  for (int row = 0; row < PQntuples(rows.get()); ++row) result.emplace_back(PQgetvalue(rows.get(), row, 0));
  return result;
}

}  // namespace asof
