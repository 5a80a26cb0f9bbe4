// `asof verify` after a real service: every decision comes out again to the bit, though rows came in all the while; and
// whatever is changed afterwards is found.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <map>
#include <thread>

#include "base/format.h"
#include "lender.h"
#include "serve/raw_client.h"
#include "store/sqlite_format.h"

namespace asof {
namespace {

using testing::Ran;
using testing::RunningAsof;
using testing::TemporaryFolder;
using Access = SqliteConnection::Access;

std::uint16_t port_of(RunningAsof& server) {
  server.wait_until_said("/docs shows the API");
  const std::string said = server.said();
  const std::string_view before = "http://127.0.0.1:";
  return static_cast<std::uint16_t>(std::stoi(said.substr(said.find(before) + before.size())));
}

constexpr std::int64_t kUsers = 60;

std::string application(std::int64_t user) {
  return format(
      R"({{"user_id": {}, "application_at": "2024-0{}-01T00:00:00Z", "application": {{"amount": {}.1, "purpose": null}}}})",
      user, 1 + user % 6, user);
}

/// Two fixes, one of them long before every application: had it been known, it would have counted.
std::string fixes(std::int64_t user, std::int64_t number) {
  return format(
      R"([{{"id": {0}, "user_id": {1}, "time_of_fix": "2023-12-{2:02}T03:04:05Z", "land_speed": {2}.5}},
          {{"id": {3}, "user_id": {1}, "time_of_fix": "2024-03-0{4}T03:04:05Z"}}])",
      1'000'000'000 + 2 * number, user, 1 + number % 28, 1'000'000'001 + 2 * number, 1 + number % 9);
}

/// A trained lender, and a store that was served: two threads asked while one delivered rows.
class Verify : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const TemporaryFolder& folder = *folder_;
    testing::make_lender(folder.path(), {.users = 300, .own_columns = true});
    ASSERT_EQ(testing::run_asof({"train", folder.path().string(), "--quiet"}).code, 0);
    ASSERT_EQ(testing::run_asof({"ingest", folder.path().string(), "--store", folder / "served.db", "-q"}).code, 0);
    RunningAsof server(serve(folder / "served.db"));
    ask_while_rows_come_in(port_of(server));
    server.send_signal(SIGTERM);
    ASSERT_EQ(server.wait().code, 0);
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::vector<std::string> serve(const std::string& store) {
    return {"serve", folder_->path().string(), "--store", store, "--port", "0"};
  }

  static void ask_while_rows_come_in(std::uint16_t port) {
    std::atomic<bool> answered = false;
    std::thread rows([&] {
      RawClient client(port);
      for (std::int64_t number = 0; !answered; ++number)
        EXPECT_EQ(client.request("POST", "/v1/gps", fixes(1 + number % kUsers, number)).status, 200);
    });
    std::vector<std::thread> asking;
    for (const char* route : {"/predict", "/v1/score"}) {
      asking.emplace_back([&, route] {
        RawClient client(port);
        for (std::int64_t user = 1; user <= 4 * kUsers; ++user) {
          const RawResponse answer = client.request("POST", route, application(1 + user % kUsers));
          EXPECT_EQ(answer.status, 200) << answer.body;
          heads_.at(route).push_back(answer.header("x-decision"));
        }
      });
    }
    for (std::thread& thread : asking) thread.join();
    answered = true;
    rows.join();
  }

  /// A copy to do something to.
  std::string copy() const {
    EXPECT_EQ(testing::run_asof(
                  {"backup", "--store", *folder_ / "served.db", "--out", *folder_ / "copy.db", "--force", "--quiet"})
                  .code,
              0);
    return *folder_ / "copy.db";
  }

  static Ran verify(const std::string& store, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"verify", folder_->path().string(), "--store", store};
    words.insert(words.end(), more.begin(), more.end());
    return testing::run_asof(words);
  }

  static Json verified(const std::string& store, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--json"};
    words.insert(words.end(), more.begin(), more.end());
    return parse_json(verify(store, words).out);
  }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::map<std::string, std::vector<std::string>> heads_;  // of the answers, by route
};

std::unique_ptr<TemporaryFolder> Verify::folder_;
std::map<std::string, std::vector<std::string>> Verify::heads_ = {{"/predict", {}}, {"/v1/score", {}}};

TEST_F(Verify, every_decision_comes_out_again_to_the_bit) {
  std::string noted;
  for (const auto& [route, heads] : heads_) {
    for (const std::string& head : heads) noted += (noted.empty() ? "" : ",") + head;
  }
  const Json said = verified(*folder_ / "served.db", {"--head", noted});
  EXPECT_TRUE(said.at("verified").as_bool()) << to_json(said);
  EXPECT_EQ(said.at("entries").as_integer(), 8 * kUsers);
  EXPECT_EQ(said.at("replayed").as_integer(), 8 * kUsers);
  EXPECT_EQ(said.at("differing").as_integer(), 0);
}

TEST_F(Verify, rows_that_came_later_count_now_and_not_in_what_was_decided) {
  const std::string store = copy();
  RunningAsof server(serve(store));
  RawClient client(port_of(server));
  const auto ask = [&] { return client.request("POST", "/predict", application(7)).json(); };
  const Json before = ask();
  for (std::int64_t number = 0; number < 20; ++number)
    ASSERT_EQ(client.request("POST", "/v1/gps", fixes(7, 5'000'000 + number)).status, 200);
  const Json after = ask();
  EXPECT_LT(before.at("rows_used").at("gps").as_integer(), after.at("rows_used").at("gps").as_integer());
  EXPECT_NE(before.at("prediction_probability"), after.at("prediction_probability"));
  EXPECT_TRUE(verified(store).at("verified").as_bool());
}

