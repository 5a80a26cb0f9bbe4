#include "store/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

/// libpq's messages end with line breaks; ours are one sentence.
std::string one_line(std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.remove_suffix(1);
  std::string line;
  for (const char letter : message) {
    if (letter == '\n' || letter == '\t') {
      if (!line.ends_with(' ')) line += ' ';
    } else {
      line += letter;
    }
  }
  return line;
}

/// libpq quotes a URL that it cannot read, password and all: such a one is refused here first, without its words.
void check_url(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(url.c_str(), &message));
  PQfreemem(message);
  if (options == nullptr) {
    throw Error(
        Error::kInvalidInput,
        "the PostgreSQL connection URL cannot be read (it is not shown, for it may hold a password); expected the form "
        "postgresql://user@host:5432/database, with special characters percent-encoded");
  }
}

/// SQLSTATE classes of troubles that pass: connection, transaction rollback, resources, operator, system, timeout.
bool passes_by(std::string_view sqlstate) {
  static constexpr std::string_view kClasses[] = {"08", "25", "40", "53", "57", "58"};
  return std::ranges::any_of(kClasses, [&](std::string_view start) { return sqlstate.starts_with(start); });
}

/// Throws for a result that says that something failed, beginning with `about`.
void check_result(const PGresult* result, std::string_view about = {}) {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_FATAL_ERROR && status != PGRES_BAD_RESPONSE && status != PGRES_NONFATAL_ERROR) return;
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = one_line(primary != nullptr ? primary : PQresultErrorMessage(result));
  const bool temporary = sqlstate == nullptr || passes_by(sqlstate);
  throw Error(temporary ? Error::kUnavailable : Error::kIncompatible,
              format("{}{}PostgreSQL says: {}", about, about.empty() ? "" : ": ", message));
}

}  // namespace

PostgresConnection::PostgresConnection(const std::string& url, Deadline deadline) {
  check_url(url);
  const char* const keywords[] = {"dbname", "fallback_application_name", nullptr};
  const char* const values[] = {url.c_str(), "asof", nullptr};
  connection_.reset(PQconnectStartParams(keywords, values, 1));
  if (connection_ == nullptr) throw std::bad_alloc();
  connect(deadline);
  PQsetnonblocking(connection_.get(), 1);
}

void PostgresConnection::connect(Deadline deadline) {
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (PQstatus(connection_.get()) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) lost();
    wait(state == PGRES_POLLING_WRITING, deadline);
    state = PQconnectPoll(connection_.get());
  }
}

void PostgresConnection::wait(bool for_write, Deadline deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) throw ConnectionLost{format("PostgreSQL {} did not answer in time", describe())};
    pollfd ready{.fd = PQsocket(connection_.get()),
                 .events = static_cast<short>(for_write ? POLLOUT | POLLIN : POLLIN),
                 .revents = 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1000)));
    if (count > 0) return;
    if (count < 0 && errno != EINTR)
      throw ConnectionLost{format("waiting for PostgreSQL failed: {}", std::strerror(errno))};
  }
}

void PostgresConnection::send(int sent) {
  if (sent != 1) lost();
}

void PostgresConnection::flush(Deadline deadline) {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return;
    if (left < 0) lost();
    wait(true, deadline);
    // The server may want to be read from before it reads on.
    if (PQconsumeInput(connection_.get()) != 1) lost();
  }
}

PostgresResult PostgresConnection::next_result(Deadline deadline) {
  while (PQisBusy(connection_.get()) != 0) {
    wait(false, deadline);
    if (PQconsumeInput(connection_.get()) != 1) lost();
  }
  PostgresResult result(PQgetResult(connection_.get()));
  if (PQstatus(connection_.get()) == CONNECTION_BAD) lost();
  return result;
}

void PostgresConnection::lost() const {
  throw ConnectionLost{format("PostgreSQL {}: {}", describe(), one_line(PQerrorMessage(connection_.get())))};
}

PostgresResult PostgresConnection::query(const std::string& sql, Deadline deadline) {
  send(PQsendQuery(connection_.get(), sql.c_str()));
  flush(deadline);
  PostgresResult last;
  PostgresResult failed;
  while (PostgresResult result = next_result(deadline)) {
    (PQresultStatus(result.get()) == PGRES_FATAL_ERROR ? failed : last) = std::move(result);
  }
  if (failed != nullptr) check_result(failed.get());
  return last;
}

void PostgresConnection::prepare(const std::string& statement, const std::string& sql, std::span<const Oid> types,
                                 Deadline deadline) {
  send(PQsendPrepare(connection_.get(), statement.c_str(), sql.c_str(), static_cast<int>(types.size()), types.data()));
  flush(deadline);
  PostgresResult failed;
  while (PostgresResult result = next_result(deadline)) {
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) failed = std::move(result);
  }
  if (failed != nullptr) check_result(failed.get());
}

std::vector<PostgresResult> PostgresConnection::call(std::span<const PostgresCall> calls, Deadline deadline) {
  PGconn* connection = connection_.get();
  send(PQenterPipelineMode(connection));
  for (const PostgresCall& call : calls) {
    std::vector<const char*> values;
    std::vector<int> lengths;
    for (const std::optional<std::string>& parameter : call.parameters) {
      values.push_back(parameter ? parameter->data() : nullptr);
      lengths.push_back(parameter ? static_cast<int>(parameter->size()) : 0);
    }
    const std::vector<int> binary(values.size(), 1);
    send(PQsendQueryPrepared(connection, call.statement.c_str(), static_cast<int>(values.size()), values.data(),
                             lengths.data(), binary.data(), 1));
  }
  send(PQpipelineSync(connection));
  flush(deadline);

  // Each call gives its result and then a null; after a failed one the others are marked as aborted.
  std::vector<PostgresResult> results;
  PostgresResult failed;
  std::string_view about;
  for (std::size_t nulls = 0; nulls <= calls.size();) {
    PostgresResult result = next_result(deadline);
    if (result == nullptr) {
      ++nulls;
      continue;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_TUPLES_OK) {
      results.push_back(std::move(result));
    } else if (status != PGRES_PIPELINE_ABORTED && failed == nullptr) {
      failed = std::move(result);
      about = calls[results.size()].about;
    }
  }
  send(PQexitPipelineMode(connection));
  if (failed != nullptr) check_result(failed.get(), about);
  return results;
}

std::string PostgresConnection::describe() const {
  const auto shown = [](const char* text) { return text == nullptr ? "" : text; };
  const PGconn* connection = connection_.get();
  return format("{} at {}:{}", shown(PQdb(connection)), shown(PQhost(connection)), shown(PQport(connection)));
}

std::string quoted_literal(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) quoted.append(letter == '\'' ? 2 : 1, letter);
  return quoted += '\'';
}

}  // namespace asof
