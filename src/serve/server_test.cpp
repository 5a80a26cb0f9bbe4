// The whole server over real sockets, with files in memory and with a PostgreSQL that goes away and comes back.
#include "serve/server.h"

#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <future>
#include <thread>

#include "serve/raw_client.h"
#include "serve/test_lender.h"
#include "store/locked_test_table.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGood = R"({"user_id": 5, "application_at": "2024-01-01T00:00:00Z"})";

const std::string kPredict =
    format("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}", kGood.size(), kGood);

struct ServerTest : ::testing::Test {
  TestLender lender;
  ServeOptions options;
  std::unique_ptr<Server> server;

  std::uint16_t start(std::shared_ptr<const UserStore> store) {
    options.port = 0;
    server = std::make_unique<Server>(lender.scorer(), std::move(store), options);
    server->start();
    return server->port();
  }
};

TEST_F(ServerTest, answers_with_the_scorers_bits) {
  RawClient client(start(lender.files()));
  for (std::int64_t user = 0; user <= 11; ++user) {
    for (const char* at : {"2023-01-01T00:00:00Z", "2023-11-05T12:00:00.123456Z", "2024-06-01T00:00:00Z"}) {
      const RawResponse response =
          client.request("POST", "/predict", format(R"({{"user_id": {}, "application_at": "{}"}})", user, at));
      ASSERT_EQ(response.status, 200) << response.body;
      EXPECT_EQ(std::bit_cast<std::uint64_t>(response.json().at("prediction_probability").as_number()),
                std::bit_cast<std::uint64_t>(lender.expected(user, parse_timestamp(at, {})).repayment_probability));
    }
  }
}

TEST_F(ServerTest, every_failure_has_its_status_and_an_id) {
  options.body_bytes_max = 1000;
  const std::uint16_t port = start(lender.files());
  struct Case {
    std::string method, path, body;
    int status;
  };
  const Case cases[] = {
      {"POST", "/predict", std::string(kGood), 200},
      {"POST", "/predict", "{", 400},
      {"POST", "/predict", R"({"user_id": "x"})", 422},
      {"POST", "/predict", std::string(1001, ' '), 413},
      {"GET", "/predict", "", 405},
      {"GET", "/nothing", "", 404},
      {"GET", "/health", "", 200},
      {"HEAD", "/health", "", 200},
      {"GET", "/ready", "", 200},
      {"GET", "/openapi.json", "", 200},
      {"GET", "/docs", "", 200},
      {"GET", "/docs/swagger-ui-bundle.js", "", 200},
  };
  for (const Case& wanted : cases) {
    SCOPED_TRACE(wanted.method + " " + wanted.path);
    RawClient client(port);
    const RawResponse response = client.request(wanted.method, wanted.path, wanted.body);
    EXPECT_EQ(response.status, wanted.status) << response.body;
    EXPECT_FALSE(response.header("x-request-id").empty());
    EXPECT_EQ(response.header("content-type") == "application/problem+json", wanted.status != 200);
  }
}

TEST_F(ServerTest, listens_once_per_port) {
  const std::uint16_t port = start(lender.files());
  options.port = port;
  Server second(lender.scorer(), lender.files(), options);
  EXPECT_THROW(second.start(), Error);
}

struct ServerOnPostgresTest : ServerTest {
  static inline std::unique_ptr<testing::PostgresServer> postgres;
  std::uint16_t port = 0;

  static void SetUpTestSuite() {
    const TestLender lender;
    postgres = std::make_unique<testing::PostgresServer>();
    postgres->run_sql(TestLender::create_tables());
    for (const char* table : {"gps", "features"}) {
      postgres->copy_csv(table, lender.folder() / (std::string(table) + ".csv"));
    }
    postgres->run_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
  }
  static void TearDownTestSuite() { postgres.reset(); }

  void SetUp() override { port = start(lender.postgres(postgres->url("reader"), {.statement_timeout = {1'000'000}})); }
};

TEST_F(ServerOnPostgresTest, answers_with_the_scorers_bits) {
  RawClient client(port);
  for (std::int64_t user = 0; user <= 11; ++user) {
    for (const char* at : {"2023-01-01T00:00:00Z", "2023-11-05T12:00:00.123456Z", "2024-06-01T00:00:00Z"}) {
      const RawResponse response =
          client.request("POST", "/predict", format(R"({{"user_id": {}, "application_at": "{}"}})", user, at));
      ASSERT_EQ(response.status, 200) << response.body;
      EXPECT_EQ(std::bit_cast<std::uint64_t>(response.json().at("prediction_probability").as_number()),
                std::bit_cast<std::uint64_t>(lender.expected(user, parse_timestamp(at, {})).repayment_probability));
    }
  }
}

TEST_F(ServerOnPostgresTest, says_503_while_the_database_is_away_and_recovers) {
  RawClient client(port);
  const std::string before = client.request("POST", "/predict", kGood).body;
  postgres->stop();
  const RawResponse away = client.request("POST", "/predict", kGood);
  EXPECT_EQ(away.status, 503) << away.body;
  EXPECT_EQ(away.header("retry-after"), "1");
  EXPECT_EQ(client.request("GET", "/ready").status, 503);
  EXPECT_EQ(client.request("GET", "/health").status, 200);
  EXPECT_EQ(client.request("POST", "/predict", "{").status, 400) << "what needs no database is answered as ever";
  postgres->start();
  std::this_thread::sleep_for(300ms);
  const RawResponse back = client.request("POST", "/predict", kGood);
  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.body, before);
  postgres->stop();
  postgres->start();
  EXPECT_EQ(client.request("POST", "/predict", kGood).body, before) << "a restart between two requests goes unnoticed";
}

TEST_F(ServerOnPostgresTest, a_database_that_hangs_holds_up_only_those_that_need_it) {
  LockedTable hanging(*postgres, "gps");
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(std::make_unique<RawClient>(port));
    waiting.back()->send(kPredict);
  }
  const auto begin = std::chrono::steady_clock::now();
  RawClient other(port);
  EXPECT_EQ(other.request("GET", "/health").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 900ms) << "less than the statement timeout";
  for (const auto& client : waiting) EXPECT_EQ(client->response()->status, 503);
  hanging.release();
  EXPECT_EQ(other.request("POST", "/predict", kGood).status, 200);
}

TEST_F(ServerOnPostgresTest, stopping_answers_requests_that_wait_for_the_database) {
  LockedTable hanging(*postgres, "gps");
  RawClient client(port);
  client.send(kPredict);
  std::this_thread::sleep_for(50ms);
  auto stopped = std::async(std::launch::async, [this] { server->stop(); });
  std::this_thread::sleep_for(50ms);
  hanging.release();
  const auto response = client.response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200) << response->body;
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
}

TEST_F(ServerOnPostgresTest, rows_that_cannot_be_used_fail_their_own_user_only) {
  postgres->run_sql("INSERT INTO gps VALUES (9999, 5, '2023-10-01', 'Infinity')");
  RawClient client(port);
  EXPECT_EQ(client.request("POST", "/predict", kGood).status, 503);
  EXPECT_EQ(client.request("POST", "/predict", R"({"user_id": 6, "application_at": "2024-01-01T00:00:00Z"})").status,
            200);
}

}  // namespace
}  // namespace asof