TEST_F(Verify, an_entry_that_was_changed_is_named) {
  const std::string store = copy();
  open_store(store, Access::kWrite)
      .run("UPDATE asof_decisions SET payload = replace(payload, '\"band\":\"', '\"band\":\"A') WHERE sequence = 17");
  const Ran ran = verify(store);
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("entry 17: its payload is not the one that it was made with"), std::string::npos) << ran.out;
}

TEST_F(Verify, a_row_that_is_gone_is_named_by_the_first_decision_on_it) {
  const std::string store = copy();
  const SqliteConnection opened = open_store(store, Access::kWrite);
  const std::int64_t first = opened.integer(
      "SELECT min(sequence) FROM asof_decisions WHERE user = 5 AND json_extract(payload, '$.rows_used.gps') > 0");
  ASSERT_GT(first, 0);
  opened.run(
      "DELETE FROM gps WHERE user_id = 5 AND time_of_fix = (SELECT min(time_of_fix) FROM gps WHERE user_id = 5 "
      "AND asof_stored_at = (SELECT min(asof_stored_at) FROM gps WHERE user_id = 5))");
  const Ran ran = verify(store);
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find(format("entry {}: rows_used was gps", first)), std::string::npos) << ran.out;
}

TEST_F(Verify, a_value_that_was_changed_is_named_by_its_bits) {
  const std::string store = copy();
  open_store(store, Access::kWrite)
      .run(
          "UPDATE features SET feature_1 = feature_1 + 1.0, feature_2 = feature_2 + 1.0, "
          "feature_3 = feature_3 + 1.0, feature_4 = feature_4 + 1.0");
  const Ran ran = verify(store);
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("probability was 0."), std::string::npos) << ran.out;
}

TEST_F(Verify, tampering_is_noticed_every_time) {
  const Ran ran = verify(*folder_ / "served.db", {"--tamper", "--json"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const Json said = parse_json(ran.out);
  EXPECT_TRUE(said.at("all_noticed").as_bool());
  for (const Json& kind : said.at("tampering").as_array()) EXPECT_GT(kind.at("tried").as_integer(), 0) << to_json(kind);
}

TEST_F(Verify, erased_people_are_counted_and_the_others_come_out_again) {
  const std::string store = copy();
  ASSERT_EQ(testing::run_asof({"erase", "--store", store, "--user", "5"}).code, 0);
  RunningAsof server(serve(store));
  const RawResponse erased = RawClient(port_of(server)).request("DELETE", "/v1/users/6");
  EXPECT_EQ(erased.json().at("decisions").as_integer(), 8);
  server.send_signal(SIGTERM);
  server.wait();
  const Json said = verified(store, {"--head", heads_.at("/predict").back()});
  EXPECT_TRUE(said.at("verified").as_bool()) << to_json(said);
  EXPECT_EQ(said.at("erased").as_integer(), 16);
  EXPECT_EQ(said.at("erasures").as_integer(), 2);
  EXPECT_EQ(said.at("replayed").as_integer(), 8 * kUsers - 16);
}

TEST_F(Verify, a_server_that_is_killed_has_logged_every_answer) {
  const std::string store = copy();
  std::string noted;
  std::size_t answers = 0;
  for (int kill = 0; kill < 4; ++kill) {
    RunningAsof server(serve(store));
    RawClient client(port_of(server));
    for (std::int64_t user = 1; user <= 5 + 7 * kill; ++user, ++answers)
      noted += (noted.empty() ? "" : ",") + client.request("POST", "/predict", application(user)).header("x-decision");
    client.send(
        format("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: {}\r\n\r\n{}",
               application(3).size(), application(3)));
    server.send_signal(SIGKILL);
  }
  const Json said = verified(store, {"--head", noted});
  EXPECT_TRUE(said.at("verified").as_bool()) << to_json(said);
  EXPECT_GE(said.at("replayed").as_integer(), 8 * kUsers + static_cast<std::int64_t>(answers));
}

TEST_F(Verify, a_prior_is_part_of_the_decision) {
  const std::string store = copy();
  {
    std::vector<std::string> words = serve(store);
    words.insert(words.end(), {"--prior-repaid", "0.97"});
    RunningAsof server(words);
    RawClient(port_of(server)).request("POST", "/predict", application(3));
  }
  EXPECT_TRUE(verified(store).at("verified").as_bool());
  const SqliteConnection opened = open_store(store, Access::kWrite);
  EXPECT_EQ(opened.integer("SELECT count(*) FROM asof_decisions WHERE json_extract(entry, '$.prior_repaid') = 0.97"),
            1);
}

TEST_F(Verify, without_a_decision_log_nothing_is_written) {
  const std::string store = copy();
  std::vector<std::string> words = serve(store);
  words.emplace_back("--no-decision-log");
  RunningAsof server(words);
  const RawResponse answer = RawClient(port_of(server)).request("POST", "/predict", application(3));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-decision"), "");
  EXPECT_EQ(verified(store).at("entries").as_integer(), 8 * kUsers);
}

}  // namespace
}  // namespace asof
