// `asof features`: the feature set of a project with its families written out; with --out, the matrix itself.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "dataset/assemble.h"
#include "sources/writer.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string out;
  int threads = default_threads();
  bool force = false;
};

/// Entity, time, one column per feature, and `is_repaid` where the outcome is known.
Table matrix_table(const Project& project, const Assembled& assembled) {
  const Dataset& data = assembled.dataset;
  Table table{.name = "features", .columns = {}, .rows = data.rows()};
  table.columns.push_back(assembled.applications.rows.at(project.applications().entity));
  table.columns.push_back(assembled.applications.rows.at(project.applications().time));
  for (std::size_t i = 0; i < data.columns.size(); ++i) {
    Column column{.name = data.columns[i].name, .type = ColumnType::kReal};
    for (std::size_t row = 0; row < data.rows(); ++row) column.reals.push_back(data.features.row(row)[i]);
    table.columns.push_back(std::move(column));
  }
  table.columns.push_back({.name = "is_repaid", .type = ColumnType::kReal, .reals = data.good});
  return table;
}

int run(const Options& options, Console& console) {
  if (!options.out.empty()) check_writable_name(options.out);
  const Project project = read_project(options.project);
  if (options.out.empty()) {
    Json::Array listed;
    for (const Definition& definition : definitions_of(project)) {
      console.say(format("{} = {}  {}", console.bold(definition.name), definition.expression,
                         console.dim(format("({})", definition.origin))));
      listed.push_back(Json::Object{
          {"name", definition.name}, {"expression", definition.expression}, {"origin", definition.origin}});
    }
    console.result(listed);
    return 0;
  }
  if (!options.force && std::filesystem::exists(options.out))
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", options.out));
  const Assembled assembled = assemble(project, {.threads = options.threads, .progress = console.progress()});
  write_table(matrix_table(project, assembled), options.out);
  console.say(format("{}: {} applications, {} features, boundary: {}", options.out, assembled.dataset.rows(),
                     assembled.dataset.columns.size(), to_string(project.boundary)));
  console.result(Json::Object{{"out", options.out},
                              {"applications", assembled.dataset.rows()},
                              {"features", assembled.dataset.columns.size()}});
  return 0;
}

Run declare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("project", options->project, "The project file, or its folder")->capture_default_str();
  app.add_option("-o,--out", options->out, "Write the feature matrix to this .csv or .parquet file");
  app.add_option("--threads", options->threads, "Threads; never changes a number")->check(CLI::PositiveNumber);
  app.add_flag("--force", options->force, "Replace the file if it exists");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command features;
constinit const Command features = {
    .name = "features",
    .summary = "List a project's features, or compute the matrix of them",
    .example = "asof features asof.yaml --out features.parquet",
    .declare = declare,
};

}  // namespace asof::commands
