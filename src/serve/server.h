// The live scoring API.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "asof/time.h"
#include "score/scorer.h"
#include "serve/api_keys.h"
#include "store/user_store.h"

namespace asof {

struct ServeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;           ///< 0: any free one
  int threads = 2;                     ///< that answer; each with an event loop of its own
  int waiting_threads = 8;             ///< that wait for the store; as many as it has connections
  std::size_t connections_max = 4096;  ///< further clients are turned away with 503
  std::size_t body_bytes_max = 1 << 20;
  Duration idle_timeout{75 * kSecond.microseconds};     ///< for the next request of a client
  Duration request_timeout{10 * kSecond.microseconds};  ///< for a request's header, and again for its body, to arrive
  Duration drain_timeout{10 * kSecond.microseconds};    ///< for what is in flight when the server is stopped
  /// What time it is: the only clock of the service. Empty: the system's.
  std::function<Timestamp()> now;
  /// Whose requests are answered; absent: everyone's.
  std::optional<ApiKeys> keys;
  /// Told, in one line each and from any thread, of failures that are not the client's. Empty: nobody.
  std::function<void(const std::string& line)> log;
};

/// Answers until `stop()`; then finishes what is in flight.
class Server {
 public:
  Server(std::shared_ptr<const Scorer> scorer, std::shared_ptr<const UserStore> store, const ServeOptions& options);
  ~Server();

  /// Listens and starts the threads. Throws Error::kUnavailable when the address is taken.
  void start();

  /// The port in use, once started.
  std::uint16_t port() const;

  /// Stops accepting, waits for what is in flight, joins. May be called from any thread, once.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace asof
