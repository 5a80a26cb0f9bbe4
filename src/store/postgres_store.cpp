// A user's rows from PostgreSQL, when they are asked for. The tables of one database are read in one round trip.
#include <map>

#include "asof/error.h"
#include "base/format.h"
#include "features/row_filter.h"
#include "sources/postgres_address.h"
#include "store/postgres_pool.h"
#include "store/postgres_table.h"
#include "store/rows_until.h"
#include "store/user_store.h"

namespace asof {
namespace {

/// The tables that lie in one database, by their place in the history.
struct Database {
  std::vector<std::size_t> places;
  std::vector<PostgresTable> tables;
  std::unique_ptr<PostgresPool> pool;
};

class PostgresStore final : public UserStore {
 public:
  PostgresStore(std::vector<ServedTable> tables, const TimeZone& zone, const PostgresStoreOptions& options);

  UserRows read(const EntityKey& user, Timestamp until) const override;
  bool may_wait() const noexcept override { return true; }
  void check() const override;
  std::vector<std::string> advice() const override { return advice_; }
  std::string describe() const override;

 private:
  void open(Database& database, const std::string& url, std::vector<ServedTable> tables,
            const PostgresStoreOptions& options);
  std::vector<Table> read_from(const Database& database, const EntityKey& user, Timestamp until) const;

  TimeZone zone_;
  std::size_t tables_count_;
  std::vector<Database> databases_;
  std::vector<std::string> advice_;
};

PostgresStore::PostgresStore(std::vector<ServedTable> tables, const TimeZone& zone, const PostgresStoreOptions& options)
    : zone_(zone), tables_count_(tables.size()) {
  std::map<std::string, std::vector<std::size_t>> places_by_url;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    try {
      places_by_url[read_postgres_address(tables[i].spec.from).url].push_back(i);
    } catch (const Error& error) {
      throw Error(error.kind(), format("table {}: {}", tables[i].spec.name, error.what()));
    }
  }
  databases_.reserve(places_by_url.size());
  for (const auto& [url, places] : places_by_url) {
    std::vector<ServedTable> of_database;
    for (const std::size_t place : places) of_database.push_back(tables[place]);
    Database& database = databases_.emplace_back();
    database.places = places;
    open(database, url, std::move(of_database), options);
  }
}

/// Learns the types and checks the indexes on a connection of its own, then fills the pool with one connection, so that
/// whatever is wrong is said before the first request.
void PostgresStore::open(Database& database, const std::string& url, std::vector<ServedTable> tables,
                         const PostgresStoreOptions& options) {
  const auto start_up = [&](PostgresConnection& connection, Deadline deadline) {
    database.tables.clear();
    for (ServedTable& table : tables) {
      const PostgresAddress address = read_postgres_address(table.spec.from);
      database.tables.emplace_back(table, address, format("rows_of_{}", database.tables.size()), connection, deadline);
    }
    for (const PostgresTable& table : database.tables) {
      const auto index = table.missing_index(connection, deadline);
      if (index)
        advice_.push_back(format("table {} has no index that begins with {}, so every request reads all of it: {}",
                                 table.spec().name, table.spec().entity, *index));
    }
  };
  PostgresPool(url, options, [](PostgresConnection&, Deadline) {}).use(start_up);
  const auto prepare = [&tables = database.tables](PostgresConnection& connection, Deadline deadline) {
    for (const PostgresTable& table : tables) table.prepare(connection, deadline);
  };
  database.pool = std::make_unique<PostgresPool>(url, options, prepare);
  database.pool->use([](PostgresConnection&, Deadline) {});
}

UserRows PostgresStore::read(const EntityKey& user, Timestamp until) const {
  std::vector<Table> tables(tables_count_);
  for (const Database& database : databases_) {
    std::vector<Table> read = read_from(database, user, until);
    for (std::size_t i = 0; i < read.size(); ++i) tables[database.places[i]] = std::move(read[i]);
  }
  const EntityIndex entities(user);
  const std::uint32_t number = entities.find(user);
  UserRows rows;
  rows.logs.resize(tables.size());
  rows.history.resize(tables.size());
  for (const Database& database : databases_) {
    for (std::size_t i = 0; i < database.places.size(); ++i) {
      const std::size_t place = database.places[i];
      const auto log = std::make_shared<const EventLog>(
          event_log(database.tables[i].spec(), std::move(tables[place]), entities, zone_));
      rows.logs[place] = log;
      rows.history[place] = {log.get(), rows_until(*log, number, until)};
    }
  }
  return rows;
}

std::vector<Table> PostgresStore::read_from(const Database& database, const EntityKey& user, Timestamp until) const {
  std::vector<PostgresCall> calls;
  for (const PostgresTable& table : database.tables) calls.push_back(table.call(user, until));
  std::vector<PostgresResult> results;
  database.pool->use(
      [&](PostgresConnection& connection, Deadline deadline) { results = connection.call(calls, deadline); });
  std::vector<Table> tables;
  for (std::size_t i = 0; i < results.size(); ++i) tables.push_back(database.tables[i].decode(*results[i], zone_));
  return tables;
}

void PostgresStore::check() const {
  for (const Database& database : databases_) {
    database.pool->use(
        [](PostgresConnection& connection, Deadline deadline) { connection.query("SELECT 1", deadline); });
  }
}

std::string PostgresStore::describe() const {
  std::vector<std::string> places;
  for (const Database& database : databases_) places.push_back(database.pool->describe());
  return format("PostgreSQL {}", join(places));
}

}  // namespace

std::unique_ptr<UserStore> open_postgres_store(std::vector<ServedTable> tables, const TimeZone& zone,
                                               const PostgresStoreOptions& options) {
  options.validate();
  return std::make_unique<PostgresStore>(std::move(tables), zone, options);
}

void PostgresStoreOptions::validate() const {
  if (connections < 1)
    throw Error(Error::kInvalidInput,
                format("PostgreSQL connections: {} is too few; at least 1 was expected", connections));
  if (connect_timeout.microseconds <= 0 || statement_timeout.microseconds < kSecond.microseconds / 1000) {
    throw Error(Error::kInvalidInput, "PostgreSQL timeouts: at least a millisecond was expected");
  }
}

}  // namespace asof
