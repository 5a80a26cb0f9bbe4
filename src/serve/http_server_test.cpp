// The protocol, with real sockets and a handler that knows nothing of scoring.
#include "serve/http_server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <semaphore>
#include <thread>
#include <vector>

#include "asof/error.h"
#include "serve/raw_client.h"

namespace asof {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n";

Duration milliseconds(std::int64_t count) { return {count * 1000}; }

/// Answers with what it was asked; `/wait` first waits to be let go.
class Echo final : public HttpHandler {
 public:
  bool may_wait(const HttpRequest& request) const noexcept override { return request.path == "/wait"; }

  HttpResponse handle(const HttpRequest& request) const noexcept override {
    if (request.path == "/wait") {
      waiting_.release();
      go_on_.acquire();
    }
    if (request.path == "/large") return {.body = std::string(3 << 20, 'x')};
    Json body = Json::Object{{"method", request.method}, {"path", request.path}, {"body", request.body}};
    return {.body = to_json(body), .headers = {{"X-Test", std::string(request.header("x-test"))}}};
  }

  HttpResponse refuse(int status, std::string_view detail) const noexcept override {
    return {.status = status, .body = to_json(Json(detail))};
  }

  void wait_until_one_waits() { waiting_.acquire(); }
  void let_one_go() { go_on_.release(); }

 private:
  mutable std::counting_semaphore<> waiting_{0};
  mutable std::counting_semaphore<> go_on_{0};
};

struct HttpServerTest : testing::Test {
  Echo echo;
  HttpServerOptions options;
  std::unique_ptr<HttpServer> server;

  HttpServerTest() { options.header_bytes_max = 1000, options.body_bytes_max = 5000; }

