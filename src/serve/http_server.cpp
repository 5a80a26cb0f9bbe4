// The only file that knows Boost's Beast and Asio. A connection is a coroutine on one event loop, so that its state
// needs no lock; what may wait for a database is handled on other threads, and the coroutine sleeps meanwhile.
//
// GCC 12 destroys some temporaries inside `co_await` expressions twice: whatever is not trivial is named first.
#include "serve/http_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "asof/error.h"
#include "base/format.h"

// GCC 12 under the address sanitizer takes the frames of Asio's coroutines, which Asio allocates and frees itself, for
// a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace asof {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
/// Read at a time while waiting for a request, and beyond the header.
constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kReadAheadBytes = 64 << 10;
/// After the last answer the client may still be sending; closing at once would make its system throw the answer away.
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::size_t kLingerBytesMax = 4 << 20;
/// While stopping: for the rest of clients that had connected before.
constexpr std::chrono::milliseconds kDrainingPatience{200};
/// After a failure to accept, such as too many open files.
constexpr std::chrono::milliseconds kAcceptBackOff{50};
constexpr int kHttp11 = 11;

std::chrono::microseconds chrono(Duration duration) { return std::chrono::microseconds(duration.microseconds); }

class Connection;

/// A thread's event loop and its connections. Touched by that thread only, except where said.
struct Loop {
  std::unordered_set<Connection*> connections;
  std::atomic<std::size_t> connections_count{0};  // read by the accepting thread
  bool draining = false;
  Timestamp date_time = kNoTime;
  std::string date;
  // Last, so that coroutines that never ended are destroyed while the rest is still there.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

/// What connections share.
struct Shared {
  const HttpHandler& handler;
  const HttpServerOptions& options;
  asio::thread_pool& waiting;
};

/// The answer to bytes that are no request, or 0 when nobody is there to answer.
int status_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  const error_code any_http_error = http::error::bad_method;
  return error.category() == any_http_error.category() ? 400 : 0;
}

std::string refusal(int status, const error_code& error, const HttpServerOptions& options) {
  if (status == 431) return format("the header is larger than {} bytes", options.header_bytes_max);
  if (status == 413) return format("the body is larger than {} bytes", options.body_bytes_max);
  return format("this is not an HTTP/1.1 request: {}", error.message());
}

asio::awaitable<HttpResponse> handle_elsewhere(const HttpHandler& handler, const HttpRequest& request) {
  co_return handler.handle(request);
}

