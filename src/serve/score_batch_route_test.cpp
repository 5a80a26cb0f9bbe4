// POST /v1/score:batch over a real socket: line by line what /v1/score says, whatever the other lines are.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/format.h"
#include "serve/raw_client.h"
#include "serve/server.h"
#include "serve/test_lender.h"
#include "store/decision_chain.h"
#include "store/sqlite_format.h"

namespace asof {
namespace {

constexpr std::string_view kNdjsonHeader = "Content-Type: application/x-ndjson\r\n";

std::string line(std::int64_t user, std::int64_t day = 0) {
  return format(R"({{"user_id": {}, "application_at": "{}"}})", user,
                to_string(Timestamp{1'695'000'000'000'000 + day * kDay.microseconds}));
}

std::vector<std::string> lines_of(const std::string& body) {
  std::vector<std::string> lines;
  std::istringstream stream(body);
  for (std::string text; std::getline(stream, text);) lines.push_back(text);
  return lines;
}

struct ScoreBatchRoute : ::testing::Test {
  TestLender lender;
  ServeOptions options{.port = 0};
  std::unique_ptr<Server> server;

  std::uint16_t start(std::shared_ptr<const UserStore> store) {
    server = std::make_unique<Server>(lender.scorer(), std::move(store), options);
    server->start();
    return server->port();
  }

  static RawResponse batch(RawClient& client, const std::string& body) {
    return client.request("POST", "/v1/score:batch", body, kNdjsonHeader);
  }
};

TEST_F(ScoreBatchRoute, every_line_has_the_bytes_of_a_single_score_in_the_same_order) {
  RawClient client(start(lender.files()));
  std::vector<std::string> asked;
  std::string body;
  for (std::int64_t i = 0; i < 200; ++i) {
    asked.push_back(line(i * 7 % 12, i % 90));
    body += asked.back() + "\n";
  }
  const RawResponse response = batch(client, body);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.header("content-type"), "application/x-ndjson");
  EXPECT_EQ(response.header("x-decision"), "");
  const std::vector<std::string> answers = lines_of(response.body);
  ASSERT_EQ(answers.size(), asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(answers[i], client.request("POST", "/v1/score", asked[i]).body) << i;
}

TEST_F(ScoreBatchRoute, a_bad_line_is_a_problem_of_its_own) {
  RawClient client(start(lender.files()));
  const RawResponse response =
      batch(client, line(1) + "\n{\n" + R"({"user_id": "x"})" + "\r\n\n  \n" + line(2) + "\r\n[]\n" + line(3));
  ASSERT_EQ(response.status, 200) << response.body;
  const std::vector<std::string> answers = lines_of(response.body);
  ASSERT_EQ(answers.size(), 6U) << "blank lines are not answered";
  const std::pair<std::size_t, int> wrong[] = {{1, 400}, {2, 422}, {4, 422}};
  for (const auto& [index, status] : wrong) {
    const Json problem = parse_json(answers[index]);
    EXPECT_EQ(problem.at("status").as_integer(), status);
    EXPECT_EQ(problem.at("index").as_integer(), static_cast<std::int64_t>(index));
    EXPECT_EQ(problem.at("instance").as_string(), "/v1/score:batch");
    EXPECT_EQ(problem.at("request_id").as_string(), format("{}:{}", response.header("x-request-id"), index));
  }
  EXPECT_EQ(parse_json(answers[2]).at("errors").as_array().at(0).at("pointer").as_string(), "/user_id");
  EXPECT_EQ(answers[0], client.request("POST", "/v1/score", line(1)).body);
  EXPECT_EQ(answers[3], client.request("POST", "/v1/score", line(2)).body);
  EXPECT_EQ(answers[5], client.request("POST", "/v1/score", line(3)).body);
}

TEST_F(ScoreBatchRoute, what_is_no_batch_is_refused_as_a_whole) {
  options.body_bytes_max = 30'000;
  const std::uint16_t port = start(lender.files());
  const auto status = [&](const std::string& body, std::string_view headers = kNdjsonHeader) {
    RawClient client(port);
    const RawResponse response = client.request("POST", "/v1/score:batch", body, headers);
    EXPECT_EQ(response.status == 200, response.header("content-type") == "application/x-ndjson");
    return response.status;
  };
  EXPECT_EQ(status(""), 400);
  EXPECT_EQ(status("\n \r\n"), 400);
  EXPECT_EQ(status(line(1), "Content-Type: application/json\r\n"), 415);
  EXPECT_EQ(status(line(1), "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"), 415);
  EXPECT_EQ(status(line(1), "Content-Type: application/jsonl; charset=utf-8\r\n"), 200);
  EXPECT_EQ(status(line(1), ""), 200);
  EXPECT_EQ(status(std::string(30'001, ' ')), 413) << "the limit of any body";
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "5\n";
  EXPECT_EQ(status(many), 200);
  EXPECT_EQ(status(many + "5\n"), 413);
}

TEST_F(ScoreBatchRoute, every_line_is_a_decision_and_the_answer_names_the_latest) {
  std::string body;
  RawClient client(start(lender.stored()));
  const std::string path = lender.folder() / "store.db";
  for (std::int64_t i = 0; i < 40; ++i) body += line(1 + i % 9, i) + "\n" + (i % 10 == 0 ? "{}\n" : "");
  const RawResponse response = batch(client, body);
  ASSERT_EQ(response.status, 200) << response.body;
  std::multiset<double> answered;
  for (const std::string& answer : lines_of(response.body)) {
    const Json json = parse_json(answer);
    if (const Json* probability = json.find("prediction_probability")) answered.insert(probability->as_number());
  }
  std::multiset<double> logged;
  std::set<std::string> ids;
  const ChainCheck chain =
      check_chain(open_store(path, SqliteConnection::Access::kRead), {}, [&](std::int64_t, const Decision& decision) {
        logged.insert(decision.probability);
        ids.insert(decision.request_id);
        EXPECT_EQ(decision.route, "/v1/score:batch");
      });
  EXPECT_FALSE(chain.fault);
  EXPECT_EQ(chain.decisions, 40);
  EXPECT_EQ(logged, answered);
  EXPECT_EQ(ids.size(), 40U) << "an id of its own for each line";
  EXPECT_TRUE(ids.contains(response.header("x-request-id") + ":0"));
  EXPECT_EQ(response.header("x-decision"), format("40:{}", chain.head.hash));
}

TEST_F(ScoreBatchRoute, the_description_says_how_much_it_takes) {
  RawClient client(start(lender.files()));
  const Json described = client.request("GET", "/openapi.json").json();
  const Json& operation = described.at("paths").at("/v1/score:batch").at("post");
  EXPECT_NE(operation.at("description").as_string().find("At most 10000 lines"), std::string::npos);
  const Json& one = operation.at("requestBody").at("content").at("application/x-ndjson").at("schema");
  EXPECT_EQ(batch(client, to_json(one.at("example"))).status, 200);
}

}  // namespace
}  // namespace asof
