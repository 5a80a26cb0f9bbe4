#include "serve/server.h"

#include "serve/http_server.h"
#include "serve/service.h"

namespace asof {
namespace {

/// Lines of a batch that only compute gain by a thread per core; those that wait for a database, or share the syncs of
/// a log, by more.
int batch_threads(const UserStore& store, const ServeOptions& options) {
  return store.may_wait() || store.decision_log() != nullptr ? options.waiting_threads : options.threads;
}

}  // namespace

struct Server::State {
  Service service;
  HttpServer http;

  State(std::shared_ptr<const Scorer> scorer, std::shared_ptr<const UserStore> store, const ServeOptions& options,
        int threads_of_batch)
      : service(std::move(scorer), std::move(store),
                {.now = options.now, .batch_threads = threads_of_batch, .keys = options.keys, .log = options.log}),
        http(service, {.address = options.address,
                       .port = options.port,
                       .threads = options.threads,
                       .waiting_threads = options.waiting_threads,
                       .connections_max = options.connections_max,
                       .body_bytes_max = options.body_bytes_max,
                       .idle_timeout = options.idle_timeout,
                       .request_timeout = options.request_timeout,
                       .drain_timeout = options.drain_timeout,
                       .now = options.now,
                       .log = options.log}) {}
};

Server::Server(std::shared_ptr<const Scorer> scorer, std::shared_ptr<const UserStore> store,
               const ServeOptions& options) {
  const int threads = batch_threads(*store, options);
  state_ = std::make_unique<State>(std::move(scorer), std::move(store), options, threads);
}

Server::~Server() = default;

void Server::start() { state_->http.start(); }
std::uint16_t Server::port() const { return state_->http.port(); }
void Server::stop() { state_->http.stop(); }

}  // namespace asof
