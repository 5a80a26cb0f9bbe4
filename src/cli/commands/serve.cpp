// `asof serve`: the live API.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "asof/error.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/scoring_options.h"
#include "score/batch.h"
#include "serve/server.h"
#include "store/user_store.h"

namespace asof::commands {
namespace {

/// A request with as many rows as it may have.
constexpr std::size_t kRowsBytesMax = 8 << 20;

struct Options {
  ScoringOptions scoring;
  std::string store;
  std::string keys;
  bool insecure = false;
  bool without_decision_log = false;
  std::uint64_t cache_memory = std::uint64_t{256} << 20;
  ServeOptions serve;
  int connections = 8;
};

/// The project's tables where they are: in PostgreSQL, or as files.
std::shared_ptr<const UserStore> open_sources(const Scorer& scorer, const Project& project, const Options& options,
                                              Console& console) {
  std::vector<ServedTable> tables;
  for (const TableSpec& table : tables_of(scorer, project)) tables.push_back({table, scorer.columns_of(table)});
  const auto in_postgres =
      std::ranges::count_if(tables, [](const ServedTable& table) { return table.spec.from.starts_with("postgres:"); });
  if (in_postgres > 0 && in_postgres == std::ssize(tables))
    return open_postgres_store(std::move(tables), zone_of(project), {.connections = options.connections});
  if (in_postgres > 0)
    console.note("some tables are files: those in PostgreSQL are read once, and later rows of them are not seen");
  return open_memory_store(tables, zone_of(project), options.serve.threads, console.progress());
}

/// What is served, and from where.
struct Serving {
  std::shared_ptr<const Scorer> scorer;
  std::shared_ptr<const UserStore> store;
};

/// A bundle and a store need no project file.
Serving open_serving(const Options& options, Console& console) {
  std::optional<Project> project;
  if (options.scoring.bundle.empty() || options.store.empty()) project = read_project(options.scoring.project);
  const auto scorer = std::make_shared<const Scorer>(options.scoring.load(project ? &*project : nullptr));
  if (options.store.empty()) return {scorer, open_sources(*scorer, *project, options, console)};
  return {scorer, open_sqlite_store(options.store, *scorer,
                                    {.now = system_time,
                                     .log_decisions = !options.without_decision_log,
                                     .cache_memory = options.cache_memory})};
}

/// Takes the signals that end the program, in a thread of its own. Until `serving` they end it at once, since nothing
/// is in flight. The first one after that is told by `asked`; a second one ends it at once.
struct EndingSignals {
  std::atomic<bool> serving{false};
  std::promise<void> asked;
};

std::shared_ptr<EndingSignals> watch_ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // in all threads to come, those of libraries too
  auto signals = std::make_shared<EndingSignals>();
  std::thread([signals, ending] {
    constexpr int kEndedBySignal = 128;  // as shells have it
    int signal = 0;
    sigwait(&ending, &signal);
    if (!signals->serving) std::_Exit(kEndedBySignal + signal);
    signals->asked.set_value();
    sigwait(&ending, &signal);
    std::_Exit(kEndedBySignal + signal);
  }).detach();
  return signals;
}

/// Whether only this machine can reach the address.
bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

/// An address that other machines can reach needs keys, and TLS in front: without the operator's word it is refused.
void check_exposure(const Options& options) {
  if (is_loopback(options.serve.address) || options.insecure) return;
  throw Error(
      Error::kUsage,
      format("{} can be reached from other machines, and there is no TLS here{}: put a reverse proxy that has it "
             "in front, and say so with --insecure",
             options.serve.address, options.keys.empty() ? ", nor are there --keys" : ""));
}

int run(const Options& options, Console& console) {
  check_exposure(options);
  const auto signals = watch_ending_signals();
  const Serving serving = open_serving(options, console);
  const auto& [scorer, store] = serving;
  for (const std::string& advice : store->advice()) console.warn(advice);

  if (!is_loopback(options.serve.address)) {
    console.warn(format("{} can be reached from other machines, and there is no TLS here{}", options.serve.address,
                        options.keys.empty() ? "; nobody is asked for a key" : ""));
  }
  std::mutex speaking;
  ServeOptions serve = options.serve;
  serve.waiting_threads = options.connections;
  if (!options.keys.empty()) serve.keys = ApiKeys::load(options.keys);
  if (store->writer() != nullptr) serve.body_bytes_max = kRowsBytesMax;
  serve.log = [&](const std::string& line) {
    const std::lock_guard lock(speaking);
    console.warn(line);
  };
  Server server(scorer, store, serve);
  server.start();
  signals->serving = true;
  const auto note = [&](const std::string& line) {
    const std::lock_guard lock(speaking);
    console.note(line);
  };
  note(format("serving {} {} from {}", scorer->bundle().name, scorer->bundle().version, store->describe()));
  note(format("http://{}:{}/docs shows the API; Ctrl-C stops it", options.serve.address, server.port()));
  signals->asked.get_future().wait();
  note("stopping: finishing what is in flight");
  server.stop();
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  add_scoring_options(command, options->scoring);
  command.add_option(
      "--store", options->store,
      "Read the rows of users from this file, which `asof ingest` made, instead of the project's tables");
  command
      .add_option(
          "--cache-memory", options->cache_memory,
          "With --store: how much to keep of the rows of the users that were scored last, such as 1GiB; 0: none. "
          "Never changes a number")
      .bytes()
      .show_default("256MiB");
  command.add_flag(
      "--no-decision-log", options->without_decision_log,
      "Do not log decisions in the store: answers wait for no disk, and `asof verify` has nothing to check");
  command.add_option("--address", options->serve.address, "The address to listen at").show_default();
  command.add_option("--keys", options->keys, "Answer only to the keys of this file, which `asof key` made");
  command.add_flag("--insecure", options->insecure, "Listen beyond this machine although there is no TLS here");
  command.add_option("--port", options->serve.port, "The port to listen at; 0 takes any free one").show_default();
  command.add_option("--threads", options->serve.threads, "Threads that answer").positive();
  command.add_option("--connections", options->connections, "Connections to PostgreSQL").positive().show_default();
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command serve;
constinit const Command serve = {
    .name = "serve",
    .summary = "Answer live scoring requests over HTTP",
    .example = "asof serve asof.yaml --port 8080",
    .declare = declare,
};

}  // namespace asof::commands