  std::uint16_t start() {
    server = std::make_unique<HttpServer>(echo, options);
    server->start();
    return server->port();
  }
};

TEST_F(HttpServerTest, answers_a_request) {
  RawClient client(start());
  const RawResponse response = client.request("POST", "/echo?x=1", "hello", "X-TEST: yes\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"method":"POST","path":"/echo","body":"hello"})");
  EXPECT_EQ(response.header("x-test"), "yes");
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.header("date").size(), std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").size());
  EXPECT_EQ(response.header("connection"), "");
}

TEST_F(HttpServerTest, the_date_is_the_injected_clocks) {
  options.now = [] { return Timestamp{784'111'777'654'321}; };
  RawClient client(start());
  EXPECT_EQ(client.request("GET", "/echo").header("date"), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_F(HttpServerTest, a_connection_serves_many_requests) {
  RawClient client(start());
  for (int i = 0; i < 100; ++i) {
    const std::string body = std::to_string(i);
    EXPECT_EQ(client.request("POST", "/echo", body).json().at("body").as_string(), body);
  }
}

TEST_F(HttpServerTest, a_request_may_arrive_byte_by_byte) {
  RawClient client(start());
  for (const char byte : std::string_view("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")) {
    ASSERT_TRUE(client.send({&byte, 1}));
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(client.response()->json().at("body").as_string(), "hello");
}

TEST_F(HttpServerTest, pipelined_requests_are_answered_in_order) {
  RawClient client(start());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n" + std::to_string(10 + i);
  }
  client.send(requests);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.response()->json().at("body").as_string(), std::to_string(10 + i));
}

TEST_F(HttpServerTest, nothing_is_answered_after_the_client_asked_to_close) {
  RawClient client(start());
  client.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" + std::string(kGet));
  const auto response = client.response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, a_chunked_body_is_read) {
  RawClient client(start());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  EXPECT_EQ(client.response()->json().at("body").as_string(), "hello");
}

TEST_F(HttpServerTest, head_is_answered_without_body) {
  RawClient client(start());
  const RawResponse head = client.request("HEAD", "/echo");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("content-length"),
            std::to_string(std::string_view(R"({"method":"HEAD","path":"/echo","body":""})").size()));
  EXPECT_EQ(client.request("GET", "/echo").status, 200);
}

TEST_F(HttpServerTest, a_large_answer_arrives_whole) {
  RawClient client(start());
  EXPECT_EQ(client.request("GET", "/large").body.size(), std::size_t{3} << 20);
}

TEST_F(HttpServerTest, an_http10_client_is_closed_unless_it_asks_to_stay) {
  const std::uint16_t port = start();
  RawClient leaving(port);
  leaving.send("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(leaving.response()->header("connection"), "close");
  EXPECT_TRUE(leaving.closed());
  RawClient staying(port);
  for (int i = 0; i < 2; ++i) {
    staying.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(staying.response()->header("connection"), "keep-alive");
  }
}

TEST_F(HttpServerTest, a_target_may_name_the_host) {
  RawClient client(start());
  EXPECT_EQ(client.request("GET", "http://localhost:80/echo?x=1").json().at("path").as_string(), "/echo");
  EXPECT_EQ(client.request("GET", "http://localhost").json().at("path").as_string(), "/");
}

TEST_F(HttpServerTest, a_client_that_asks_first_is_told_to_go_on) {
  RawClient client(start());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.response()->status, 100);
  client.send("hello");
  EXPECT_EQ(client.response()->json().at("body").as_string(), "hello");
}

struct Refused {
  const char* why;
  std::string request;
  int status;
};

TEST_F(HttpServerTest, bytes_that_are_no_request_are_refused_and_the_connection_ends) {
  const std::string start_line = "POST /echo HTTP/1.1\r\n";
  const std::string host = "Host: localhost\r\n";
  const Refused cases[] = {
      {"no HTTP", "hello\r\n\r\n", 400},
      {"HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"no host", start_line + "Content-Length: 0\r\n\r\n", 400},
      {"two hosts", start_line + host + host + "Content-Length: 0\r\n\r\n", 400},
      {"two lengths", start_line + host + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 400},
      {"length and chunks", start_line + host + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"a length that is no number", start_line + host + "Content-Length: two\r\n\r\n", 400},
      {"a length beyond 64 bits", start_line + host + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"a chunk that is no number", start_line + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"a space before the colon", start_line + host + "Content-Length : 2\r\n\r\nab", 400},
      {"a header too large", start_line + host + "X-Long: " + std::string(1000, 'x') + "\r\n\r\n", 431},
      {"a header without end", start_line + host + std::string(70'000, 'x'), 431},
      {"a body said to be too large", start_line + host + "Content-Length: 5001\r\n\r\n" + std::string(5001, 'x'), 413},
      {"chunks that are too large",
       start_line + host + "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(0x1000, 'x') + "\r\n1000\r\n" +
           std::string(0x1000, 'x') + "\r\n0\r\n\r\n",
       413},
  };
  const std::uint16_t port = start();
  for (const Refused& refused : cases) {
    SCOPED_TRACE(refused.why);
    RawClient client(port);
    client.send(refused.request);
    const auto response = client.response();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, refused.status);
    EXPECT_EQ(response->header("connection"), "close");
    client.finish_sending();
    EXPECT_TRUE(client.closed());
  }
}

TEST_F(HttpServerTest, the_largest_body_allowed_is_read) {
  RawClient client(start());
  EXPECT_EQ(client.request("POST", "/echo", std::string(5000, 'x')).json().at("body").as_string().size(), 5000u);
}

TEST_F(HttpServerTest, a_client_that_trickles_its_header_is_dropped) {
  options.request_timeout = milliseconds(300);
  RawClient client(start());
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100 && client.send("X"); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, a_client_that_trickles_its_body_is_dropped) {
  options.request_timeout = milliseconds(300);
  RawClient client(start());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100 && client.send("X"); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, a_silent_client_is_dropped_only_after_the_idle_timeout) {
  options.idle_timeout = milliseconds(400);
  options.request_timeout = milliseconds(50);
  RawClient client(start());
  EXPECT_EQ(client.request("GET", "/echo").status, 200);
  std::this_thread::sleep_for(150ms);
  EXPECT_EQ(client.request("GET", "/echo").status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, a_client_that_leaves_halfway_hurts_nobody) {
  const std::uint16_t port = start();
  for (int i = 0; i < 20; ++i)
    RawClient(port).send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
  for (int i = 0; i < 20; ++i) RawClient(port).send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  RawClient client(port);
  EXPECT_EQ(client.request("GET", "/echo").status, 200);
}

TEST_F(HttpServerTest, a_request_that_waits_does_not_hold_up_others) {
  options.threads = 1;
  const std::uint16_t port = start();
  RawClient waiting(port);
  waiting.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  echo.wait_until_one_waits();
  RawClient other(port);
  EXPECT_EQ(other.request("GET", "/echo").status, 200);
  echo.let_one_go();
  EXPECT_EQ(waiting.response()->json().at("path").as_string(), "/wait");
}

TEST_F(HttpServerTest, many_clients_at_once_are_all_answered) {
  const std::uint16_t port = start();
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      RawClient client(port);
      for (int j = 0; j < 200; ++j) answered += client.request("POST", "/echo", "x").status == 200 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 1600);
}

TEST_F(HttpServerTest, stopping_answers_what_is_in_flight_and_closes_the_rest) {
  const std::uint16_t port = start();
  RawClient idle(port);
  EXPECT_EQ(idle.request("GET", "/echo").status, 200);
  RawClient in_flight(port);
  in_flight.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  echo.wait_until_one_waits();
  auto stopped = std::async(std::launch::async, [this] { server->stop(); });
  EXPECT_TRUE(idle.closed());
  EXPECT_FALSE(RawClient().connect(port));
  EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
  echo.let_one_go();
  const auto response = in_flight.response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
}

TEST_F(HttpServerTest, stopping_answers_what_was_sent_before) {
  const std::uint16_t port = start();
  for (int i = 0; i < 10; ++i) {
    RawClient client(port);
    client.send(kGet);
    server->stop();
    const auto response = client.response();
    ASSERT_TRUE(response) << "round " << i;
    EXPECT_EQ(response->status, 200);
    options.port = port;
    start();
  }
}

TEST_F(HttpServerTest, stopping_does_not_wait_for_ever) {
  options.drain_timeout = milliseconds(200);
  RawClient client(start());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
  std::this_thread::sleep_for(50ms);
  const auto begin = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, too_many_clients_are_turned_away) {
  options.connections_max = 2;
  const std::uint16_t port = start();
  RawClient first(port);
  RawClient second(port);
  EXPECT_EQ(first.request("GET", "/echo").status, 200);
  EXPECT_EQ(second.request("GET", "/echo").status, 200);
  EXPECT_EQ(RawClient(port).request("GET", "/echo").status, 503);
  EXPECT_EQ(first.request("GET", "/echo").status, 200);
}

TEST_F(HttpServerTest, running_out_of_descriptors_passes_by) {
  std::atomic<int> logged{0};
  options.log = [&](const std::string&) { ++logged; };
  const std::uint16_t port = start();
  RawClient client;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  int used = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    used = std::max(used, std::stoi(entry.path().filename()));
  const rlimit none_left{.rlim_cur = static_cast<rlim_t>(used), .rlim_max = before.rlim_max};
  std::vector<int> filling;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  for (int extra = ::dup(0); extra >= 0; extra = ::dup(0)) filling.push_back(extra);
  ASSERT_TRUE(client.connect(port));
  client.send(kGet);
  std::this_thread::sleep_for(200ms);
  for (const int extra : filling) ::close(extra);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(client.response()->status, 200);
  EXPECT_GE(logged, 1);
  EXPECT_LE(logged, 10) << "it backs off between attempts";
}

TEST_F(HttpServerTest, an_address_that_is_taken_is_refused) {
  options.port = start();
  HttpServer second(echo, options);
  try {
    second.start();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kUnavailable);
    EXPECT_NE(std::string(error.what()).find(std::to_string(options.port)), std::string::npos) << error.what();
  }
}

TEST_F(HttpServerTest, an_address_of_another_machine_is_refused) {
  for (const char* address : {"203.0.113.1", "no-such-host.invalid"}) {
    options.address = address;
    HttpServer elsewhere(echo, options);
    EXPECT_THROW(elsewhere.start(), Error) << address;
  }
}

TEST_F(HttpServerTest, options_are_checked) {
  options.threads = 0;
  EXPECT_THROW(HttpServer(echo, options), Error);
}

}  // namespace
}  // namespace asof
