#include "store/erase.h"

#include <utility>

#include "base/files.h"
#include "base/format.h"
#include "sources/postgres_address.h"
#include "store/decision_chain.h"
#include "store/sqlite_format.h"

namespace asof {
namespace {

std::size_t erase_from(const SqliteConnection& store, const StoredTable& table, const EntityKey& user) {
  const bool integer = std::holds_alternative<std::int64_t>(user);
  if (integer != (table.type(table.spec.entity) == ColumnType::kInteger)) return 0;
  SqliteStatement erase = store.prepare(
      format("DELETE FROM {} WHERE {} = ?", quoted_identifier(table.spec.name), quoted_identifier(table.spec.entity)));
  erase.bind_key(0, user);
  erase.run();
  return static_cast<std::size_t>(store.changes());
}

/// Deleting overwrites a row where it stands, but moving rows between pages may have left a copy in unused space; only
/// writing every page anew is sure. Then the log, which holds older pages, is emptied.
void leave_no_byte(const SqliteConnection& store) {
  store.run("VACUUM");
  SqliteStatement checkpoint = store.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  const bool busy = checkpoint.step() && checkpoint.integer(0) != 0;
  checkpoint.reset();
  if (busy) {
    throw Error(Error::kUnavailable,
                format("store {}: the rows are erased, but another program keeps reading the old state, so their bytes "
                       "are still in the file or its log; erase again when it has finished",
                       store.file().string()));
  }
}

class OnlineBackup {
 public:
  OnlineBackup(const SqliteConnection& from, const SqliteConnection& to)
      : to_(to), backup_(sqlite3_backup_init(to.handle(), "main", from.handle(), "main")) {
    if (backup_ == nullptr) check_sqlite(sqlite3_errcode(to.handle()), to.handle());
  }
  ~OnlineBackup() { finish(); }
  OnlineBackup(const OnlineBackup&) = delete;
  OnlineBackup& operator=(const OnlineBackup&) = delete;

  void copy_all() {
    constexpr int kAllPages = -1;  // in one step, so that it is the state of one moment
    const int code = sqlite3_backup_step(backup_, kAllPages);
    if (code != SQLITE_DONE) {
      finish();
      check_sqlite(code, to_.handle());
    }
    check_sqlite(finish(), to_.handle());
  }

 private:
  int finish() { return sqlite3_backup_finish(std::exchange(backup_, nullptr)); }

  const SqliteConnection& to_;
  sqlite3_backup* backup_;
};

}  // namespace

Erased erase_user(const SqliteConnection& store, const EntityKey& user, Timestamp now) {
  Erased erased;
  SqliteTransaction transaction(store);
  for (const StoredTable& table : stored_tables(store))
    erased.rows.emplace_back(table.spec.name, erase_from(store, table, user));
  erased.decisions = empty_decisions_of(store, user, now);
  store.run("UPDATE asof_state SET erasures = erasures + 1");
  transaction.commit();
  leave_no_byte(store);
  return erased;
}

void back_up(const SqliteConnection& store, const std::filesystem::path& out) {
  Staged staged(out);
  {
    const SqliteConnection copy(staged.path(), SqliteConnection::Access::kCreate);
    OnlineBackup(store, copy).copy_all();
    copy.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  // What a killed program left beside a file of that name is not of the copy: SQLite would apply it.
  for (const char* ending : {"-wal", "-shm"}) std::filesystem::remove(out.string() + ending);
  staged.commit();
}

}  // namespace asof
