#include "store/sqlite.h"

#include <algorithm>

#include "base/format.h"

namespace asof {
namespace {

/// How long a statement waits for another process that is writing.
constexpr int kBusyMilliseconds = 10'000;
/// Pages that a writer keeps in memory: rows of many users are inserted between two syncs.
constexpr int kWriterCacheKibibytes = 128 << 10;
constexpr int kReaderCacheKibibytes = 8 << 10;

/// Statements of a connection that are kept though nobody uses them.
constexpr std::size_t kIdleStatements = 32;

constexpr int kPrimaryCode = 0xff;  // of an extended code

Error::Kind kind_of(int code) {
  switch (code & kPrimaryCode) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
      return Error::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
      return Error::kIncompatible;
    case SQLITE_TOOBIG:
      return Error::kInvalidInput;
    default:
      return Error::kInternal;
  }
}

std::string_view advice_on(int code) {
  switch (code & kPrimaryCode) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program is writing to it; try again";
    case SQLITE_FULL:
      return "free some space on its disk";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "its folder must be there, and this user must be allowed to write in it";
    case SQLITE_IOERR:
      return "its disk failed; look at the system's log, and start again when it is sound";
    case SQLITE_CORRUPT:
      return "it is damaged; put a backup in its place";
    case SQLITE_NOTADB:
      return "it is no SQLite database";
    default:
      return "";
  }
}

std::filesystem::path file_of(sqlite3* database) {
  const char* name = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  return name == nullptr ? "" : name;
}

void refuse(int code, sqlite3* database, const std::string& file) {
  const std::string why = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  const std::string_view advice = advice_on(code);
  throw SqliteError(kind_of(code), format("store {}: {}{}{}", file, why, advice.empty() ? "" : "; ", advice), code);
}

}  // namespace

bool SqliteError::disk_failed() const noexcept { return (code_ & kPrimaryCode) == SQLITE_IOERR; }

void check_sqlite(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  refuse(code, database, file_of(database).string());
}

IdleStatements::IdleStatements() { statements_.reserve(kIdleStatements + 1); }

IdleStatements::~IdleStatements() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
}

sqlite3_stmt* IdleStatements::take(std::string_view sql) {
  const auto place =
      std::ranges::find(statements_, sql, [](sqlite3_stmt* one) -> std::string_view { return sqlite3_sql(one); });
  if (place == statements_.end()) return nullptr;
  sqlite3_stmt* statement = *place;
  statements_.erase(place);
  return statement;
}

void IdleStatements::give(sqlite3_stmt* statement) noexcept {
  if (statement == nullptr) return;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  statements_.push_back(statement);
  if (statements_.size() <= kIdleStatements) return;
  sqlite3_finalize(statements_.front());
  statements_.erase(statements_.begin());
}

SqliteStatement::SqliteStatement(sqlite3* database, const std::shared_ptr<IdleStatements>& idle, std::string_view sql)
    : statement_(idle->take(sql), GiveBack{idle}) {
  if (statement_) return;
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  statement_.reset(statement);
  check_sqlite(code, database);
}

void SqliteStatement::bind_missing(int parameter) {
  check_sqlite(sqlite3_bind_null(statement_.get(), parameter + 1), sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind(int parameter, std::int64_t value) {
  check_sqlite(sqlite3_bind_int64(statement_.get(), parameter + 1, value), sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind(int parameter, double value) {
  check_sqlite(sqlite3_bind_double(statement_.get(), parameter + 1, value), sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind(int parameter, std::string_view text) {
  // An empty view may point nowhere, which SQLite would take for a null.
  const char* bytes = text.empty() ? "" : text.data();
  check_sqlite(sqlite3_bind_text64(statement_.get(), parameter + 1, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8),
               sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind_blob(int parameter, std::string_view bytes) {
  check_sqlite(sqlite3_bind_blob64(statement_.get(), parameter + 1, bytes.data(), bytes.size(), SQLITE_STATIC),
               sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind_key(int parameter, const EntityKey& key) {
  if (const auto* number = std::get_if<std::int64_t>(&key)) {
    bind(parameter, *number);
  } else {
    bind(parameter, std::string_view(std::get<std::string>(key)));
  }
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  // The message is the connection's, so it is read before the statement is reset.
  try {
    check_sqlite(code, sqlite3_db_handle(statement_.get()));
  } catch (...) {
    reset();
    throw;
  }
  return false;
}

void SqliteStatement::reset() noexcept { sqlite3_reset(statement_.get()); }

void SqliteStatement::run() {
  while (step()) {
  }
  reset();
}

std::string_view SqliteStatement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

SqliteConnection::SqliteConnection(const std::filesystem::path& file, Access access) : file_(file) {
  if (access != Access::kCreate && !std::filesystem::exists(file)) {
    throw Error(Error::kNotFound, format("there is no store at {}; make one with `asof ingest --store {}`",
                                         file.string(), file.string()));
  }
  const int create = access == Access::kCreate ? SQLITE_OPEN_CREATE : 0;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(
      file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | create, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) refuse(code, database, file.string());
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  if (access == Access::kRead) {
    run(format("PRAGMA query_only = ON; PRAGMA cache_size = -{}", kReaderCacheKibibytes));
  } else {
    run(format("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -{}", kWriterCacheKibibytes));
  }
}

void SqliteConnection::run(const std::string& sql) const {
  check_sqlite(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr), database_.get());
}

std::int64_t SqliteConnection::integer(std::string_view sql) const {
  SqliteStatement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string SqliteConnection::text(std::string_view sql) const {
  SqliteStatement statement = prepare(sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

SqliteTransaction::SqliteTransaction(const SqliteConnection& connection) : connection_(connection) {
  connection_.prepare("BEGIN IMMEDIATE").run();
}

SqliteTransaction::~SqliteTransaction() {
  if (open_) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteTransaction::commit() {
  connection_.prepare("COMMIT").run();
  open_ = false;
}

}  // namespace asof
