// Rows over HTTP, without a network: what is stored counts at once, and a rejected batch leaves nothing behind.
#include <gtest/gtest.h>

#include <set>

#include "base/format.h"
#include "serve/endpoint.h"
#include "serve/row_form.h"
#include "serve/service.h"
#include "serve/test_lender.h"
#include "store/sqlite_format.h"

namespace asof {
namespace {

struct RowsTest : ::testing::Test {
  TestLender lender;
  Service service{lender.scorer(), lender.stored(), ServiceOptions()};

  HttpResponse send(std::string_view method, std::string_view path, std::string_view body = {},
                    std::string_view query = {}, std::string_view type = "application/json") const {
    const std::vector<HttpHeader> headers = {{"Content-Type", type}};
    return service.handle(
        {.method = method, .path = path, .query = query, .headers = headers, .body = body, .path_parameters = {}});
  }

  /// How many fixes of a user count.
  std::int64_t fixes(std::int64_t user) const {
    const std::string body = format(R"({{"user_id": {}, "application_at": "2030-01-01T00:00:00Z"}})", user);
    return parse_json(send("POST", "/predict", body).body).at("rows_used").at("gps").as_integer();
  }

  std::int64_t stored_rows(std::string_view table) const {
    return open_store(lender.folder() / "store.db", SqliteConnection::Access::kRead)
        .integer(format("SELECT count(*) FROM {}", table));
  }
};

constexpr std::string_view kTwoFixes =
    R"([{"id": 9001, "user_id": 77, "time_of_fix": "2024-01-01T00:00:00Z", "speed": 1.5},
        {"id": 9002, "user_id": 77, "time_of_fix": "2024-01-02T03:00:00+03:00", "speed": null}])";

void expect_body(const HttpResponse& response, int status, std::string_view body) {
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(response.body, body);
}

TEST_F(RowsTest, rows_that_were_stored_count_at_once) {
  EXPECT_EQ(fixes(77), 0);
  expect_body(send("POST", "/v1/rows/gps", kTwoFixes), 200, R"({"stored":2,"already_there":0,"rejected":[]})");
  EXPECT_EQ(fixes(77), 2);
  expect_body(send("POST", "/v1/gps", kTwoFixes), 200, R"({"stored":0,"already_there":2,"rejected":[]})");
  EXPECT_EQ(fixes(77), 2);
}

TEST_F(RowsTest, one_row_per_line_is_as_good_as_an_array) {
  const std::string lines =
      "{\"id\": 1, \"user_id\": 77, \"time_of_fix\": \"2024-01-01T00:00:00Z\"}\n\n"
      "{\"id\": 2, \"user_id\": 77, \"time_of_fix\": \"2024-01-01T00:00:00Z\"}\r\n";
  EXPECT_EQ(send("POST", "/v1/gps", lines, "", "application/x-ndjson; charset=utf-8").status, 200);
  EXPECT_EQ(fixes(77), 2);
  const HttpResponse broken = send("POST", "/v1/gps", lines + "{", "", "application/x-ndjson");
  EXPECT_EQ(broken.status, 400);
  EXPECT_NE(broken.body.find("line 4"), std::string::npos) << broken.body;
}

constexpr std::string_view kGoodAndBad =
    R"([{"id": 1, "user_id": 78, "time_of_fix": "2024-01-01T00:00:00Z"},
        {"id": "2", "user_id": 78, "time_of_fix": "2024-01-01T00:00:00Z"},
        {"id": 3, "user_id": 78, "time_of_fix": "soon"},
        {"id": 4, "user_id": 78, "time_of_fix": "2024-01-01T00:00:00Z", "sped": 1},
        {"id": 5, "time_of_fix": "2024-01-01T00:00:00Z"}, 6,
        {"id": 7, "user_id": 78, "time_of_fix": "2024-01-01T00:00:00Z"}])";

TEST_F(RowsTest, a_rejected_row_is_named_and_nothing_is_stored) {
  const std::int64_t before = stored_rows("gps");
  const HttpResponse refused = send("POST", "/v1/gps", kGoodAndBad);
  EXPECT_EQ(refused.status, 422);
  const Json body = parse_json(refused.body);
  std::vector<std::string> pointers;
  for (const Json& error : body.at("errors").as_array()) pointers.push_back(error.at("pointer").as_string());
  EXPECT_EQ(pointers, (std::vector<std::string>{"/1/id", "/2/time_of_fix", "/3/sped", "/5"}));
  EXPECT_NE(refused.body.find("did you mean `speed`"), std::string::npos) << refused.body;
  EXPECT_EQ(stored_rows("gps"), before);
}

