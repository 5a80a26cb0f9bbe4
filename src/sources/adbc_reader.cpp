#include "sources/adbc_reader.h"

#include <arrow-adbc/adbc.h>
#include <arrow-adbc/adbc_driver_manager.h>
#include <arrow/api.h>
#include <arrow/c/bridge.h>

#include <filesystem>
#include <vector>

#include "base/format.h"
#include "sources/arrow_status.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

/// The driver lies beside the program: bin/<program>, lib/<driver>.
std::string driver_path() {
  const fs::path driver =
      fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "lib" / ASOF_ADBC_POSTGRESQL_DRIVER;
  if (!fs::exists(driver)) {
    throw Error(Error::kInternal, format("the PostgreSQL driver {} is missing; install asof again", driver.string()));
  }
  return driver.string();
}

/// What a driver says went wrong, released at the end of its life.
class Failure {
 public:
  Failure() = default;
  ~Failure() {
    if (error_.release != nullptr) error_.release(&error_);
  }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;

  AdbcError* out() { return &error_; }

  void check(AdbcStatusCode status) const {
    if (status == ADBC_STATUS_OK) return;
    const std::string message = error_.message == nullptr ? AdbcStatusCodeMessage(status) : error_.message;
    const auto kind = status == ADBC_STATUS_IO ? Error::kUnavailable : Error::kInvalidInput;
    throw Error(kind, format("PostgreSQL: {}", message.substr(0, message.find('\n'))));
  }

 private:
  AdbcError error_ = ADBC_ERROR_INIT;
};

template <class... Arguments, class... Given>
void call(AdbcStatusCode (*function)(Arguments...), Given... given) {
  Failure failure;
  failure.check(function(given..., failure.out()));
}

/// A database, connection or statement of the driver.
template <class Object, AdbcStatusCode (*release)(Object*, AdbcError*)>
struct Handle {
  Object object{};

  Handle() = default;
  ~Handle() {
    Failure ignored;
    if (object.private_data != nullptr) release(&object, ignored.out());
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
};
using Database = Handle<AdbcDatabase, AdbcDatabaseRelease>;
using Connection = Handle<AdbcConnection, AdbcConnectionRelease>;
using Statement = Handle<AdbcStatement, AdbcStatementRelease>;

/// Runs a statement; its rows go to `stream`, or nowhere.
void run(Connection& connection, Statement& statement, const std::string& sql, ArrowArrayStream* stream) {
  call(AdbcStatementNew, &connection.object, &statement.object);
  call(AdbcStatementSetSqlQuery, &statement.object, sql.c_str());
  call(AdbcStatementExecuteQuery, &statement.object, stream, static_cast<std::int64_t*>(nullptr));
}

}  // namespace

std::shared_ptr<arrow::Table> read_by_adbc(const std::string& url, std::span<const std::string> setup,
                                           const std::string& query,
                                           const std::function<void(std::int64_t rows)>& on_rows) {
  Database database;
  call(AdbcDatabaseNew, &database.object);
  call(AdbcDatabaseSetOption, &database.object, "driver", driver_path().c_str());
  call(AdbcDatabaseSetOption, &database.object, "uri", url.c_str());
  call(AdbcDatabaseInit, &database.object);
  Connection connection;
  call(AdbcConnectionNew, &connection.object);
  call(AdbcConnectionInit, &connection.object, &database.object);
  for (const std::string& sql : setup) {
    Statement statement;
    run(connection, statement, sql, nullptr);
  }

  Statement statement;
  ArrowArrayStream stream{};
  run(connection, statement, query, &stream);
  const auto reader = check(arrow::ImportRecordBatchReader(&stream), "PostgreSQL's rows cannot be read");
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  std::int64_t rows = 0;
  while (const auto batch = check(reader->Next(), "PostgreSQL's rows cannot be read")) {
    batches.push_back(batch);
    rows += batch->num_rows();
    on_rows(rows);
  }
  return check(arrow::Table::FromRecordBatches(reader->schema(), batches), "PostgreSQL's rows cannot be read");
}

}  // namespace asof
