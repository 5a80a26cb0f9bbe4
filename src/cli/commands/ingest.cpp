// `asof ingest`: the rows of a project's tables into a store file, for live scoring.

#include "store/ingest.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string store;
  int threads = default_threads();
};

std::string in_words(const IngestedTable& table) {
  std::string words = format("{} rows stored, {} already there", table.stored, table.already_there);
  if (table.no_entity > 0) words += format(", {} left out without an entity", table.no_entity);
  if (table.no_time > 0) words += format(", {} left out without a time", table.no_time);
  return words;
}

int run(const Options& options, Console& console) {
  const Project project = read_project(options.project);
  const std::vector<IngestedTable> tables =
      ingest(project, options.store, {.threads = options.threads, .now = system_time, .progress = console.progress()});
  Json::Array results;
  for (const IngestedTable& table : tables) {
    console.say(format("{}: {}", console.bold(table.table), in_words(table)));
    results.push_back(Json::Object{{"table", table.table},
                                   {"stored", table.stored},
                                   {"already_there", table.already_there},
                                   {"no_entity", table.no_entity},
                                   {"no_time", table.no_time}});
  }
  console.result(Json::Object{{"store", options.store}, {"tables", std::move(results)}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("project", options->project, "The project file, or its folder").show_default();
  command.add_option("--store", options->store, "The store file; made when there is none").required();
  command.add_option("--threads", options->threads, "Threads that read; never changes a row").positive();
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command ingest;
constinit const Command ingest = {
    .name = "ingest",
    .summary = "Store the rows of a project's tables in one file that live scoring reads",
    .example = "asof ingest asof.yaml --store lender.db\n  asof serve asof.yaml --store lender.db",
    .declare = declare,
};

}  // namespace asof::commands
