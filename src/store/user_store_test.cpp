// Every store gives the same rows for the same data; here from files, from PostgreSQL and from a store file.
#include "store/user_store.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "store/ingest.h"
#include "store/locked_test_table.h"
#include "store/read_test_rows.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

namespace fs = std::filesystem;
using testing::PostgresServer;
using namespace std::chrono_literals;

const TimeZone kNairobi = TimeZone::named("Africa/Nairobi");

Timestamp at(std::string_view text) { return parse_timestamp(text, kNairobi); }

/// Rows of users 0 to 19 with every type, ties, gaps and rows in no order.
std::string events_csv() {
  std::string csv = "id,user_id,at,local_at,day,seconds,amount,price,ratio,ok,screen,received_at,unused\n";
  Random random(7);
  for (int id = 0; id < 2000; ++id) {
    const auto maybe = [&](const std::string& value) { return random.below(7) == 0 ? std::string() : value; };
    const Timestamp time{1'600'000'000'000'000 + static_cast<std::int64_t>(random.below(40'000'000) * 250'000)};
    const Timestamp late = time + Duration{static_cast<std::int64_t>(random.below(3)) * kHour.microseconds};
    const std::int64_t seconds = time.microseconds / kSecond.microseconds;
    const std::string local = to_string(Timestamp{kNairobi.to_local(time)});
    csv += format("{},{},{},{},{},{},{},{},{},{},{},{},x\n", id, random.below(20), maybe(to_string(time)),
                  local.substr(0, local.size() - 1), maybe(local.substr(0, 10)), seconds,
                  maybe(format("{}.{:02}", random.below(1000), random.below(100))),
                  maybe(round_trippable((random.uniform() - 0.5) * 1e6)),
                  maybe(random.below(9) == 0 ? "-1" : format("{}", random.below(1000))),
                  maybe(random.below(2) == 0 ? "true" : "false"),
                  maybe(format("\"écran {}, \"\"x\"\"\"", random.below(9))), to_string(late));
  }
  return csv;
}

constexpr std::string_view kEventsTable =
    "(id int, user_id bigint, at timestamptz, local_at timestamp, day date, seconds int, amount numeric(9,2), price "
    "float8, ratio real, ok boolean, "
    "screen text, received_at timestamptz, unused text)";

TableSpec events_spec(std::string from) {
  using enum ColumnType;
  TableSpec spec{.name = "events",
                 .from = std::move(from),
                 .entity = "user_id",
                 .time = "at",
                 .id = "id",
                 .known_at = "received_at"};
  spec.columns = {{"id", {.type = kInteger}},
                  {"user_id", {.type = kInteger}},
                  {"at", {.type = kTime}},
                  {"local_at", {.type = kTime}},
                  {"day", {.type = kTime}},
                  {"seconds", {.type = kTime, .epoch = EpochUnit::kSeconds}},
                  {"amount", {.type = kReal}},
                  {"price", {.type = kReal}},
                  {"ratio", {.type = kReal, .missing = {"-1"}}},
                  {"ok", {.type = kBoolean}},
                  {"screen", {.type = kText}},
                  {"received_at", {.type = kTime}}};
  return spec;
}

struct UserStoreTest : ::testing::Test {
  static inline fs::path folder;
  static inline PostgresServer* server = nullptr;

  static void SetUpTestSuite() {
    folder = fs::temp_directory_path() / format("asof_store_{}", ::getpid());
    fs::create_directories(folder);
    server = &PostgresServer::shared();
    write_file(folder / "events.csv", events_csv());
    server->run_sql(format("CREATE TABLE events {}", kEventsTable));
    server->copy_csv("events", folder / "events.csv");
    write_file(folder / "features.csv", "user_id,f\n1,0.5\n2,\n3,-7.25\n");
    server->run_sql(
        "CREATE SCHEMA lender; CREATE TABLE lender.raw (user_id bigint, f float8); CREATE VIEW lender.features AS "
        "SELECT * FROM lender.raw");
    server->copy_csv("lender.raw", folder / "features.csv");
  }
  static void TearDownTestSuite() { fs::remove_all(folder); }

  static std::string from(std::string_view relation) { return format("postgres:{}#{}", server->url(), relation); }

