// Requests and answers, without a network. What is scored is scored by the real thing.
#include "serve/service.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <thread>

#include "asof/error.h"
#include "serve/endpoint.h"
#include "serve/test_lender.h"

namespace asof {
namespace {

/// A store that fails as it is told.
class FailingStore final : public UserStore {
 public:
  explicit FailingStore(Error::Kind kind) : kind_(kind) {}
  UserRows read(const EntityKey&, Timestamp) const override {
    throw Error(kind_, "host db.internal is away, secret-detail");
  }
  bool may_wait() const noexcept override { return true; }
  void check() const override { throw Error(kind_, "secret-detail"); }
  std::string describe() const override { return "nothing"; }

 private:
  Error::Kind kind_;
};

struct ServiceTest : testing::Test {
  static inline std::unique_ptr<TestLender> lender;
  static inline std::unique_ptr<Service> service;

  static void SetUpTestSuite() {
    lender = std::make_unique<TestLender>();
    service = std::make_unique<Service>(lender->scorer(), lender->files(), ServiceOptions());
  }
  static void TearDownTestSuite() {
    service.reset();
    lender.reset();
  }

  static HttpResponse send(const Service& to, std::string_view method, std::string_view path,
                           std::string_view body = {},
                           std::vector<HttpHeader> headers = {{"Content-Type", "application/json"}}) {
    return to.handle({.method = method, .path = path, .headers = headers, .body = body, .path_parameters = {}});
  }
  static HttpResponse predict(std::string_view body) { return send(*service, "POST", "/predict", body); }
};

std::string_view header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

void expect_problem(const HttpResponse& response, int status) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.content_type, "application/problem+json");
  const Json body = parse_json(response.body);
  EXPECT_EQ(body.at("status").as_integer(), status);
  EXPECT_EQ(body.at("title").as_string(), reason_phrase(status));
  EXPECT_FALSE(body.at("detail").as_string().empty());
  EXPECT_EQ(body.at("request_id").as_string(), header(response, "X-Request-Id"));
}

TEST_F(ServiceTest, a_prediction_has_the_bits_of_the_scorer) {
  const Timestamp at{1'705'000'000'000'000};
  for (const std::int64_t user : {1, 2, 3, 9, 10, 11}) {
    const HttpResponse response = predict(format(R"({{"user_id": {}, "application_at": "{}"}})", user, to_string(at)));
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    const Json body = parse_json(response.body);
    const Score expected = lender->expected(user, at);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(body.at("prediction_probability").as_number()),
              std::bit_cast<std::uint64_t>(expected.repayment_probability));
    EXPECT_EQ(body.at("model").at("name").as_string(), "test-lender");
    EXPECT_EQ(body.at("model").at("version").as_string(), lender->scorer()->bundle().version);
    for (const SourceUse& source : expected.sources) {
      EXPECT_EQ(body.at("rows_used").at(source.table).as_integer(), static_cast<std::int64_t>(source.rows_used));
    }
    EXPECT_EQ(body.at("missing_sources"), Json::array(expected.missing_sources));
    EXPECT_EQ(body.at("thin_file").as_bool(), user > 9);
  }
}

