// `asof serve` as an operator meets it: a program that starts, answers, says what went wrong, and ends when told to.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "base/format.h"
#include "lender.h"
#include "serve/raw_client.h"
#include "serve/server.h"
#include "store/locked_test_table.h"

namespace asof {
namespace {

using testing::PostgresServer;
using testing::Ran;
using testing::RunningAsof;
using testing::TemporaryFolder;

constexpr std::string_view kGood = R"({"user_id": 3, "application_at": "2024-01-01T00:00:00Z"})";
constexpr int kEndedBySigterm = 128 + SIGTERM;

/// The port that a server at any free port has told.
std::uint16_t port_of(RunningAsof& server) {
  server.wait_until_said("/docs shows the API");
  const std::string said = server.said();
  const std::string_view before = "http://127.0.0.1:";
  return static_cast<std::uint16_t>(std::stoi(said.substr(said.find(before) + before.size())));
}

class ServeProgram : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    testing::make_lender(folder_->path(), {.users = 300});
    const Ran ran = testing::run_asof({"train", folder_->path().string(), "--quiet"});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::vector<std::string> serve(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"serve", folder_->path().string(), "--port", "0"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static std::unique_ptr<TemporaryFolder> folder_;
};

std::unique_ptr<TemporaryFolder> ServeProgram::folder_;

TEST_F(ServeProgram, a_bundle_and_a_store_file_are_enough) {
  const std::string store = *folder_ / "store.db";
  const Ran ran = testing::run_asof({"ingest", folder_->path().string(), "--store", store, "--quiet"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("gps: "), std::string::npos) << ran.out;
  RunningAsof from_files(serve());
  const RawResponse expected = RawClient(port_of(from_files)).request("POST", "/predict", kGood);
  RunningAsof server({"serve", "no.yaml", "--bundle", *folder_ / "models/lender", "--store", store, "--port", "0"});
  const RawResponse given = RawClient(port_of(server)).request("POST", "/predict", kGood);
  EXPECT_EQ(given.body, expected.body);
  EXPECT_EQ(given.status, 200);
}

TEST_F(ServeProgram, requests_get_their_status_and_sigterm_ends_it_well) {
  RunningAsof server(serve());
  RawClient client(port_of(server));
  const RawResponse good = client.request("POST", "/predict", kGood);
  EXPECT_EQ(good.status, 200) << good.body;
  const double probability = good.json().at("prediction_probability").as_number();
  EXPECT_TRUE(probability > 0.0 && probability < 1.0);
  EXPECT_EQ(client.request("POST", "/predict", "{").status, 400);
  EXPECT_EQ(client.request("POST", "/predict", R"({"user": 3})").status, 422);
  EXPECT_EQ(client.request("GET", "/nothing").status, 404);
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().code, 0);
}

TEST_F(ServeProgram, what_is_in_flight_at_sigterm_is_finished) {
  RunningAsof server(serve());
  RawClient client(port_of(server));
  EXPECT_EQ(client.request("GET", "/health").status, 200);
  client.send(
      format("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
             kGood.size()));
  EXPECT_EQ(client.response()->status, 100) << "the server has read the request's head";
  client.send(kGood.substr(0, 10));
  server.send_signal(SIGTERM);
  server.wait_until_said("finishing what is in flight");
  client.send(kGood.substr(10));
  const auto answer = client.response();
  ASSERT_TRUE(answer);
  // Whether the answer says that the connection closes depends on whether stopping has begun: it is said just before.
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_EQ(server.wait().code, 0);
}

TEST_F(ServeProgram, a_second_signal_does_not_wait_for_what_is_in_flight) {
  RunningAsof server(serve());
  RawClient client(port_of(server));
  EXPECT_EQ(client.request("GET", "/health").status, 200);
  client.send("POST /predict HTTP/1.1\r\nHost: localhost\r\n");
  server.send_signal(SIGINT);
  server.wait_until_said("finishing what is in flight");
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().code, kEndedBySigterm);
}

/// A file that can be opened for reading, and never ends: reading it lasts until the test is over.
class EndlessFile {
 public:
  explicit EndlessFile(std::string path) : path_(std::move(path)) { ::mkfifo(path_.c_str(), 0600); }
  ~EndlessFile() {
    if (writer_ >= 0) ::close(writer_);
  }
  EndlessFile(const EndlessFile&) = delete;
  EndlessFile& operator=(const EndlessFile&) = delete;

