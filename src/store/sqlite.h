// SQLite behind two types. Every return code is checked in one place and becomes an Error that names the file.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "asof/error.h"
#include "asof/table.h"

namespace asof {

/// What SQLite refuses.
class SqliteError : public Error {
 public:
  SqliteError(Kind kind, const std::string& message, int code) : Error(kind, message), code_(code) {}

  /// The disk failed: what was written before the last commit may or may not be there.
  bool disk_failed() const noexcept;

 private:
  int code_;
};

/// Statements of one connection that were prepared and are not in use: to prepare one again takes longer than to run
/// it.
class IdleStatements {
 public:
  IdleStatements();
  ~IdleStatements();
  IdleStatements(const IdleStatements&) = delete;
  IdleStatements& operator=(const IdleStatements&) = delete;

  /// Null: there is none of that text.
  sqlite3_stmt* take(std::string_view sql);
  /// Forgets the parameters, and keeps it, or of too many the one not used longest no more.
  void give(sqlite3_stmt* statement) noexcept;

 private:
  std::vector<sqlite3_stmt*> statements_;  // the one used last stands last
};

/// A prepared statement; used by one thread at a time. Parameters and columns count from 0.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, const std::shared_ptr<IdleStatements>& idle, std::string_view sql);

  void bind_missing(int parameter);
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  /// `text` and `blob` must outlive the next `reset`.
  void bind(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  /// As an integer or a text; `key` must outlive the next `reset`.
  void bind_key(int parameter, const EntityKey& key);

  /// True: a row is there. False: done.
  bool step();
  /// Makes the statement ready to be run again; parameters keep their values.
  void reset() noexcept;
  /// Steps to the end and resets.
  void run();

  int type(int column) const { return sqlite3_column_type(statement_.get(), column); }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  /// Valid until the next `step` or `reset`.
  std::string_view text(int column) const;

 private:
  struct GiveBack {
    std::shared_ptr<IdleStatements> idle;
    void operator()(sqlite3_stmt* statement) const noexcept { idle->give(statement); }
  };
  std::unique_ptr<sqlite3_stmt, GiveBack> statement_;
};

/// One connection to a file; used by one thread at a time.
class SqliteConnection {
 public:
  enum class Access {
    kRead,    ///< no change is made through it
    kWrite,   ///< every commit is synced to disk before it returns; deleted content is overwritten with zeros
    kCreate,  ///< as kWrite; makes the file when there is none
  };

  /// Throws Error::kNotFound when there is no file, kUnavailable when it cannot be opened.
  SqliteConnection(const std::filesystem::path& file, Access access);

  const std::filesystem::path& file() const { return file_; }
  sqlite3* handle() const { return database_.get(); }

  SqliteStatement prepare(std::string_view sql) const { return {database_.get(), idle_, sql}; }
  /// Runs one or several statements for their effect.
  void run(const std::string& sql) const;
  /// The first value of the first row.
  std::int64_t integer(std::string_view sql) const;
  std::string text(std::string_view sql) const;
  /// Rows changed by the last statement.
  std::int64_t changes() const { return sqlite3_changes64(database_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> database_;
  std::shared_ptr<IdleStatements> idle_ = std::make_shared<IdleStatements>();  // gone before the database is closed
};

/// Begins to write at once; rolls back unless committed.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(const SqliteConnection& connection);
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  /// When this has returned, what was written survives a loss of power.
  void commit();

 private:
  const SqliteConnection& connection_;
  bool open_ = true;
};

/// Throws the Error of a return code that is a failure.
void check_sqlite(int code, sqlite3* database);

}  // namespace asof
