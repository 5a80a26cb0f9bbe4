// `POST /v1/explain` says what `asof explain` and `asof explain-value` say of the same bundle and rows, to the bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "base/format.h"
#include "lender.h"
#include "serve/raw_client.h"

namespace asof {
namespace {

using testing::Ran;
using testing::run_asof;
using testing::RunningAsof;
using testing::TemporaryFolder;

constexpr const char* kAt = "2024-01-01T00:00:00Z";

Json said_by(std::vector<std::string> command) {
  command.insert(command.end(), {"--at", kAt, "--json", "--quiet"});
  const Ran ran = run_asof(command);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return parse_json(ran.out);
}

std::vector<Json> rows_used(const Json& part) {
  std::vector<Json> rows;
  std::ranges::copy_if(part.at("rows").as_array(), std::back_inserter(rows),
                       [](const Json& row) { return row.at("fate").as_string() == "used"; });
  return rows;
}

class ExplainEqualsLive : public ::testing::Test {
 protected:
  ExplainEqualsLive() {
    testing::make_lender(folder_.path(), {.users = 300});
    const Ran ran = run_asof({"train", folder_.path().string(), "--quiet"});
    EXPECT_EQ(ran.code, 0) << ran.err;
  }

  static std::uint16_t port_of(RunningAsof& server) {
    server.wait_until_said("/docs shows the API");
    const std::string said = server.said();
    const std::string_view before = "http://127.0.0.1:";
    return static_cast<std::uint16_t>(std::stoi(said.substr(said.find(before) + before.size())));
  }

  TemporaryFolder folder_;
};

TEST_F(ExplainEqualsLive, every_number_and_every_row) {
  const std::string folder = folder_.path().string();
  RunningAsof server({"serve", folder, "--port", "0"});
  RawClient client(port_of(server));
  for (const char* user : {"3", "4", "17"}) {
    const RawResponse answer =
        client.request("POST", "/v1/explain", format(R"({{"user_id": {}, "application_at": "{}"}})", user, kAt));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json live = answer.json();
    const Json batch = said_by({"explain", folder, "--user", user});
    for (const char* term : {"prediction_probability", "log_odds", "points", "base", "calibration", "prior"})
      EXPECT_EQ(live.at(term), batch.at(term)) << term;
    const Json::Array& features = live.at("contributions").as_array();
    const Json::Array& contributions = batch.at("contributions").as_array();
    ASSERT_EQ(features.size(), contributions.size());
    for (std::size_t i = 0; i < features.size(); ++i) {
      for (const char* member : {"feature", "value", "shown", "log_odds"})
        EXPECT_EQ(features[i].at(member), contributions[i].at(member));
    }
  }
}

TEST_F(ExplainEqualsLive, the_rows_and_the_words_of_a_value) {
  const std::string folder = folder_.path().string();
  RunningAsof server({"serve", folder, "--port", "0"});
  const std::string body = format(R"({{"user_id": 4, "application_at": "{}"}})", kAt);
  const Json live = RawClient(port_of(server)).request("POST", "/v1/explain", body).json();
  std::size_t rows_seen = 0;
  for (const Json& feature : live.at("contributions").as_array()) {
    const std::string& name = feature.at("feature").as_string();
    SCOPED_TRACE(name);
    const Json one = said_by({"explain-value", folder, "--user", "4", "--feature", name});
    EXPECT_EQ(feature.at("value"), one.at("value"));
    const Ran explained = run_asof({"features", folder, "--explain", name, "--json", "--quiet"});
    EXPECT_EQ(feature.at("english"), parse_json(explained.out).at("english"));
    const Json::Array& live_parts = feature.at("parts").as_array();
    const Json::Array& parts = one.at("parts").as_array();
    ASSERT_EQ(live_parts.size(), parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(live_parts[i].at("expression"), parts[i].at("expression"));
      const std::vector<Json> used = rows_used(parts[i]);
      EXPECT_EQ(live_parts[i].at("rows_used").as_integer(), std::ssize(used));
      const Json::Array& listed = live_parts[i].at("rows").as_array();
      ASSERT_LE(listed.size(), used.size());
      EXPECT_TRUE(std::ranges::equal(listed, std::span(used).last(listed.size())));
      EXPECT_EQ(listed.size(), std::min<std::size_t>(used.size(), 100 / parts.size()));
      rows_seen += used.size();
    }
  }
  EXPECT_GT(rows_seen, 0U);
}

}  // namespace
}  // namespace asof