  /// Returns when somebody reads.
  void wait_for_a_reader() { writer_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); }

 private:
  std::string path_;
  int writer_ = -1;
};

TEST_F(ServeProgram, sigterm_ends_it_at_once_while_it_still_reads) {
  const TemporaryFolder folder;
  EndlessFile project(folder / "asof.yaml");
  RunningAsof server({"serve", folder / "asof.yaml", "--port", "0"});
  project.wait_for_a_reader();
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().code, kEndedBySigterm);
}

TEST_F(ServeProgram, an_address_that_others_can_reach_is_warned_of) {
  const Ran refused = RunningAsof(serve({"--address", "0.0.0.0"})).wait();
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("can be reached from other machines, and there is no TLS here, nor are there --keys"),
            std::string::npos)
      << refused.err;
  RunningAsof open(serve({"--address", "0.0.0.0", "--insecure"}));
  open.wait_until_said("/docs shows the API");
  EXPECT_NE(open.said().find("warning: 0.0.0.0 can be reached"), std::string::npos) << open.said();
  RunningAsof local(serve());
  port_of(local);
  EXPECT_EQ(local.said().find("warning"), std::string::npos) << local.said();
}

/// The lender's histories in PostgreSQL.
class ServeProgramFromPostgres : public ServeProgram {
 protected:
  void SetUp() override {
    testing::copy_to_postgres(folder_->path(), postgres_);
    testing::write_project(folder_->path(), {.postgres = postgres_.url("reader") + "?application_name=served"});
  }
  void TearDown() override { testing::write_project(folder_->path(), {}); }

  PostgresServer& postgres_ = PostgresServer::shared();
};

TEST_F(ServeProgramFromPostgres, what_the_client_is_not_told_stands_in_the_log_under_the_request_id) {
  postgres_.run_sql("alter table gps alter accuracy type text; update gps set accuracy = 'five' where user_id = 3");
  const std::string user = postgres_.run_sql("select user_id from gps where accuracy = 'five' limit 1").at(0).at(0);
  RunningAsof server(serve());
  RawClient client(port_of(server));
  const RawResponse response = client.request(
      "POST", "/predict", format(R"({{"user_id": {}, "application_at": "2024-01-01T00:00:00Z"}})", user));
  EXPECT_EQ(response.status, 503) << response.body;
  EXPECT_EQ(response.body.find("five"), std::string::npos);
  server.send_signal(SIGTERM);
  const Ran ran = server.wait();
  EXPECT_EQ(ran.code, 0);
  EXPECT_NE(ran.err.find(format("[{}]: table `gps`", response.header("x-request-id"))), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("five"), std::string::npos) << ran.err;
}

TEST_F(ServeProgramFromPostgres, as_many_requests_wait_for_the_database_as_there_are_connections) {
  constexpr std::size_t kConnections = 12;
  RunningAsof server(serve({"--connections", format("{}", kConnections)}));
  const std::uint16_t port = port_of(server);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kConnections; ++i) clients.push_back(std::make_unique<RawClient>(port));
  LockedTable locked(postgres_, "gps");
  for (const auto& client : clients) {
    client->send(
        format("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: {}\r\n\r\n{}",
               kGood.size(), kGood));
  }
  std::atomic<bool> answered = false;
  std::thread reader([&] {
    for (const auto& client : clients) EXPECT_TRUE(client->response());
    answered = true;
  });
  int together = 0;
  while (!answered) {
    const auto sessions =
        postgres_.run_sql("select count(*) from pg_stat_activity where application_name = 'served'").at(0).at(0);
    together = std::max(together, std::stoi(sessions));
  }
  reader.join();
  EXPECT_GT(together, ServeOptions().waiting_threads);
}

}  // namespace
}  // namespace asof
