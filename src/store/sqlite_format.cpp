#include "store/sqlite_format.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "base/json.h"
#include "sources/postgres_address.h"

namespace asof {
namespace {

/// "asof" in ASCII: what tells a store from other SQLite databases.
constexpr std::int64_t kApplicationId = 0x61736f66;

/// The statements that lead from format i to format i + 1.
constexpr std::array<std::string_view, kStoreFormat> kMigrations = {
    "CREATE TABLE asof_tables (name TEXT NOT NULL PRIMARY KEY, definition TEXT NOT NULL, time_zone TEXT NOT NULL) "
    "WITHOUT ROWID, STRICT",

    "CREATE TABLE asof_state (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), known_until INTEGER NOT NULL, "
    "erasures INTEGER NOT NULL, entries INTEGER NOT NULL, head BLOB NOT NULL) STRICT; "
    "INSERT INTO asof_state VALUES (1, 0, 0, 0, zeroblob(32)); "
    "CREATE TABLE asof_decisions (sequence INTEGER PRIMARY KEY, previous BLOB NOT NULL, entry TEXT NOT NULL, "
    "commitment BLOB NOT NULL, hash BLOB NOT NULL, user ANY, salt BLOB, payload TEXT) STRICT",
};

/// A new file is there after a loss of power when its folder is synced.
void sync_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = handle >= 0 && ::fsync(handle) == 0;
  if (handle >= 0) ::close(handle);
  if (!synced) throw Error(Error::kUnavailable, format("folder {} cannot be synced to disk", folder.string()));
}

std::int64_t format_of(const SqliteConnection& store) { return store.integer("PRAGMA user_version"); }

/// The knowledge clock begins after the rows that are there already.
void start_knowledge_clock(const SqliteConnection& store) {
  for (const StoredTable& table : stored_tables(store)) {
    store.run(format("UPDATE asof_state SET known_until = max(known_until, (SELECT coalesce(max({}), 0) FROM {}))",
                     kStoredAt, quoted_identifier(table.spec.name)));
  }
}

void migrate(const SqliteConnection& store) {
  SqliteTransaction transaction(store);
  const std::int64_t from_format = format_of(store);
  for (std::int64_t from = from_format; from < kStoreFormat; ++from)
    store.run(std::string(kMigrations.at(static_cast<std::size_t>(from))));
  if (from_format < 2) start_knowledge_clock(store);
  store.run(format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kStoreFormat));
  transaction.commit();
}

void check_is_store(const SqliteConnection& store) {
  if (store.integer("PRAGMA application_id") != kApplicationId) {
    throw Error(Error::kIncompatible,
                format("{} is an SQLite database, but not a store of asof; name another file", store.file().string()));
  }
  if (const std::int64_t found = format_of(store); found > kStoreFormat) {
    throw Error(Error::kIncompatible,
                format("store {} has format {}, and this asof reads formats up to {}; use the asof that wrote it, or a "
                       "newer one",
                       store.file().string(), found, kStoreFormat));
  }
}

/// For reals ANY: the type REAL of SQLite makes 0 of -0.
std::string_view sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
      return "TEXT";
    case ColumnType::kReal:
      return "ANY";
    case ColumnType::kInteger:
    case ColumnType::kBoolean:
    case ColumnType::kTime:
      break;
  }
  return "INTEGER";
}

std::string in_lower_case(std::string_view name) {
  std::string lower(name);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

/// SQLite takes `Id` and `id` for one name; what begins with asof_ or sqlite_ is not for users.
void check_name(std::string_view what, const std::string& name, std::set<std::string>& taken) {
  const std::string lower = in_lower_case(name);
  if (lower.starts_with("asof_") || lower.starts_with("sqlite_")) {
    throw Error(
        Error::kInvalidInput,
        format("{} `{}`: names that begin with `asof_` or `sqlite_` belong to the store; rename it", what, name));
  }
  if (!taken.insert(lower).second) {
    throw Error(
        Error::kInvalidInput,
        format("{} `{}`: another one has this name in other case, which the store cannot tell apart; rename one", what,
               name));
  }
}

void check_names(const SqliteConnection& store, const TableSpec& spec) {
  std::set<std::string> tables;
  for (const StoredTable& other : stored_tables(store)) tables.insert(in_lower_case(other.spec.name));
  check_name("table", spec.name, tables);
  std::set<std::string> columns;
  for (const auto& [name, column] : spec.columns) check_name(format("table {}: column", spec.name), name, columns);
}

Json definition_of(const StoredTable& table) {
  TableSpec kept{.name = table.spec.name,
                 .role = table.spec.role,
                 .entity = table.spec.entity,
                 .time = table.spec.time,
                 .id = table.spec.id,
                 .columns = table.spec.columns};
  return to_json_value(kept);
}

}  // namespace

SqliteConnection open_store(const std::filesystem::path& file, SqliteConnection::Access access) {
  using enum SqliteConnection::Access;
  SqliteConnection store(file, access);
  const bool empty = access == kCreate && store.integer("SELECT count(*) FROM sqlite_schema") == 0 &&
                     store.integer("PRAGMA application_id") == 0;
  if (empty) {
    sync_folder_of(file);
    store.run("PRAGMA journal_mode = WAL");
    migrate(store);
    return store;
  }
  check_is_store(store);
  if (format_of(store) < kStoreFormat) migrate(SqliteConnection(file, kWrite));
  return store;
}

std::vector<StoredTable> stored_tables(const SqliteConnection& store) {
  std::vector<StoredTable> tables;
  SqliteStatement rows = store.prepare("SELECT definition, time_zone FROM asof_tables ORDER BY name");
  while (rows.step()) tables.push_back({table_spec_from_json(parse_json(rows.text(0))), std::string(rows.text(1))});
  return tables;
}

void create_table(const SqliteConnection& store, const StoredTable& table) {
  check_names(store, table.spec);
  const std::vector<std::string> key = table.key();
  std::string terms;
  std::string key_terms;
  for (const std::string& name : key) {
    const bool own = !table.spec.columns.contains(name);
    const std::string_view type = own ? (name == kCopy ? "INTEGER" : "BLOB") : sql_type(table.type(name));
    terms += format("{} {} NOT NULL, ", quoted_identifier(name), type);
    key_terms += (key_terms.empty() ? "" : ", ") + quoted_identifier(name);
  }
  terms += format("{} INTEGER NOT NULL, ", kStoredAt);
  for (const std::string& name : table.columns()) {
    if (std::ranges::find(key, name) == key.end())
      terms += format("{} {}, ", quoted_identifier(name), sql_type(table.type(name)));
  }
  store.run(format("CREATE TABLE {} ({}PRIMARY KEY ({})) WITHOUT ROWID, STRICT", quoted_identifier(table.spec.name),
                   terms, key_terms));
  SqliteStatement add = store.prepare("INSERT INTO asof_tables (name, definition, time_zone) VALUES (?, ?, ?)");
  const std::string definition = to_json(definition_of(table));
  add.bind(0, std::string_view(table.spec.name));
  add.bind(1, std::string_view(definition));
  add.bind(2, std::string_view(table.time_zone));
  add.run();
}

}  // namespace asof
