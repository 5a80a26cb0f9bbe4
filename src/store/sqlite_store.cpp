// A user's rows from a store file. A read is a few searches in trees whose pages are mostly in memory; readers never
// wait for the one writer.
#include <algorithm>
#include <limits>
#include <mutex>

#include "asof/error.h"
#include "base/format.h"
#include "features/row_filter.h"
#include "score/scorer.h"
#include "sources/cells.h"
#include "sources/conform.h"
#include "sources/postgres_address.h"
#include "sources/refusal.h"
#include "store/rows_until.h"
#include "store/sqlite_format.h"
#include "store/sqlite_writer.h"
#include "store/user_store.h"

namespace asof {
namespace {

/// A column of a table as it is read: what is stored, and what was asked for.
struct ReadColumn {
  ColumnRequest request;
  ColumnType stored = ColumnType::kReal;
};

/// A table to serve: the statement that reads a user's rows, and how its columns are delivered.
struct ReadTable {
  TableSpec spec;
  ColumnType entity_type = ColumnType::kInteger;
  std::vector<ReadColumn> columns;  ///< without the entity
  std::string sql;                  ///< parameters: entity, known until, and where there is a time, the last one
};

/// Values of one column, as they come.
class ColumnBuilder {
 public:
  ColumnBuilder(const ReadColumn& column, std::string_view table) : column_(column), table_(table) {}

  void append(const SqliteStatement& row, int index) {
    const int type = row.type(index);
    if (type != SQLITE_NULL && type != expected_type()) {
      throw Error(Error::kIncompatible,
                  format("table {}, column {}: the store holds a value of another type than {}, which asof did not "
                         "write; put a backup in its place",
                         table_, column_.request.name, to_string(column_.stored)));
    }
    const bool missing = type == SQLITE_NULL;
    if (column_.stored == ColumnType::kReal) {
      values_.reals.push_back(missing ? kMissing : row.real(index));
    } else if (column_.stored == ColumnType::kText) {
      if (!missing) bytes_ += row.text(index);
      ends_.push_back(static_cast<std::int64_t>(bytes_.size()));
    } else {
      values_.integers.push_back(missing ? kMissingInteger : row.integer(index));
    }
  }

  /// As a source would deliver the values. Throws Error naming table and column for one that does not fit.
  Column finish(const TimeZone& zone) {
    try {
      if (column_.stored == ColumnType::kText) {
        const TextCells texts{.rows = ends_.size() - 1, .bytes = bytes_.data(), .long_ends = ends_.data()};
        return read_cells({&texts, 1}, column_.request, zone, 1);
      }
      values_.type = column_.stored;
      return conform(std::move(values_), column_.request, zone);
    } catch (const CellError& error) {
      throw refusal(table_, {}, column_.request.name, error.reason);
    } catch (const Error& error) {
      throw refusal(table_, {}, column_.request.name, error.what());
    }
  }

 private:
  int expected_type() const {
    if (column_.stored == ColumnType::kReal) return SQLITE_FLOAT;
    return column_.stored == ColumnType::kText ? SQLITE_TEXT : SQLITE_INTEGER;
  }

  const ReadColumn& column_;
  std::string table_;
  Column values_;
  std::string bytes_;
  std::vector<std::int64_t> ends_ = {0};
};

/// A connection with its statements, one per table.
struct Reader {
  SqliteConnection connection;
  std::vector<SqliteStatement> statements;
};

/// Which rows of a user are read.
struct Moments {
  Timestamp until;
  Timestamp known_until;
};

constexpr Timestamp kEver{std::numeric_limits<std::int64_t>::max()};

UserRows rows_until(DecodedUsers::Logs logs, const EntityKey& user, Timestamp until, const Knowledge& knowledge) {
  const std::uint32_t entity = EntityIndex(user).find(user);
  UserRows rows{.logs = std::move(logs), .history = {}, .knowledge = knowledge};
  for (const auto& log : rows.logs) rows.history.push_back({log.get(), rows_until(*log, entity, until)});
  return rows;
}

class SqliteStore final : public UserStore {
 public:
  SqliteStore(std::filesystem::path file, const std::vector<ServedTable>& tables, const TimeZone& zone,
              const SqliteStoreOptions& options);

  UserRows read(const EntityKey& user, Timestamp until) const override;
  UserRows read_as_known(const EntityKey& user, Timestamp until, Timestamp known_until) const override;
  bool may_wait() const noexcept override { return false; }
  void check() const override;
  RowWriter* writer() const override { return writer_.get(); }
  DecisionLog* decision_log() const override { return logs_decisions_ ? writer_.get() : nullptr; }
  std::string describe() const override { return format("store {}", file_.string()); }

 private:
  /// Runs `work(reader, knowledge)`, which sees all tables as they are at one moment.
  template <class Work>
  void at_one_moment(const Work& work) const;
  DecodedUsers::Logs logs_of(Reader& reader, const EntityKey& user, Moments moments) const;
  std::unique_ptr<Reader> borrow() const;
  void give_back(std::unique_ptr<Reader> reader) const;