class Connection {
 public:
  Connection(tcp::socket socket, Loop& loop, const Shared& shared)
      : stream_(std::move(socket)),
        buffer_(shared.options.header_bytes_max + kReadAheadBytes),
        loop_(loop),
        shared_(shared) {
    error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    loop_.connections.insert(this);
  }
  ~Connection() { loop_.connections.erase(this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Answers requests, one after the other, until either side has enough.
  asio::awaitable<void> converse() {
    while (co_await wait_for_request()) {
      const bool arrived = co_await read_request();
      if (!arrived) co_return;
      const bool another = co_await answer_request();
      if (!another) co_return;
    }
  }

  /// One answer to whatever the client wants.
  asio::awaitable<void> turn_away() { co_await refuse(503, "too many connections; try again"); }

  /// The server stops: leave when there is nothing to answer.
  void drain() {
    if (idle_) stream_.cancel();
  }
  void cut_off() { stream_.close(); }

 private:
  /// False when the client has gone, is silent for too long, or the server stops.
  asio::awaitable<bool> wait_for_request() {
    while (buffer_.size() == 0) {
      if (loop_.draining) {
        stream_.expires_after(kDrainingPatience);
      } else {
        stream_.expires_after(chrono(shared_.options.idle_timeout));
      }
      idle_ = true;
      const auto [error, count] = co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kAwait);
      idle_ = false;
      buffer_.commit(count);
      if (!error) break;
      // Woken up to stop: what has arrived by now is still answered.
      error_code ignored;
      if (error != asio::error::operation_aborted || stream_.socket().available(ignored) == 0) co_return false;
    }
    co_return true;
  }

  /// False when there is no request; the client has been told why, where it can be.
  asio::awaitable<bool> read_request() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_.options.header_bytes_max));
    parser_->body_limit(shared_.options.body_bytes_max);
    // Each deadline is set once: a client that sends a byte now and then does not move it.
    stream_.expires_after(chrono(shared_.options.request_timeout));
    auto [error, count] = co_await http::async_read_header(stream_, buffer_, *parser_, kAwait);
    if (!error && !parser_->is_done()) {
      stream_.expires_after(chrono(shared_.options.request_timeout));
      error = co_await read_body();
    }
    if (!error) co_return true;
    const int status = status_of(error);
    if (status != 0) {
      const std::string detail = refusal(status, error, shared_.options);
      co_await refuse(status, detail);
    }
    co_return false;
  }

  asio::awaitable<error_code> read_body() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const beast::string_view expect = parser_->get()[http::field::expect];
    if (buffer_.size() == 0 && equal_without_case({expect.data(), expect.size()}, "100-continue")) {
      const auto go_on = asio::buffer(kContinue);
      const auto [error, count] = co_await asio::async_write(stream_, go_on, kAwait);
      if (error) co_return error;
    }
    const auto [error, count] = co_await http::async_read(stream_, buffer_, *parser_, kAwait);
    co_return error;
  }

  /// False when this was the last answer.
  asio::awaitable<bool> answer_request() {
    const auto& message = parser_->get();
    headers_.clear();
    int hosts = 0;
    for (const auto& field : message) {
      if (field.name() == http::field::host) ++hosts;
      const beast::string_view name = field.name_string();
      headers_.push_back({{name.data(), name.size()}, {field.value().data(), field.value().size()}});
    }
    if (hosts > 1 || (hosts == 0 && message.version() >= kHttp11)) {
      co_await refuse(400, "an HTTP/1.1 request has exactly one Host header");
      co_return false;
    }
    const beast::string_view method = message.method_string();
    const HttpRequest request{.method = {method.data(), method.size()},
                              .path = path_of_target({message.target().data(), message.target().size()}),
                              .query = query_of_target({message.target().data(), message.target().size()}),
                              .headers = headers_,
                              .body = message.body(),
                              .path_parameters = {}};
    HttpResponse response;
    if (shared_.handler.may_wait(request)) {
      auto work = handle_elsewhere(shared_.handler, request);
      response = co_await asio::co_spawn(shared_.waiting.get_executor(), std::move(work), asio::use_awaitable);
    } else {
      response = shared_.handler.handle(request);
    }
    const bool keep_alive = message.keep_alive() && !loop_.draining;
    const bool written = co_await write(response, request.method == "HEAD", keep_alive);
    if (written && !keep_alive) co_await linger();
    co_return written&& keep_alive;
  }

  asio::awaitable<void> refuse(int status, std::string_view detail) {
    const HttpResponse response = shared_.handler.refuse(status, detail);
    const bool written = co_await write(response, false, false);
    if (written) co_await linger();
  }

  asio::awaitable<bool> write(const HttpResponse& response, bool head_only, bool keep_alive) {
    const std::string head = head_of(response, keep_alive);
    // One gathered write: a header that travels alone waits 40 ms for its acknowledgement.
    const std::string_view body = head_only ? std::string_view{} : std::string_view(response.body);
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::buffer(body)};
    stream_.expires_after(chrono(shared_.options.write_timeout));
    const auto [error, count] = co_await asio::async_write(stream_, parts, kAwait);
    co_return !error;
  }

  std::string head_of(const HttpResponse& response, bool keep_alive) {
    std::string head = format(
        "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n",
        response.status, reason_phrase(response.status), date(), response.content_type, response.body.size());
    for (const auto& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
    if (!keep_alive) {
      head += "Connection: close\r\n";
    } else if (parser_->get().version() < kHttp11) {
      head += "Connection: keep-alive\r\n";
    }
    return head += "\r\n";
  }

  /// The Date header, made once a second.
  const std::string& date() {
    const Timestamp now = shared_.options.now();
    const Timestamp second{now.microseconds - now.microseconds % kSecond.microseconds};
    if (second != loop_.date_time) {
      loop_.date_time = second;
      loop_.date = http_date(second);
    }
    return loop_.date;
  }

  /// Says that nothing more will come and reads what the client still sends, for a while.
  asio::awaitable<void> linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(loop_.draining ? kDrainingPatience : kLinger);
    std::array<char, kReadBytes> unread;
    for (std::size_t total = 0; total < kLingerBytesMax;) {
      const auto [error, count] = co_await stream_.async_read_some(asio::buffer(unread), kAwait);
      if (error) break;
      total += count;
    }
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::vector<HttpHeader> headers_;
  Loop& loop_;
  const Shared& shared_;
  bool idle_ = false;
};

