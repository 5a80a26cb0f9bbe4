// HTTP/1.1 over TCP: connections, limits, timeouts, and an end that loses nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "asof/time.h"
#include "serve/http.h"

namespace asof {

struct HttpServerOptions {
  std::string address = "127.0.0.1";   ///< a name or a number; only its first address is used
  std::uint16_t port = 0;              ///< 0: any free one
  int threads = 2;                     ///< each with an event loop of its own
  int waiting_threads = 8;             ///< for requests that may wait
  std::size_t connections_max = 4096;  ///< further clients are turned away with 503
  std::size_t header_bytes_max = 8192;
  std::size_t body_bytes_max = 1 << 20;
  Duration idle_timeout{75 * kSecond.microseconds};     ///< from an answer to the first byte of the next request
  Duration request_timeout{10 * kSecond.microseconds};  ///< for the whole header, and again for the whole body
  Duration write_timeout{30 * kSecond.microseconds};    ///< for the whole answer
  Duration drain_timeout{10 * kSecond.microseconds};    ///< for what is in flight when the server is stopped
  std::function<Timestamp()> now;                       ///< for the Date header
  std::function<void(const std::string& line)> log;     ///< told of failures; empty: nobody

  /// Throws Error::kInvalidInput naming the option.
  void validate() const;
};

/// One thread accepts and hands each connection to the loop that has the fewest. (Listening once per loop with
/// SO_REUSEPORT would leave the balance to a hash, eight clients of a benchmark often all on one loop, and would let a
/// second server take the same port without a word.)
class HttpServer {
 public:
  /// `handler` outlives the server.
  HttpServer(const HttpHandler& handler, HttpServerOptions options);
  ~HttpServer();  ///< stops

  /// Listens and starts the threads. Throws Error::kUnavailable when the address is taken.
  void start();

  /// The port in use, once started.
  std::uint16_t port() const;

  /// Stops accepting; connections without a request are closed, requests in flight are answered with `Connection:
  /// close`; what takes longer than the drain timeout is cut off. From any thread; the second call does nothing.
  void stop();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace asof