  std::filesystem::path file_;
  TimeZone zone_;
  std::vector<ReadTable> tables_;
  mutable DecodedUsers users_;
  std::unique_ptr<SqliteWriter> writer_;  // after `users_`, which it tells of what it writes
  bool logs_decisions_ = false;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Reader>> idle_;
};

/// Whether values stored as `stored` are, asked for as `wanted`, what the source would have given.
bool converts(ColumnType stored, const ColumnRequest& wanted) {
  const ColumnType type = wanted.type.value_or(stored);
  if (stored == type || stored == ColumnType::kText) return true;
  if (stored == ColumnType::kReal) return type == ColumnType::kInteger;
  if (stored != ColumnType::kInteger) return false;
  return type == ColumnType::kReal || type == ColumnType::kBoolean ||
         (type == ColumnType::kTime && wanted.epoch != EpochUnit::kNone);
}

void check_same(const std::string& table, std::string_view what, const std::string& stored, const std::string& served) {
  if (stored == served) return;
  const auto shown = [](const std::string& text) { return text.empty() ? std::string("none") : format("`{}`", text); };
  throw Error(Error::kIncompatible,
              format("table {}: the store was made with {}: {}, the bundle was trained with {}; ingest into another "
                     "store, or train again",
                     table, what, shown(stored), shown(served)));
}

const StoredTable& stored_as(const std::vector<StoredTable>& stored, const TableSpec& spec,
                             const std::filesystem::path& file) {
  std::vector<std::string> known;
  for (const StoredTable& table : stored) {
    if (table.spec.name == spec.name) return table;
    known.push_back(table.spec.name);
  }
  throw Error(Error::kIncompatible,
              format("store {} has no table `{}`, which the bundle reads; `asof ingest` adds it{}", file.string(),
                     spec.name, did_you_mean(spec.name, known)));
}

ReadColumn read_column(const StoredTable& stored, const ColumnRequest& request) {
  std::vector<std::string> known;
  for (const auto& [name, column] : stored.spec.columns) known.push_back(name);
  if (!stored.spec.columns.contains(request.name)) {
    throw Error(Error::kIncompatible, format("table {}: the store has no column `{}`, which the bundle reads{}",
                                             stored.spec.name, request.name, did_you_mean(request.name, known)));
  }
  ReadColumn column{.request = request, .stored = stored.type(request.name)};
  const bool of_key = request.name == stored.spec.entity || request.name == stored.spec.time;
  const bool fits = of_key ? request.type.value_or(column.stored) == column.stored : converts(column.stored, request);
  if (!fits) {
    throw Error(
        Error::kIncompatible,
        format("table {}, column {}: the store has values of type {}, the bundle reads {}; declare `type:` in the "
               "project file and ingest into another store",
               stored.spec.name, request.name, to_string(column.stored), to_string(*request.type)));
  }
  column.request.type = request.type.value_or(column.stored);
  if (column.stored == ColumnType::kTime) column.request.epoch = EpochUnit::kNone;  // the unit was read at the ingest
  return column;
}

ReadTable read_table_of(const StoredTable& stored, const ServedTable& served, const TimeZone& zone) {
  const std::string& name = served.spec.name;
  check_same(name, "entity", stored.spec.entity, served.spec.entity);
  check_same(name, "time", stored.spec.time, served.spec.time);
  check_same(name, "id", stored.spec.id, served.spec.id);
  check_same(name, "time_zone", stored.time_zone, zone.name());
  ReadTable table{.spec = served.spec, .entity_type = stored.type(stored.spec.entity), .columns = {}, .sql = {}};
  std::string terms;
  for (const ColumnRequest& request : served.columns) {
    const ReadColumn column = read_column(stored, request);
    if (request.name == stored.spec.entity) continue;
    terms += (terms.empty() ? "" : ", ") + quoted_identifier(request.name);
    table.columns.push_back(column);
  }
  table.sql = format("SELECT {} FROM {} WHERE {} = ? AND {} <= ?", terms.empty() ? "1" : terms, quoted_identifier(name),
                     quoted_identifier(stored.spec.entity), kStoredAt);
  if (!stored.spec.time.empty()) table.sql += format(" AND {} <= ?", quoted_identifier(stored.spec.time));
  return table;
}

/// `rows` times the same entity.
Column entity_column(const TableSpec& spec, const EntityKey& user, std::size_t rows) {
  Column column{.name = spec.entity};
  if (const auto* number = std::get_if<std::int64_t>(&user)) {
    column.type = ColumnType::kInteger;
    column.integers.assign(rows, *number);
  } else {
    column.type = ColumnType::kText;
    column.codes.assign(rows, 0);
    column.dictionary = std::make_shared<const Dictionary>(Dictionary{std::get<std::string>(user)});
  }
  return column;
}

Table rows_of_user(const ReadTable& table, SqliteStatement& statement, const EntityKey& user, Moments moments,
                   const TimeZone& zone) {
  Table rows{.name = table.spec.name, .columns = {}, .rows = 0};
  std::vector<ColumnBuilder> builders;
  for (const ReadColumn& column : table.columns) builders.emplace_back(column, table.spec.name);
  const bool integer = std::holds_alternative<std::int64_t>(user);
  if (integer == (table.entity_type == ColumnType::kInteger)) {  // `7` and "7" are different entities
    statement.bind_key(0, user);
    statement.bind(1, moments.known_until.microseconds);
    if (!table.spec.time.empty()) statement.bind(2, moments.until.microseconds);
    for (; statement.step(); ++rows.rows) {
      for (std::size_t i = 0; i < builders.size(); ++i) builders[i].append(statement, static_cast<int>(i));
    }
    statement.reset();
  }
  for (std::size_t i = 0; i < builders.size(); ++i) {
    rows.columns.push_back(builders[i].finish(zone));
    rows.columns.back().name = table.columns[i].request.name;
  }
  rows.columns.push_back(entity_column(table.spec, user, rows.rows));
  return rows;
}

SqliteStore::SqliteStore(std::filesystem::path file, const std::vector<ServedTable>& tables, const TimeZone& zone,
                         const SqliteStoreOptions& options)
    : file_(std::move(file)), zone_(zone), users_(options.cache_memory) {
  const SqliteConnection store = open_store(file_, SqliteConnection::Access::kRead);
  const std::vector<StoredTable> stored = stored_tables(store);
  for (const ServedTable& table : tables)
    tables_.push_back(read_table_of(stored_as(stored, table.spec, file_), table, zone_));
  if (options.now) writer_ = open_sqlite_writer(file_, options.now, users_.keeps() ? &users_ : nullptr);
  logs_decisions_ = writer_ && options.log_decisions;
}

DecodedUsers::Logs SqliteStore::logs_of(Reader& reader, const EntityKey& user, Moments moments) const {
  const EntityIndex entities(user);
  DecodedUsers::Logs logs;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    Table rows = rows_of_user(tables_[i], reader.statements[i], user, moments, zone_);
    logs.push_back(std::make_shared<const EventLog>(event_log(tables_[i].spec, std::move(rows), entities, zone_)));
  }
  return logs;
}

template <class Work>
void SqliteStore::at_one_moment(const Work& work) const {
  std::unique_ptr<Reader> reader = borrow();
  reader->connection.prepare("BEGIN").run();
  work(*reader, knowledge_of(reader->connection));
  reader->connection.prepare("COMMIT").run();
  give_back(std::move(reader));  // one that threw is not: it may be in the middle of something
}

UserRows SqliteStore::read(const EntityKey& user, Timestamp until) const {
  if (!users_.keeps()) return read_as_known(user, until, kEver);
  std::optional<DecodedUsers::Logs> kept;
  DecodedUsers::Logs logs;
  Knowledge knowledge;
  at_one_moment([&](Reader& reader, const Knowledge& now) {
    knowledge = now;
    kept = users_.find(user, now);
    if (!kept) logs = logs_of(reader, user, {kEver, kEver});
  });
  if (kept) return rows_until(std::move(*kept), user, until, knowledge);
  users_.keep(user, knowledge, logs);
  return rows_until(std::move(logs), user, until, knowledge);
}

UserRows SqliteStore::read_as_known(const EntityKey& user, Timestamp until, Timestamp known_until) const {
  UserRows rows;
  at_one_moment([&](Reader& reader, const Knowledge& now) {
    rows = rows_until(logs_of(reader, user, {until, known_until}), user, until, now);
  });
  return rows;
}

void SqliteStore::check() const {
  std::unique_ptr<Reader> reader = borrow();
  reader->connection.integer("SELECT count(*) FROM asof_tables");
  give_back(std::move(reader));
}

std::unique_ptr<Reader> SqliteStore::borrow() const {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Reader> reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  auto reader = std::make_unique<Reader>(Reader{open_store(file_, SqliteConnection::Access::kRead), {}});
  for (const ReadTable& table : tables_) reader->statements.push_back(reader->connection.prepare(table.sql));
  return reader;
}

void SqliteStore::give_back(std::unique_ptr<Reader> reader) const {
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace

std::unique_ptr<UserStore> open_sqlite_store(const std::filesystem::path& file, const std::vector<ServedTable>& tables,
                                             const TimeZone& zone, const SqliteStoreOptions& options) {
  return std::make_unique<SqliteStore>(file, tables, zone, options);
}

std::unique_ptr<UserStore> open_sqlite_store(const std::filesystem::path& file, const Scorer& scorer,
                                             const SqliteStoreOptions& options) {
  std::vector<ServedTable> tables;
  for (const TableSpec& table : scorer.tables()) tables.push_back({table, scorer.columns_of(table)});
  const std::string& zone = scorer.bundle().time_zone;
  return open_sqlite_store(file, tables, zone.empty() ? TimeZone() : TimeZone::named(zone), options);
}

UserRows UserStore::read_as_known(const EntityKey&, Timestamp, Timestamp) const {
  throw Error(Error::kUsage, format("{} does not keep when its rows became known", describe()));
}

}  // namespace asof