/// Runs on the loop's thread.
asio::awaitable<void> serve_client(tcp::socket socket, Loop& loop, const Shared& shared, bool turned_away) {
  Connection connection(std::move(socket), loop, shared);
  if (turned_away) {
    co_await connection.turn_away();
  } else {
    co_await connection.converse();
  }
}

std::string failure(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

void HttpServerOptions::validate() const {
  const auto at_least_one = [](std::string_view name, auto value) {
    if (value < 1)
      throw Error(Error::kInvalidInput,
                  format("server option {}: {} is too small; at least 1 was expected", name, value));
  };
  at_least_one("threads", threads);
  at_least_one("waiting_threads", waiting_threads);
  at_least_one("connections_max", connections_max);
  at_least_one("header_bytes_max", header_bytes_max);
}

class HttpServer::State {
 public:
  State(const HttpHandler& handler, HttpServerOptions options)
      : options_(std::move(options)),
        waiting_(static_cast<std::size_t>(options_.waiting_threads)),
        shared_{handler, options_, waiting_} {}
  ~State() { stop(); }

  void start();
  void stop();
  std::uint16_t port() const { return port_; }

 private:
  tcp::endpoint resolve();
  void listen(const tcp::endpoint& endpoint);
  asio::awaitable<void> accept_clients();
  void admit(tcp::socket socket, Loop& loop);
  Loop& emptiest_loop();
  void stop_accepting();
  void log(const std::string& line) const {
    if (options_.log) options_.log(line);
  }

  HttpServerOptions options_;
  asio::thread_pool waiting_;
  Shared shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::optional<tcp::acceptor> acceptor_;  // touched by the first loop's thread only, once started
  std::uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  std::mutex running_mutex_;
  std::condition_variable running_changed_;
  std::size_t running_ = 0;  // loops that have not ended
  std::once_flag stopped_;
};

void HttpServer::State::start() {
  for (int i = 0; i < options_.threads; ++i) loops_.push_back(std::make_unique<Loop>());
  listen(resolve());
  asio::co_spawn(loops_.front()->context, accept_clients(), [this](const std::exception_ptr& exception) {
    if (exception) log(format("no longer accepting connections: {}", failure(exception)));
  });
  running_ = loops_.size();
  for (const auto& loop : loops_) {
    threads_.emplace_back([this, &loop = *loop] {
      loop.context.run();
      const std::lock_guard lock(running_mutex_);
      --running_;
      running_changed_.notify_all();
    });
  }
}

tcp::endpoint HttpServer::State::resolve() {
  tcp::resolver resolver(loops_.front()->context);
  error_code error;
  const auto found = resolver.resolve(options_.address, std::to_string(options_.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    throw Error(Error::kInvalidInput, format("cannot listen on {}: this is no address of this machine ({})",
                                             options_.address, error.message()));
  }
  return *found.begin();
}

void HttpServer::State::listen(const tcp::endpoint& endpoint) {
  const auto check = [&](const error_code& error) {
    if (!error) return;
    const std::string_view advice =
        error == asio::error::address_in_use ? "; choose another port, or stop what listens there" : "";
    throw Error(Error::kUnavailable, format("cannot listen on {} port {}: {}{}", options_.address, endpoint.port(),
                                            error.message(), advice));
  };
  error_code error;
  acceptor_.emplace(loops_.front()->context);
  acceptor_->open(endpoint.protocol(), error);
  check(error);
  acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  check(error);
  acceptor_->bind(endpoint, error);
  check(error);
  acceptor_->listen(asio::socket_base::max_listen_connections, error);
  check(error);
  port_ = acceptor_->local_endpoint().port();
}

asio::awaitable<void> HttpServer::State::accept_clients() {
  asio::steady_timer pause(loops_.front()->context);
  while (acceptor_->is_open()) {
    Loop& loop = emptiest_loop();
    tcp::socket socket(loop.context);
    const auto [error] = co_await acceptor_->async_accept(socket, kAwait);
    if (!error) {
      admit(std::move(socket), loop);
    } else if (error != asio::error::operation_aborted) {
      log(format("cannot accept a connection: {}", error.message()));
      pause.expires_after(kAcceptBackOff);
      co_await pause.async_wait(kAwait);
    }
  }
}

void HttpServer::State::admit(tcp::socket socket, Loop& loop) {
  std::size_t total = 0;
  for (const auto& any : loops_) total += any->connections_count;
  const bool turned_away = total >= options_.connections_max;
  ++loop.connections_count;
  asio::co_spawn(loop.context, serve_client(std::move(socket), loop, shared_, turned_away),
                 [this, &loop](const std::exception_ptr& exception) {
                   --loop.connections_count;
                   if (exception) log(format("a connection failed: {}", failure(exception)));
                 });
}

Loop& HttpServer::State::emptiest_loop() {
  return **std::ranges::min_element(loops_, {}, [](const auto& loop) { return loop->connections_count.load(); });
}

/// Runs on the first loop, which accepts: whatever it has handed to a loop comes there before the order to drain.
void HttpServer::State::stop_accepting() {
  // Clients whose connection the system has taken already may have sent their request.
  error_code error;
  acceptor_->non_blocking(true, error);
  while (!error) {
    Loop& loop = emptiest_loop();
    tcp::socket socket(loop.context);
    acceptor_->accept(socket, error);
    if (!error) admit(std::move(socket), loop);
  }
  acceptor_->close(error);
  for (const auto& any : loops_) {
    asio::post(any->context, [&loop = *any] {
      loop.draining = true;
      for (Connection* connection : loop.connections) connection->drain();
      loop.work.reset();
    });
  }
}

void HttpServer::State::stop() {
  std::call_once(stopped_, [this] {
    if (!threads_.empty()) asio::post(loops_.front()->context, [this] { stop_accepting(); });
    {
      std::unique_lock lock(running_mutex_);
      running_changed_.wait_for(lock, chrono(options_.drain_timeout), [this] { return running_ == 0; });
    }
    for (const auto& any : loops_) {
      asio::post(any->context, [&loop = *any] {
        for (Connection* connection : loop.connections) connection->cut_off();
      });
    }
    for (std::thread& thread : threads_) thread.join();
    waiting_.join();
  });
}

HttpServer::HttpServer(const HttpHandler& handler, HttpServerOptions options) {
  options.validate();
  if (!options.now) {
    options.now = [] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      return Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
    };
  }
  state_ = std::make_unique<State>(handler, std::move(options));
}

HttpServer::~HttpServer() = default;

void HttpServer::start() { state_->start(); }
std::uint16_t HttpServer::port() const { return state_->port(); }
void HttpServer::stop() { state_->stop(); }

}  // namespace asof