  static TableSpec features_spec(std::string place) {
    TableSpec spec{.name = "features",
                   .from = std::move(place),
                   .role = TableRole::kUndated,
                   .entity = "user_id",
                   .allow_undated = true};
    spec.columns = {{"user_id", {.type = ColumnType::kInteger}}, {"f", {.type = ColumnType::kReal}}};
    return spec;
  }

  static std::unique_ptr<UserStore> files(const std::vector<TableSpec>& specs) {
    std::vector<ServedTable> tables;
    for (const TableSpec& spec : specs) tables.push_back(served(spec));
    return open_memory_store(tables, kNairobi, 2, {});
  }

  static std::unique_ptr<UserStore> postgres(const std::vector<TableSpec>& specs,
                                             const PostgresStoreOptions& options = {}) {
    std::vector<ServedTable> tables;
    for (const TableSpec& spec : specs) tables.push_back(served(spec));
    return open_postgres_store(std::move(tables), kNairobi, options);
  }

  /// A store file into which the same tables were ingested; a second read of a user is of what it keeps.
  static std::unique_ptr<UserStore> stored(const std::vector<TableSpec>& specs) {
    static int number = 0;
    const fs::path file = folder / format("{}.db", number++);
    Project project{.time_zone = kNairobi.name(), .tables = specs};
    ingest(project, file, {.threads = 2, .now = [] { return Timestamp{1}; }, .progress = {}});
    std::vector<ServedTable> tables;
    for (const TableSpec& spec : specs) tables.push_back(served(spec));
    return open_sqlite_store(file, tables, kNairobi, {.cache_memory = 1 << 24});
  }

  static void expect_equal(const UserStore& a, const UserStore& b) {
    for (std::int64_t user = -1; user <= 20; ++user) {
      for (const char* until :
           {"2020-01-01T00:00:00Z", "2020-10-15T12:34:56.250000Z", "2021-01-01T00:00:00Z", "2100-01-01T00:00:00Z"}) {
        ASSERT_EQ(written_out(a.read(user, at(until))), written_out(b.read(user, at(until))))
            << "user " << user << " until " << until;
      }
    }
  }
};

TEST_F(UserStoreTest, files_postgres_and_a_store_file_give_equal_rows) {
  const auto held = files({events_spec(folder / "events.csv"), features_spec(folder / "features.csv")});
  const auto asked = postgres({events_spec(from("events")), features_spec(from("lender.features"))});
  expect_equal(*held, *asked);
  expect_equal(*held, *stored({events_spec(folder / "events.csv"), features_spec(folder / "features.csv")}));
  expect_equal(*held, *stored({events_spec(from("events")), features_spec(from("lender.features"))}));
  EXPECT_GT(written_out(held->read(3, at("2100-01-01T00:00:00Z"))).size(), 50u);
}

TEST_F(UserStoreTest, a_bulk_read_and_a_single_read_of_postgres_give_equal_bits) {
  server->run_sql(
      "CREATE TABLE odd AS SELECT 1::bigint AS user_id, i AS id, now() AS at, (i / 7.0)::real AS ratio, (i / "
      "7.0)::float8 AS price, "
      "i / 7.0 AS amount, ('0000000' || i)::char(12) AS code, md5(i::text)::uuid AS token, 'a'::text || i AS screen, "
      "i::smallint AS small, '2024-02-29'::date + i AS day FROM generate_series(1, 300) i; "
      "INSERT INTO odd (user_id, id, at, ratio, amount) VALUES (1, 1000, now(), 'NaN', 'NaN')");
  using enum ColumnType;
  TableSpec spec{.name = "odd", .from = from("odd"), .entity = "user_id", .time = "at", .id = "id"};
  spec.columns = {{"user_id", {.type = kInteger}}, {"id", {.type = kInteger}}, {"at", {.type = kTime}},
                  {"ratio", {.type = kReal}},      {"price", {.type = kReal}}, {"amount", {.type = kReal}},
                  {"code", {.type = kText}},       {"token", {.type = kText}}, {"screen", {.type = kText}},
                  {"small", {.type = kReal}},      {"day", {.type = kTime}}};
  expect_equal(*files({spec}), *postgres({spec}));
  expect_equal(*files({spec}), *stored({spec}));
  spec.columns["day"].type = kText;
  spec.columns["small"].type = kText;
  expect_equal(*files({spec}), *postgres({spec}));
  expect_equal(*files({spec}), *stored({spec}));
}

