// POST /v1/explain over a real socket: the answer of /v1/score, what adds up to it, and the rows behind it.
#include <gtest/gtest.h>

#include "base/format.h"
#include "serve/raw_client.h"
#include "serve/server.h"
#include "serve/test_lender.h"

namespace asof {
namespace {

constexpr Timestamp kAt{1'700'000'000'000'000};

struct ExplainRoute : ::testing::Test {
  TestLender lender;
  Server server{lender.scorer(), lender.files(), {.port = 0}};

  void SetUp() override { server.start(); }

  RawResponse ask(std::string_view path, std::int64_t user) const {
    return RawClient(server.port())
        .request("POST", path, format(R"({{"user_id": {}, "application_at": "{}"}})", user, to_string(kAt)));
  }
};

TEST_F(ExplainRoute, begins_with_the_answer_of_a_score) {
  for (const std::int64_t user : {1, 5, 10, 11}) {
    const RawResponse explained = ask("/v1/explain", user);
    ASSERT_EQ(explained.status, 200) << explained.body;
    std::string score = ask("/v1/score", user).body;
    score.back() = ',';  // instead of the closing brace
    EXPECT_TRUE(explained.body.starts_with(score)) << explained.body << "\ndoes not begin with\n" << score;
  }
}

TEST_F(ExplainRoute, has_the_bits_of_the_scorer_and_its_terms_add_up) {
  for (const std::int64_t user : {1, 2, 3, 9, 10, 11}) {
    const Json body = ask("/v1/explain", user).json();
    const Explanation expected = lender.explained(user, kAt);
    EXPECT_EQ(body.at("log_odds").as_number(), expected.score.log_odds);
    EXPECT_EQ(body.at("base").as_number(), expected.base);
    EXPECT_EQ(body.at("calibration").as_number(), expected.calibration);
    EXPECT_EQ(body.at("prior").as_number(), expected.prior);
    double sum = expected.base + expected.calibration + expected.prior;
    const Json::Array& contributions = body.at("contributions").as_array();
    ASSERT_EQ(contributions.size(), expected.contributions.size());
    for (std::size_t i = 0; i < contributions.size(); ++i) {
      EXPECT_EQ(contributions[i].at("feature").as_string(), expected.contributions[i].feature);
      EXPECT_EQ(contributions[i].at("log_odds").as_number(), expected.contributions[i].log_odds);
      EXPECT_EQ(contributions[i].at("value").is_null(), is_missing(expected.contributions[i].value));
      sum += contributions[i].at("log_odds").as_number();
    }
    EXPECT_NEAR(sum, body.at("log_odds").as_number(), 1e-9);
  }
}

TEST_F(ExplainRoute, says_what_a_feature_is_and_which_rows_made_its_value) {
  const Json body = ask("/v1/explain", 1).json();
  const Json& fixes = body.at("contributions").as_array().at(0);
  EXPECT_EQ(fixes.at("definition").as_string(), "count(gps)");
  EXPECT_NE(fixes.at("english").as_string().find("Rows: those of `gps`"), std::string::npos);
  const Json& part = fixes.at("parts").as_array().at(0);
  EXPECT_EQ(part.at("table").as_string(), "gps");
  EXPECT_EQ(part.at("rows_used").as_integer(), body.at("rows_used").at("gps").as_integer());
  EXPECT_EQ(static_cast<double>(part.at("rows_used").as_integer()), fixes.at("value").as_number());
  std::string before;
  for (const Json& row : part.at("rows").as_array()) {
    EXPECT_LE(before, row.at("time").as_string());
    before = row.at("time").as_string();
    EXPECT_LT(parse_timestamp(before, {}), kAt);
  }
  const Json& attribute = body.at("contributions").as_array().at(3).at("parts").as_array().at(0);
  EXPECT_EQ(to_json(attribute.at("rows")), R"([{"time":null,"value":"0.1","known_at":null,"fate":"used"}])");
}

TEST_F(ExplainRoute, counts_all_rows_and_lists_the_latest_hundred) {
  lender.add_fixes(7, 250);
  Server many(lender.scorer(), lender.files(), {.port = 0});
  many.start();
  const std::string body = format(R"({{"user_id": 7, "application_at": "{}"}})", to_string(kAt));
  const Json answer = RawClient(many.port()).request("POST", "/v1/explain", body).json();
  const Json& part = answer.at("contributions").as_array().at(0).at("parts").as_array().at(0);
  EXPECT_GT(part.at("rows_used").as_integer(), 250);
  EXPECT_EQ(part.at("rows").as_array().size(), 100U);
  EXPECT_EQ(part.at("rows").as_array().back().at("time").as_string(), to_string(kAt - kSecond));
}

TEST_F(ExplainRoute, refuses_what_a_score_refuses) {
  RawClient client(server.port());
  const RawResponse wrong = client.request("POST", "/v1/explain", R"({"user_id": "5"})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(wrong.json().at("errors").as_array().at(0).at("pointer").as_string(), "/user_id");
  EXPECT_EQ(client.request("POST", "/v1/explain", "{").status, 400);
  EXPECT_EQ(client.request("GET", "/v1/explain").status, 405);
}

TEST_F(ExplainRoute, is_described_as_it_answers) {
  const Json described = RawClient(server.port()).request("GET", "/openapi.json").json();
  const Json& schema = described.at("paths")
                           .at("/v1/explain")
                           .at("post")
                           .at("responses")
                           .at("200")
                           .at("content")
                           .at("application/json")
                           .at("schema");
  const auto expect_described = [](const Json& value, const Json& by) {
    for (const auto& [name, member] : value.as_object()) EXPECT_NE(by.at("properties").find(name), nullptr) << name;
    for (const Json& name : by.at("required").as_array())
      EXPECT_NE(value.find(name.as_string()), nullptr) << name.as_string();
  };
  const Json body = ask("/v1/explain", 1).json();
  expect_described(body, schema);
  const Json& feature = body.at("contributions").as_array().at(0);
  const Json& feature_schema = schema.at("properties").at("contributions").at("items");
  expect_described(feature, feature_schema);
  const Json& part = feature.at("parts").as_array().at(0);
  const Json& part_schema = feature_schema.at("properties").at("parts").at("items");
  expect_described(part, part_schema);
  expect_described(part.at("rows").as_array().at(0), part_schema.at("properties").at("rows").at("items"));
}

TEST(ExplainRouteLog, an_explanation_gives_a_score_and_so_is_a_decision) {
  const TestLender lender;
  Server server(lender.scorer(), lender.stored(), {.port = 0});
  server.start();
  RawClient client(server.port());
  const std::string body = format(R"({{"user_id": 3, "application_at": "{}"}})", to_string(kAt));
  EXPECT_EQ(client.request("POST", "/v1/score", body).header("x-decision").substr(0, 2), "1:");
  const RawResponse explained = client.request("POST", "/v1/explain", body);
  EXPECT_EQ(explained.header("x-decision").substr(0, 2), "2:");
  EXPECT_EQ(explained.json().at("contributions").as_array().size(), 4U) << "from a store file as from files";
}

}  // namespace
}  // namespace asof