TEST_F(ServiceTest, a_score_adds_points_a_band_and_the_reasons_that_an_explanation_gives) {
  const Timestamp at{1'705'000'000'000'000};
  const PointCard& card = lender->scorer()->bundle().points;
  std::size_t reasons_seen = 0;
  for (const std::int64_t user : {1, 2, 3, 9, 10, 11}) {
    const HttpResponse response = send(*service, "POST", "/v1/score",
                                       format(R"({{"user_id": {}, "application_at": "{}"}})", user, to_string(at)));
    ASSERT_EQ(response.status, 200) << response.body;
    const Json body = parse_json(response.body);
    const Explanation expected = lender->explained(user, at);
    EXPECT_EQ(body.at("prediction_probability").as_number(), expected.score.repayment_probability);
    EXPECT_EQ(body.at("points").as_number(), expected.score.points);
    EXPECT_EQ(body.at("band").as_string(), card.band_of(expected.score.points));
    const Json::Array& reasons = body.at("reasons").as_array();
    ASSERT_EQ(reasons.size(), expected.reasons.size());
    for (std::size_t i = 0; i < reasons.size(); ++i) {
      EXPECT_EQ(reasons[i].at("text").as_string(), expected.reasons[i].sentence);
      EXPECT_GT(reasons[i].at("points_lost").as_number(), 0.0);
    }
    reasons_seen += reasons.size();
  }
  EXPECT_GT(reasons_seen, 0U);
}

TEST_F(ServiceTest, an_unknown_user_is_scored_as_a_thin_file) {
  const Json body = parse_json(predict(R"({"user_id": 4711, "application_at": "2024-01-01T00:00:00Z"})").body);
  EXPECT_TRUE(body.at("thin_file").as_bool());
  EXPECT_EQ(to_json(body.at("missing_sources")), R"(["gps","features"])");
  EXPECT_EQ(to_json(body.at("rows_used")), R"({"gps":0,"features":0})");
  const double probability = body.at("prediction_probability").as_number();
  EXPECT_TRUE(probability > 0 && probability < 1);
}

TEST_F(ServiceTest, rows_after_the_application_do_not_count) {
  const auto used = [](std::string_view at) {
    return parse_json(predict(format(R"({{"user_id": 1, "application_at": "{}"}})", at)).body)
        .at("rows_used")
        .at("gps")
        .as_integer();
  };
  EXPECT_EQ(used("2020-01-01T00:00:00Z"), 0);
  EXPECT_LT(used("2023-10-01T00:00:00Z"), used("2024-06-01T00:00:00Z"));
}

TEST_F(ServiceTest, a_time_without_offset_is_read_in_the_lenders_zone) {
  const HttpResponse local = predict(R"({"user_id": 1, "application_at": "2023-10-01T03:00:00"})");
  const HttpResponse utc = predict(R"({"user_id": 1, "application_at": "2023-10-01T00:00:00Z"})");
  EXPECT_EQ(local.status, 200);
  EXPECT_EQ(local.body, utc.body);
}

struct Wrong {
  std::string_view body;
  std::string_view pointer;  ///< of the first field that is named
  std::string_view says;
};

TEST_F(ServiceTest, a_wrong_field_is_named) {
  constexpr Wrong kCases[] = {
      {R"({"application_at": "2024-01-01T00:00:00Z"})", "/user_id", "missing"},
      {R"({"user_id": 5})", "/application_at", "missing"},
      {R"({"user_id": "5", "application_at": "2024-01-01T00:00:00Z"})", "/user_id",
       "must be an integer, but it is a string"},
      {R"({"user_id": 5.5, "application_at": "2024-01-01T00:00:00Z"})", "/user_id", "must be an integer"},
      {R"({"user_id": 5.0, "application_at": "2024-01-01T00:00:00Z"})", "/user_id", "must be an integer"},
      {R"({"user_id": null, "application_at": "2024-01-01T00:00:00Z"})", "/user_id", "null"},
      {R"({"user_id": true, "application_at": "2024-01-01T00:00:00Z"})", "/user_id", "boolean"},
      {R"({"user_id": [5], "application_at": "2024-01-01T00:00:00Z"})", "/user_id", "an array"},
      {R"({"user_id": -9223372036854775808, "application_at": "2024-01-01T00:00:00Z"})", "/user_id", "greater"},
      {R"({"user_id": 5, "application_at": "yesterday"})", "/application_at", "yesterday"},
      {R"({"user_id": 5, "application_at": "2024-02-30T00:00:00Z"})", "/application_at", ""},
      {R"({"user_id": 5, "application_at": 1704067200})", "/application_at", "ISO 8601"},
      {R"({"user_id": 5, "application_at": ""})", "/application_at", ""},
      {R"({"user_id": 5, "application_at": "2024-01-01T00:00:00Z", "usr": 1})", "/usr", "unknown field `usr`"},
      {R"({"user_id": 5, "application_at": "2024-01-01T00:00:00Z", "a/b~c": 1})", "/a~1b~0c", "unknown field"},
      {R"({"user_id": 5, "application_at": "2024-01-01T00:00:00Z", "application": {}})", "/application",
       "unknown field"},
      {R"([])", "", "array"},
      {R"(5)", "", "integer"},
      {R"(null)", "", "null"},
  };
  for (const Wrong& wrong : kCases) {
    SCOPED_TRACE(wrong.body);
    const HttpResponse response = predict(wrong.body);
    expect_problem(response, 422);
    const Json error = parse_json(response.body).at("errors").as_array().at(0);
    EXPECT_EQ(error.at("pointer").as_string(), wrong.pointer);
    EXPECT_NE(error.at("detail").as_string().find(wrong.says), std::string::npos) << error.at("detail").as_string();
  }
}

TEST_F(ServiceTest, all_wrong_fields_are_named_at_once) {
  const Json body = parse_json(predict(R"({"user_id": "5", "application_at": 7, "x": 1})").body);
  std::set<std::string> pointers;
  for (const Json& error : body.at("errors").as_array()) pointers.insert(error.at("pointer").as_string());
  EXPECT_EQ(pointers, (std::set<std::string>{"/user_id", "/application_at", "/x"}));
}

TEST_F(ServiceTest, many_unknown_fields_do_not_make_a_long_answer) {
  std::string body = "{";
  for (int i = 0; i < 10'000; ++i) body += format("\"field{}\": 1, ", i);
  const HttpResponse response = predict(body + format("\"{}\": 1}}", std::string(100'000, 'x')));
  expect_problem(response, 422);
  EXPECT_LT(response.body.size(), 10'000u);
}

TEST_F(ServiceTest, what_is_no_json_is_a_bad_request_with_the_position) {
  for (const std::string_view body :
       {"{", "{\"user_id\": 5,}", "user_id=5", "{\"user_id\": 5} x", "{\"user_id\": 05}", "\xff", "{\"a\": NaN}"}) {
    SCOPED_TRACE(body);
    const HttpResponse response = predict(body);
    expect_problem(response, 400);
    EXPECT_NE(parse_json(response.body).at("detail").as_string().find("byte"), std::string::npos) << response.body;
  }
  expect_problem(predict(""), 400);
  expect_problem(predict(R"({"user_id": 5, "user_id": 6, "application_at": "2024-01-01T00:00:00Z"})"), 400);
  expect_problem(predict(std::string(100'000, '[')), 400);
  expect_problem(predict(R"({"user_id": 99999999999999999999, "application_at": "2024-01-01T00:00:00Z"})"), 400);
}

TEST_F(ServiceTest, a_body_that_says_it_is_no_json_is_refused) {
  constexpr std::string_view kBody = R"({"user_id": 5, "application_at": "2024-01-01T00:00:00Z"})";
  expect_problem(send(*service, "POST", "/predict", kBody, {{"Content-Type", "application/x-www-form-urlencoded"}}),
                 415);
  expect_problem(send(*service, "POST", "/predict", kBody, {{"content-type", "text/json"}}), 415);
  expect_problem(
      send(*service, "POST", "/predict", kBody, {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}),
      415);
  EXPECT_EQ(send(*service, "POST", "/predict", kBody, {{"content-type", "Application/JSON; charset=utf-8"}}).status,
            200);
  EXPECT_EQ(send(*service, "POST", "/predict", kBody, {}).status, 200);
}

TEST_F(ServiceTest, an_unknown_path_is_not_found) {
  for (const std::string_view path :
       {"/", "/predict/", "/Predict", "/predict/5", "/docs/", "/docs/no-such-file", "/docs/..%2Fdocs.html", "*", ""}) {
    expect_problem(send(*service, "GET", path), 404);
  }
}

TEST_F(ServiceTest, a_method_that_a_path_does_not_know_is_answered_with_those_it_does) {
  const HttpResponse get = send(*service, "GET", "/predict");
  expect_problem(get, 405);
  EXPECT_EQ(header(get, "Allow"), "POST");
  const HttpResponse put = send(*service, "PUT", "/health");
  expect_problem(put, 405);
  EXPECT_EQ(header(put, "Allow"), "GET, HEAD");
  expect_problem(send(*service, "BREW", "/docs/docs.js"), 405);
}

TEST_F(ServiceTest, health_names_the_model_without_asking_the_store) {
  const Service broken(lender->scorer(), std::make_shared<FailingStore>(Error::kUnavailable), {});
  const HttpResponse response = send(broken, "GET", "/health");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(parse_json(response.body).at("status").as_string(), "ok");
  EXPECT_EQ(parse_json(response.body).at("model").at("name").as_string(), "test-lender");
  expect_problem(send(broken, "GET", "/ready"), 503);
  EXPECT_EQ(send(*service, "GET", "/ready").status, 200);
}

TEST_F(ServiceTest, metrics_count_every_request_once_whoever_sends_it) {
  const Service fresh(lender->scorer(), lender->files(), ServiceOptions());
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        send(fresh, "POST", "/predict", R"({"user_id": 1, "application_at": "2024-01-01T00:00:00Z"})");
        send(fresh, "POST", "/predict", R"({"user_id": 1})");
        send(fresh, "GET", format("/users/{}", i));
        send(fresh, "DELETE", "/health");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  static_cast<void>(fresh.refuse(431, "too long"));
  const HttpResponse response = send(fresh, "GET", "/metrics");
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  const Bundle& bundle = lender->scorer()->bundle();
  for (const std::string& line :
       {std::string("# TYPE asof_http_requests_total counter"),
        std::string("# TYPE asof_http_request_seconds histogram"),
        std::string(R"(asof_http_requests_total{method="POST",path="/predict",status="200"} 200)"),
        std::string(R"(asof_http_requests_total{method="POST",path="/predict",status="422"} 200)"),
        std::string(R"(asof_http_requests_total{method="",path="",status="404"} 200)"),
        std::string(R"(asof_http_requests_total{method="",path="",status="405"} 200)"),
        std::string(R"(asof_http_requests_total{method="",path="",status="431"} 1)"),
        std::string(R"(asof_http_request_seconds_count{method="POST",path="/predict"} 400)"),
        std::string(R"(asof_http_request_seconds_bucket{method="POST",path="/predict",le="+Inf"} 400)"),
        format(R"(asof_model_info{{kind="{}",name="{}",version="{}"}} 1)", bundle.kind, bundle.name, bundle.version)})
    EXPECT_NE(response.body.find(line + "\n"), std::string::npos) << line << "\nin\n" << response.body;
  EXPECT_EQ(response.body.find("/users/"), std::string::npos) << "a client's path is no label";
}

TEST_F(ServiceTest, a_failure_below_is_logged_in_full_and_told_in_part) {
  constexpr std::string_view kBody = R"({"user_id": 5, "application_at": "2024-01-01T00:00:00Z"})";
  const std::pair<Error::Kind, int> kCases[] = {
      {Error::kUnavailable, 503}, {Error::kIncompatible, 503}, {Error::kInvalidInput, 503}, {Error::kInternal, 500}};
  for (const auto& [kind, status] : kCases) {
    std::vector<std::string> logged;
    const Service broken(lender->scorer(), std::make_shared<FailingStore>(kind),
                         {.log = [&](const std::string& line) { logged.push_back(line); }});
    const HttpResponse response = send(broken, "POST", "/predict", kBody);
    expect_problem(response, status);
    EXPECT_EQ(response.body.find("secret-detail"), std::string::npos);
    EXPECT_EQ(header(response, "Retry-After").empty(), status == 500);
    ASSERT_EQ(logged.size(), 1u);
    EXPECT_NE(logged[0].find("secret-detail"), std::string::npos);
    EXPECT_NE(logged[0].find(header(response, "X-Request-Id")), std::string::npos);
    EXPECT_NE(logged[0].find("POST /predict"), std::string::npos);
  }
}

TEST_F(ServiceTest, only_requests_that_read_from_a_database_may_wait) {
  const Service asking(lender->scorer(), std::make_shared<FailingStore>(Error::kUnavailable), {});
  const auto may_wait = [](const Service& of, std::string_view method, std::string_view path) {
    return of.may_wait({.method = method, .path = path, .headers = {}, .body = {}, .path_parameters = {}});
  };
  EXPECT_TRUE(may_wait(asking, "POST", "/predict"));
  EXPECT_TRUE(may_wait(asking, "HEAD", "/ready"));
  EXPECT_FALSE(may_wait(asking, "GET", "/predict"));
  EXPECT_FALSE(may_wait(asking, "GET", "/health"));
  EXPECT_FALSE(may_wait(asking, "GET", "/nothing"));
  EXPECT_FALSE(may_wait(*service, "POST", "/predict"));
}

TEST_F(ServiceTest, a_request_keeps_its_own_id_when_it_is_harmless) {
  const auto id_for = [](std::string_view given) {
    return std::string(header(send(*service, "GET", "/health", {}, {{"x-request-id", given}}), "X-Request-Id"));
  };
  EXPECT_EQ(id_for("Req-1_a.b"), "Req-1_a.b");
  for (const std::string& given :
       {std::string(), std::string("a b"), std::string("a\r\nSet-Cookie: x"), std::string(65, 'a')})
    EXPECT_NE(id_for(given), given);
  EXPECT_NE(id_for(""), id_for(""));
}

TEST_F(ServiceTest, the_page_loads_nothing_from_elsewhere) {
  const HttpResponse page = send(*service, "GET", "/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body.find("http"), std::string::npos) << "no outside address";
  EXPECT_EQ(page.body.find("<script>"), std::string::npos) << "no inline script";
  const std::string_view policy = header(page, "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string_view::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string_view::npos);
  for (const std::string_view file : {"swagger-ui.css", "swagger-ui-bundle.js", "docs.js"}) {
    EXPECT_NE(page.body.find(format("\"/docs/{}\"", file)), std::string::npos);
    EXPECT_EQ(send(*service, "GET", format("/docs/{}", file)).status, 200);
  }
}

TEST_F(ServiceTest, the_description_lists_every_endpoint_and_no_other) {
  const HttpResponse response = send(*service, "GET", "/openapi.json");
  ASSERT_EQ(response.status, 200);
  const Json description = parse_json(response.body);
  EXPECT_EQ(description.at("openapi").as_string(), "3.1.0");
  std::set<std::string> listed;
  std::set<std::string> operations;
  for (const auto& [path, methods] : description.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      listed.insert(method + " " + path);
      EXPECT_TRUE(operations.insert(operation.at("operationId").as_string()).second) << "operation ids are unique";
      EXPECT_NE(operation.at("responses").find("200"), nullptr);
      EXPECT_NE(operation.find("summary"), nullptr);
    }
  }
  std::set<std::string> known;
  for (const Endpoint* endpoint : all_endpoints()) {
    if (endpoint->writes_store) continue;  // this store takes no rows
    known.insert(format("{} {}", endpoint->method == "GET" ? "get" : "post", endpoint->path));
  }
  EXPECT_EQ(listed, known);
}

TEST_F(ServiceTest, the_description_of_a_request_speaks_the_lenders_words) {
  const Json description = parse_json(service->openapi_text());
  const Json& operation = description.at("paths").at("/predict").at("post");
  const Json& schema = operation.at("requestBody").at("content").at("application/json").at("schema");
  EXPECT_EQ(to_json(schema.at("required")), R"(["user_id","application_at"])");
  EXPECT_EQ(schema.at("properties").at("user_id").at("type").as_string(), "integer");
  EXPECT_EQ(schema.at("properties").find("application"), nullptr);
  EXPECT_EQ(predict(to_json(schema.at("example"))).status, 200) << "the example works";
  for (const char* status : {"400", "413", "415", "422", "503", "default"})
    EXPECT_NE(operation.at("responses").find(status), nullptr) << status;
  const Json answer = parse_json(predict(to_json(schema.at("example"))).body);
  const Json& answer_schema = operation.at("responses").at("200").at("content").at("application/json").at("schema");
  for (const auto& [name, value] : answer.as_object())
    EXPECT_NE(answer_schema.at("properties").find(name), nullptr) << name;
  for (const Json& name : answer_schema.at("required").as_array())
    EXPECT_NE(answer.find(name.as_string()), nullptr) << name.as_string();
}

TEST(ApplicationFormTest, without_a_zone_a_time_needs_an_offset) {
  const TestLender lender({.time_zone = ""});
  const ApplicationForm form(lender.scorer()->bundle());
  EXPECT_NO_THROW(form.read(parse_json(R"({"user_id": 1, "application_at": "2024-01-01T00:00:00+03:00"})")));
  try {
    form.read(parse_json(R"({"user_id": 1, "application_at": "2024-01-01T00:00:00"})"));
    FAIL();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.status(), 422);
    EXPECT_EQ(problem.fields().at(0).pointer, "/application_at");
  }
}

TEST(ApplicationFormTest, users_may_be_texts) {
  const TestLender lender({.entity = ColumnType::kText});
  const ApplicationForm form(lender.scorer()->bundle());
  const auto request = form.read(parse_json(R"({"user_id": "007", "application_at": "2024-01-01T00:00:00Z"})"));
  EXPECT_EQ(request.application.entity, EntityKey(std::string("007")));
  for (const char* id : {"7", "\"\"", "null"}) {
    EXPECT_THROW(form.read(parse_json(format(R"({{"user_id": {}, "application_at": "2024-01-01T00:00:00Z"}})", id))),
                 Problem)
        << id;
  }
  EXPECT_EQ(form.schema().at("properties").at("user_id").at("type").as_string(), "string");
}

struct OwnColumnsTest : testing::Test {
  TestLender lender{{.own_columns = true}};
  ApplicationForm form{lender.scorer()->bundle()};

  ApplicationRequest read(std::string_view own) const {
    return form.read(
        parse_json(format(R"({{"user_id": 1, "application_at": "2024-01-01T00:00:00Z", "application": {}}})", own)));
  }
};

TEST_F(OwnColumnsTest, are_read_with_their_declared_types) {
  const ApplicationRequest request =
      read(R"({"amount": 200, "term": 12, "renewal": true, "product": "cash", "born": "1990-05-01"})");
  const Table& row = *request.application.columns;
  EXPECT_EQ(row.rows, 1u);
  EXPECT_EQ(row.at("amount").reals.at(0), 200.0);
  EXPECT_EQ(row.at("term").integers.at(0), 12);
  EXPECT_EQ(row.at("renewal").integers.at(0), 1);
  EXPECT_EQ(row.at("product").text(0), "cash");
  EXPECT_EQ(row.at("born").integers.at(0), parse_timestamp("1990-04-30T21:00:00Z", {}).microseconds);
}

TEST_F(OwnColumnsTest, may_be_missing_in_every_way) {
  for (const std::string_view own : {"{}", "null", R"({"amount": null, "product": null})",
                                     R"({"amount": -1, "product": "unknown"})", R"({"product": ""})"}) {
    SCOPED_TRACE(own);
    const ApplicationRequest request = read(own);
    for (const Column& column : request.application.columns->columns) EXPECT_TRUE(column.missing(0)) << column.name;
  }
  EXPECT_NO_THROW(form.read(parse_json(R"({"user_id": 1, "application_at": "2024-01-01T00:00:00Z"})")));
}

TEST_F(OwnColumnsTest, of_the_wrong_type_or_name_are_named) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {R"({"amount": "200"})", "/application/amount"}, {R"({"term": 1.5})", "/application/term"},
      {R"({"renewal": 1})", "/application/renewal"},   {R"({"product": 5})", "/application/product"},
      {R"({"born": "soon"})", "/application/born"},    {R"({"born": 5})", "/application/born"},
      {R"({"amont": 5})", "/application/amont"},       {R"(5)", "/application"},
  };
  for (const auto& [own, pointer] : kCases) {
    SCOPED_TRACE(own);
    try {
      read(own);
      ADD_FAILURE();
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.status(), 422);
      EXPECT_EQ(problem.fields().at(0).pointer, pointer);
    }
  }
}

TEST_F(OwnColumnsTest, change_the_score) {
  const Service service(lender.scorer(), lender.files(), {});
  const auto probability = [&](std::string_view own) {
    const std::string body =
        format(R"({{"user_id": 1, "application_at": "2024-01-01T00:00:00Z", "application": {}}})", own);
    const HttpResponse response =
        service.handle({.method = "POST", .path = "/predict", .headers = {}, .body = body, .path_parameters = {}});
    EXPECT_EQ(response.status, 200) << response.body;
    return parse_json(response.body).at("prediction_probability").as_number();
  };
  EXPECT_NE(probability(R"({"amount": 20})"), probability(R"({"amount": 80})"));
  const ApplicationRequest request = read(R"({"amount": 20, "term": 30})");
  const auto rows = lender.files()->read(request.application.entity, request.application.at);
  EXPECT_EQ(probability(R"({"amount": 20, "term": 30})"),
            lender.scorer()->score(request.application, rows.history).repayment_probability);
}

TEST(HttpTest, texts_of_the_protocol_are_read_as_it_says) {
  EXPECT_EQ(path_of_target("/a?b"), "/a");
  EXPECT_EQ(query_of_target("/a?b=1?2"), "b=1?2");
  EXPECT_EQ(query_of_target("/a"), "");
  EXPECT_EQ(path_of_target("HTTP://h/a?b"), "/a");
  EXPECT_EQ(path_of_target("https://h?b"), "/");
  EXPECT_EQ(percent_decoded("a%20b%2fc%"), "a b/c%");
  EXPECT_EQ(percent_decoded("%zz%4"), "%zz%4");
  EXPECT_EQ(http_date({0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date({1'709'164'800'000'000}), "Thu, 29 Feb 2024 00:00:00 GMT");
  EXPECT_TRUE(equal_without_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equal_without_case("a", "ab"));
}

}  // namespace
}  // namespace asof