TEST_F(UserStoreTest, every_type_of_time_column_is_bounded_exactly) {
  for (const char* column : {"at", "local_at", "day", "seconds"}) {
    SCOPED_TRACE(column);
    TableSpec in_files = events_spec(folder / "events.csv");
    TableSpec in_postgres = events_spec(from("events"));
    in_files.time = in_postgres.time = column;
    expect_equal(*files({in_files}), *postgres({in_postgres}));
    expect_equal(*files({in_files}), *stored({in_files}));
  }
}

TEST_F(UserStoreTest, times_that_are_texts_in_the_database_are_read_too) {
  server->run_sql(
      "CREATE TABLE texts AS SELECT id::text, user_id, to_char(at AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at, price::text FROM events WHERE at IS NOT NULL");
  TableSpec spec{.name = "texts", .from = from("texts"), .entity = "user_id", .time = "at", .id = "id"};
  spec.columns = {{"id", {.type = ColumnType::kInteger}},
                  {"user_id", {.type = ColumnType::kInteger}},
                  {"at", {.type = ColumnType::kTime}},
                  {"price", {.type = ColumnType::kReal}}};
  expect_equal(*files({spec}), *postgres({spec}));
}

TEST_F(UserStoreTest, a_query_is_served_like_a_table) {
  const std::string query =
      "select id, user_id + 1 as user_id, at, local_at, day, seconds, amount, price, ratio, ok, screen, received_at "
      "from events where screen like '%1%' ;";
  TableSpec spec = events_spec(from(query));
  expect_equal(*files({spec}), *postgres({spec}));
  EXPECT_TRUE(postgres({spec})->advice().empty());
}

TEST_F(UserStoreTest, the_condition_of_a_table_counts_in_all) {
  TableSpec in_files = events_spec(folder / "events.csv");
  in_files.where = "price > 0";
  TableSpec in_postgres = in_files;
  in_postgres.from = from("events");
  expect_equal(*files({in_files}), *postgres({in_postgres}));
  expect_equal(*files({in_files}), *stored({in_files}));
}

TEST_F(UserStoreTest, rows_at_the_limit_are_given_and_later_ones_are_not) {
  write_file(folder / "few.csv",
             "user_id,at\n1,2024-01-01T00:00:00Z\n1,2024-01-01T00:00:00.000001Z\n1,2023-12-31T23:59:59Z\n");
  server->run_sql("CREATE TABLE few (user_id bigint, at timestamptz)");
  server->copy_csv("few", folder / "few.csv");
  TableSpec spec{.name = "few", .from = folder / "few.csv", .entity = "user_id", .time = "at"};
  spec.columns = {{"user_id", {.type = ColumnType::kInteger}}, {"at", {.type = ColumnType::kTime}}};
  TableSpec in_postgres = spec;
  in_postgres.from = from("few");
  for (const auto& store : {files({spec}), postgres({in_postgres}), stored({spec})}) {
    EXPECT_EQ(store->read(1, at("2024-01-01T00:00:00Z")).history.at(0).rows.size(), 2u);
    EXPECT_EQ(store->read(1, at("2023-12-31T23:59:58.999999Z")).history.at(0).rows.size(), 0u);
    EXPECT_EQ(store->read(2, at("2024-01-01T00:00:00Z")).history.at(0).rows.size(), 0u) << "an unknown user";
  }
}

TEST_F(UserStoreTest, users_may_be_texts) {
  const std::string quote = "o'brien \"x\"; DROP TABLE people; --";
  server->run_sql(
      "CREATE TABLE people (who text, at timestamptz, n int); "
      "INSERT INTO people VALUES ('7', now(), 1), ('007', now(), 2), ('o''brien \"x\"; DROP TABLE people; --', now(), "
      "3), ('Ünï', now(), 4)");
  TableSpec spec{.name = "people", .from = from("people"), .entity = "who", .time = "at"};
  spec.columns = {
      {"who", {.type = ColumnType::kText}}, {"at", {.type = ColumnType::kTime}}, {"n", {.type = ColumnType::kInteger}}};
  for (const auto& store : {files({spec}), postgres({spec}), stored({spec})}) {
    const auto n_of = [&](const std::string& who) {
      const UserRows rows = store->read(who, at("2100-01-01T00:00:00Z"));
      const TableRows& part = rows.history.at(0);
      return part.rows.size() == 0 ? 0 : part.log->table().at("n").integers.at(part.rows.begin);
    };
    EXPECT_EQ(n_of("7"), 1);
    EXPECT_EQ(n_of("007"), 2);
    EXPECT_EQ(n_of(quote), 3);
    EXPECT_EQ(n_of("Ünï"), 4);
    EXPECT_EQ(n_of(std::string("7\0", 2)), 0) << "a zero byte is no end";
    EXPECT_EQ(n_of(""), 0);
  }
}

