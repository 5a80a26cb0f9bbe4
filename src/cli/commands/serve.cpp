// `asof serve`: the live API.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <filesystem>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "score/batch.h"
#include "serve/server.h"
#include "store/user_store.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string bundle;
  ServeOptions serve;
  int connections = 8;
};

std::shared_ptr<const UserStore> open_store(const Scorer& scorer, const Project& project, const Options& options,
                                            Console& console) {
  std::vector<ServedTable> tables;
  for (const TableSpec& table : tables_of(scorer, project)) tables.push_back({table, scorer.columns_of(table)});
  const bool all_in_postgres = !tables.empty() && std::ranges::all_of(tables, [](const ServedTable& table) {
    return table.spec.from.starts_with("postgres:");
  });
  if (all_in_postgres)
    return open_postgres_store(std::move(tables), zone_of(project), {.connections = options.connections});
  return open_memory_store(tables, zone_of(project), options.serve.threads, console.progress());
}

/// Blocks the signals that end the program in all threads to come, so that this one can wait for them.
sigset_t block_ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

int run(const Options& options, Console& console) {
  const sigset_t ending = block_ending_signals();
  const Project project = read_project(options.project);
  const auto bundle = options.bundle.empty() ? project.file.parent_path() / "models" / project.name
                                             : std::filesystem::path(options.bundle);
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(bundle));
  const auto store = open_store(*scorer, project, options, console);
  for (const std::string& advice : store->advice()) console.warn(advice);

  Server server(scorer, store, options.serve);
  server.start();
  console.note(format("serving {} {} from {}", scorer->bundle().name, scorer->bundle().version, store->describe()));
  console.note(format("http://{}:{}/docs shows the API; Ctrl-C stops it", options.serve.address, server.port()));
  int signal = 0;
  sigwait(&ending, &signal);
  console.note("stopping: finishing what is in flight");
  server.stop();
  return 0;
}

Run declare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("project", options->project, "The project file, or its folder")->capture_default_str();
  app.add_option("-b,--bundle", options->bundle, "The bundle's folder (default: models/NAME beside the project file)");
  app.add_option("--address", options->serve.address, "The address to listen at")->capture_default_str();
  app.add_option("--port", options->serve.port, "The port to listen at; 0 takes any free one")->capture_default_str();
  app.add_option("--threads", options->serve.threads, "Threads that answer")->check(CLI::PositiveNumber);
  app.add_option("--connections", options->connections, "Connections to PostgreSQL")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
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