TEST_F(RowsTest, partial_stores_the_others) {
  const HttpResponse answer = send("POST", "/v1/gps", kGoodAndBad, "partial=true");
  EXPECT_EQ(answer.status, 200);
  const Json body = parse_json(answer.body);
  EXPECT_EQ(body.at("stored").as_integer(), 2);
  std::vector<std::int64_t> indices;
  for (const Json& row : body.at("rejected").as_array()) indices.push_back(row.at("index").as_integer());
  EXPECT_EQ(indices, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(body.at("rejected").as_array()[3].at("field").as_string(), "user_id");
  EXPECT_EQ(fixes(78), 2);
}

TEST_F(RowsTest, a_row_id_with_other_values_is_a_conflict) {
  ASSERT_EQ(send("POST", "/v1/gps", kTwoFixes).status, 200);
  const std::string_view changed =
      R"([{"id": 9001, "user_id": 77, "time_of_fix": "2024-01-01T00:00:00Z", "speed": 1.25}])";
  const HttpResponse refused = send("POST", "/v1/gps", changed);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("\"/0/id\""), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("stored with other values"), std::string::npos) << refused.body;
}

TEST_F(RowsTest, what_is_asked_wrongly_is_said) {
  EXPECT_EQ(send("POST", "/v1/gpx", "[]").status, 404);
  EXPECT_EQ(send("GET", "/v1/gps").status, 405);
  EXPECT_EQ(send("POST", "/v1/gps", "{}").status, 422);
  EXPECT_EQ(send("POST", "/v1/gps", "[]", "partial=maybe").status, 400);
  EXPECT_EQ(send("POST", "/v1/gps", "[]", "", "text/csv").status, 415);
  expect_body(send("POST", "/v1/gps", "[]"), 200, R"({"stored":0,"already_there":0,"rejected":[]})");
  std::string many = "[0";
  for (std::size_t row = 0; row < kRowsMax; ++row) many += ",0";
  EXPECT_EQ(send("POST", "/v1/gps", many + "]").status, 413);
}

TEST_F(RowsTest, a_user_who_is_erased_is_unknown) {
  ASSERT_GT(fixes(3), 0);
  const std::int64_t before = fixes(3);
  expect_body(send("DELETE", "/v1/users/3"), 200,
              format(R"({{"erased":{{"features":1,"gps":{}}},"decisions":2}})", before));
  EXPECT_EQ(fixes(3), 0);
  EXPECT_GT(fixes(4), 0);
  EXPECT_EQ(send("DELETE", "/v1/users/o'brien").status, 404);
}

TEST_F(RowsTest, every_route_is_described_and_waits_for_the_disk_elsewhere) {
  std::set<std::string> listed;
  const Json description = parse_json(service.openapi_text());
  for (const auto& [path, methods] : description.at("paths").as_object()) listed.insert(path);
  for (const Endpoint* endpoint : all_endpoints()) EXPECT_TRUE(listed.contains(std::string(endpoint->path)));
  const Json& rows = description.at("paths").at("/v1/rows/{table}").at("post");
  const std::string row = to_json(
      rows.at("requestBody").at("content").at("application/x-ndjson").at("schema").at("anyOf").as_array().at(1));
  EXPECT_NE(row.find(R"("required":["user_id","time_of_fix","id"])"), std::string::npos) << row;
  EXPECT_TRUE(service.may_wait({.method = "POST", .path = "/v1/gps", .path_parameters = {}}));
  EXPECT_TRUE(service.may_wait({.method = "POST", .path = "/predict", .path_parameters = {}}))
      << "its entry in the decision log must be on disk";
  EXPECT_FALSE(service.may_wait({.method = "GET", .path = "/health", .path_parameters = {}}));
  const Service reading(lender.scorer(), lender.files(), ServiceOptions());
  EXPECT_FALSE(reading.may_wait({.method = "POST", .path = "/predict", .path_parameters = {}}));
}

TEST_F(RowsTest, a_store_that_takes_no_rows_offers_no_route_for_them) {
  const Service reading(lender.scorer(), lender.files(), ServiceOptions());
  EXPECT_EQ(reading.handle({.method = "POST", .path = "/v1/gps", .path_parameters = {}}).status, 404);
  EXPECT_EQ(reading.openapi_text().find("/v1/{table}"), std::string::npos);
}

}  // namespace
}  // namespace asof