TEST_F(UserStoreTest, users_may_be_uuids) {
  server->run_sql("CREATE TABLE tokens AS SELECT md5(i::text)::uuid AS who, now() AS at FROM generate_series(1, 9) i");
  const std::string who = server->run_sql("SELECT who FROM tokens LIMIT 1").at(0).at(0);
  TableSpec spec{.name = "tokens", .from = from("tokens"), .entity = "who", .time = "at"};
  spec.columns = {{"who", {.type = ColumnType::kText}}, {"at", {.type = ColumnType::kTime}}};
  expect_equal(*files({spec}), *stored({spec}));
  const auto store = postgres({spec});
  EXPECT_EQ(store->read(who, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(), 1u);
  EXPECT_EQ(store->read(std::string("no uuid at all"), at("2100-01-01T00:00:00Z")).history.at(0).rows.size(), 0u);
}

TEST_F(UserStoreTest, a_read_only_role_is_enough) {
  server->run_sql("CREATE TABLE granted AS SELECT * FROM events; GRANT SELECT ON granted TO reader");
  TableSpec spec = events_spec(format("postgres:{}#granted", server->url("reader")));
  EXPECT_GT(postgres({spec})->read(3, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(), 0u);
}

TEST_F(UserStoreTest, a_missing_index_is_advised_exactly) {
  server->run_sql("CREATE TABLE \"Logs\" AS SELECT * FROM events");
  const TableSpec logs = events_spec(from("Logs"));
  const auto advice = postgres({logs})->advice();
  ASSERT_EQ(advice.size(), 1u);
  const std::string create = "CREATE INDEX CONCURRENTLY ON \"Logs\" (\"user_id\", \"at\");";
  EXPECT_NE(advice[0].find(create), std::string::npos) << advice[0];
  server->run_sql(create);
  EXPECT_TRUE(postgres({logs})->advice().empty());
}

TEST_F(UserStoreTest, only_an_index_that_begins_with_the_entity_counts) {
  server->run_sql(
      "CREATE TABLE indexed AS SELECT * FROM events; CREATE INDEX ON indexed (at, user_id); CREATE INDEX ON indexed "
      "(user_id) WHERE price > 0");
  const TableSpec spec = events_spec(from("public.indexed"));
  ASSERT_EQ(postgres({spec})->advice().size(), 1u);
  EXPECT_NE(postgres({spec})->advice()[0].find("ON \"public\".\"indexed\" (\"user_id\", \"at\");"), std::string::npos);
  server->run_sql("CREATE INDEX ON indexed (user_id)");
  EXPECT_TRUE(postgres({spec})->advice().empty());
}

TEST_F(UserStoreTest, an_index_on_a_cast_is_advised_where_users_are_no_texts) {
  server->run_sql("CREATE TABLE keyed AS SELECT md5(i::text)::uuid AS who, now() AS at FROM generate_series(1, 9) i");
  TableSpec spec{.name = "keyed", .from = from("keyed"), .entity = "who", .time = "at"};
  spec.columns = {{"who", {.type = ColumnType::kText}}, {"at", {.type = ColumnType::kTime}}};
  const auto advice = postgres({spec})->advice();
  ASSERT_EQ(advice.size(), 1u);
  server->run_sql(advice[0].substr(advice[0].find("CREATE INDEX")));
  EXPECT_TRUE(postgres({spec})->advice().empty());
}

TEST_F(UserStoreTest, a_partitioned_table_is_advised_without_concurrently) {
  server->run_sql(
      "CREATE TABLE parted (user_id bigint, at timestamptz) PARTITION BY RANGE (at); CREATE TABLE parted_all PARTITION "
      "OF parted DEFAULT");
  TableSpec spec{.name = "parted", .from = from("parted"), .entity = "user_id", .time = "at"};
  spec.columns = {{"user_id", {.type = ColumnType::kInteger}}, {"at", {.type = ColumnType::kTime}}};
  const auto advice = postgres({spec})->advice();
  ASSERT_EQ(advice.size(), 1u);
  server->run_sql(advice[0].substr(advice[0].find("CREATE INDEX")));
  EXPECT_TRUE(postgres({spec})->advice().empty());
}

std::string failure(const auto& work, Error::Kind kind) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(UserStoreTest, what_the_database_does_not_hold_is_named) {
  const std::string no_table = failure([] { postgres({events_spec(from("no_such_table"))}); }, Error::kIncompatible);
  expect_contains(no_table, "table events");
  expect_contains(no_table, "no_such_table");
  TableSpec spec = features_spec(from("lender.features"));
  spec.columns["g"] = {.type = ColumnType::kReal};
  expect_contains(failure([&] { postgres({spec}); }, Error::kIncompatible), "\"g\"");
  expect_contains(failure([&] { postgres({events_spec(format("postgres:{}", server->url()))}); }, Error::kInvalidInput),
                  "#table");
}

TEST_F(UserStoreTest, users_that_are_texts_where_integers_were_trained_on_are_refused) {
  server->run_sql("CREATE TABLE mixed (user_id text, f float8)");
  expect_contains(failure([] { postgres({features_spec(from("mixed"))}); }, Error::kIncompatible), "user_id");
}

TEST_F(UserStoreTest, a_password_is_never_shown) {
  for (const std::string& url :
       {server->url_with_password("owner", "hunter2"), std::string("postgresql://owner:hunter2@127.0.0.1:1/asof"),
        std::string("postgresql://owner:hunter2@nowhere.invalid/asof")}) {
    const std::string why =
        failure([&] { postgres({events_spec("postgres:" + url + "#events")}); }, Error::kUnavailable);
    EXPECT_EQ(why.find("hunter2"), std::string::npos) << why;
  }
  const std::string broken =
      failure([] { postgres({events_spec("postgres:postgresql://owner:hunter2%zz@127.0.0.1/x#events")}); },
              Error::kInvalidInput);
  EXPECT_EQ(broken.find("hunter2"), std::string::npos) << broken;
  EXPECT_EQ(postgres({events_spec(from("events"))})->describe(),
            format("PostgreSQL asof at 127.0.0.1:{}", server->port()));
}

TEST_F(UserStoreTest, a_database_that_comes_back_is_used_again) {
  PostgresServer own;
  own.run_sql("CREATE TABLE few (user_id bigint, at timestamptz); INSERT INTO few VALUES (1, '2024-01-01')");
  TableSpec spec{.name = "few", .from = format("postgres:{}#few", own.url()), .entity = "user_id", .time = "at"};
  spec.columns = {{"user_id", {.type = ColumnType::kInteger}}, {"at", {.type = ColumnType::kTime}}};
  const auto store = postgres({spec});
  const auto rows = [&] { return store->read(1, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(); };
  EXPECT_EQ(rows(), 1u);
  own.stop();
  failure(rows, Error::kUnavailable);
  failure([&] { store->check(); }, Error::kUnavailable);
  own.start();
  std::this_thread::sleep_for(300ms);  // longer than the pool waits before it tries again
  EXPECT_EQ(rows(), 1u);
  own.stop();
  own.start();
  EXPECT_EQ(rows(), 1u) << "a restart between two reads goes unnoticed";
  store->check();
}

TEST_F(UserStoreTest, a_statement_that_takes_too_long_is_given_up) {
  server->run_sql("CREATE TABLE locked AS SELECT * FROM events");
  const auto store = postgres({events_spec(from("locked"))}, {.statement_timeout = {100'000}});
  LockedTable locked(*server, "locked");
  const auto begin = std::chrono::steady_clock::now();
  const auto rows = [&] { return store->read(1, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(); };
  expect_contains(failure(rows, Error::kUnavailable), "timeout");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  locked.release();
  EXPECT_GT(rows(), 0u) << "the connection is still good";
}

/// The processes of the server that serve our connections.
std::vector<pid_t> sessions(const PostgresServer& server) {
  std::vector<pid_t> processes;
  for (const auto& row : server.run_sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'asof'"))
    processes.push_back(std::stoi(row.at(0)));
  return processes;
}

TEST_F(UserStoreTest, a_database_that_stands_still_is_given_up) {
  PostgresServer own;
  own.run_sql("CREATE TABLE few (user_id bigint, at timestamptz); INSERT INTO few VALUES (1, '2024-01-01')");
  TableSpec spec{.name = "few", .from = format("postgres:{}#few", own.url()), .entity = "user_id", .time = "at"};
  spec.columns = {{"user_id", {.type = ColumnType::kInteger}}, {"at", {.type = ColumnType::kTime}}};
  const auto store = postgres({spec}, {.statement_timeout = {100'000}});
  const auto rows = [&] { return store->read(1, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(); };
  const std::vector<pid_t> frozen = sessions(own);
  for (const pid_t process : frozen) ::kill(process, SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  expect_contains(failure(rows, Error::kUnavailable), "in time");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_EQ(rows(), 1u) << "a new connection serves the next read";
  for (const pid_t process : frozen) ::kill(process, SIGCONT);
}

TEST_F(UserStoreTest, a_session_that_was_ended_is_replaced) {
  const auto store = postgres({events_spec(from("events"))});
  for (const pid_t process : sessions(*server)) server->run_sql(format("SELECT pg_terminate_backend({})", process));
  EXPECT_GT(store->read(1, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(), 0u);
}

TEST_F(UserStoreTest, a_place_that_accepts_and_says_nothing_is_given_up) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string place =
      format("postgres:postgresql://owner:hunter2@127.0.0.1:{}/asof#events", ntohs(address.sin_port));
  const auto begin = std::chrono::steady_clock::now();
  const std::string why =
      failure([&] { postgres({events_spec(place)}, {.connect_timeout = {300'000}}); }, Error::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_EQ(why.find("hunter2"), std::string::npos) << why;
  ::close(listener);
}

TEST_F(UserStoreTest, a_column_that_changed_its_type_is_not_misread) {
  server->run_sql("CREATE TABLE altered AS SELECT 1::bigint AS user_id, now() AS at, 5::int AS n");
  TableSpec spec{.name = "altered", .from = from("altered"), .entity = "user_id", .time = "at"};
  spec.columns = {{"user_id", {.type = ColumnType::kInteger}},
                  {"at", {.type = ColumnType::kTime}},
                  {"n", {.type = ColumnType::kInteger}}};
  const auto store = postgres({spec});
  const auto n = [&] {
    return store->read(1, at("2100-01-01T00:00:00Z")).history.at(0).log->table().at("n").integers.at(0);
  };
  EXPECT_EQ(n(), 5);
  server->run_sql("ALTER TABLE altered ALTER n TYPE bigint");
  expect_contains(failure(n, Error::kIncompatible), "table altered");
  for (const pid_t process : sessions(*server)) server->run_sql(format("SELECT pg_terminate_backend({})", process));
  expect_contains(failure(n, Error::kIncompatible), "table altered");
}

TEST_F(UserStoreTest, many_threads_share_few_connections) {
  const auto store =
      postgres({events_spec(from("events")), features_spec(from("lender.features"))}, {.connections = 2});
  const auto expected = written_out(store->read(1, at("2100-01-01T00:00:00Z")));
  std::vector<std::thread> threads;
  std::atomic<int> equal{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 25; ++j) equal += written_out(store->read(1, at("2100-01-01T00:00:00Z"))) == expected ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(equal, 200);
  EXPECT_LE(sessions(*server).size(), 2u);
}

TEST_F(UserStoreTest, a_bad_row_is_named_and_hurts_no_other_user) {
  server->run_sql(
      "CREATE TABLE spoilt (user_id bigint, at timestamptz, amount text); INSERT INTO spoilt VALUES (1, now(), '5'), "
      "(2, now(), 'five')");
  TableSpec spec{.name = "spoilt", .from = from("spoilt"), .entity = "user_id", .time = "at"};
  spec.columns = {{"user_id", {.type = ColumnType::kInteger}},
                  {"at", {.type = ColumnType::kTime}},
                  {"amount", {.type = ColumnType::kReal}}};
  const auto store = postgres({spec});
  EXPECT_EQ(store->read(1, at("2100-01-01T00:00:00Z")).history.at(0).rows.size(), 1u);
  const std::string why = failure([&] { store->read(2, at("2100-01-01T00:00:00Z")); }, Error::kInvalidInput);
  expect_contains(why, "spoilt");
  expect_contains(why, "amount");
  expect_contains(why, "five");
}

}  // namespace
}  // namespace asof
