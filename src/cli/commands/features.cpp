// `asof features`: the feature set of a project with its families written out; with --out, the matrix itself; with
// --suggest, features that it could have.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "dataset/assemble.h"
#include "sources/writer.h"
#include "suggest/suggest.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string out;
  bool suggest = false;
  std::size_t budget = SuggestOptions{}.budget;
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

Json suggestion_json(const Suggestion& kept) {
  return Json::Object{{"name", kept.definition.name},
                      {"expression", kept.definition.expression},
                      {"family", kept.definition.family},
                      {"p_value", kept.earned.p_value},
                      {"log_loss_gain", kept.earned.log_loss_gain},
                      {"log_loss_gain_standard_error", kept.earned.log_loss_gain_error},
                      {"roc_auc", kept.earned.roc_auc}};
}

/// The block for the project file to `--out` or standard output; how it came about to standard error.
int suggest_features(const Options& options, Console& console) {
  if (!options.out.empty() && !options.force && std::filesystem::exists(options.out))
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", options.out));
  const Suggestions found =
      suggest(read_project(options.project),
              {.budget = options.budget, .threads = options.threads, .progress = console.progress()});
  const Stagewise& search = found.search;
  console.note(
      format("{} candidates, {} of them unlike the others, judged on {} training rows; the {} rows of the "
             "hold-out ({}) were not looked at",
             found.candidates, search.judged, search.rows, found.held_out, to_string(found.by)));
  if (!found.undated.empty())
    console.note(format("no candidates from {}: nobody knows when their rows were known", join(found.undated)));
  const double after = found.kept.empty() ? search.roc_auc_before : search.earned.back().roc_auc;
  console.note(format("{} kept: ROC-AUC out of fold {:.4f}, before {:.4f} (logistic regression)", found.kept.size(),
                      after, search.roc_auc_before));
  console.note(format("no more, because {}", search.stopped));

  const std::string yaml = to_yaml(found);
  Json::Array kept;
  for (const Suggestion& suggestion : found.kept) kept.push_back(suggestion_json(suggestion));
  if (!yaml.empty() && options.out.empty()) console.say(yaml.substr(0, yaml.size() - 1));
  if (!yaml.empty() && !options.out.empty()) write_file(options.out, yaml);
  console.result(Json::Object{{"kept", std::move(kept)},
                              {"candidates", found.candidates},
                              {"judged", search.judged},
                              {"training_rows", search.rows},
                              {"held_out_rows", found.held_out},
                              {"roc_auc_before", search.roc_auc_before},
                              {"roc_auc", after},
                              {"stopped", search.stopped}});
  return 0;
}

int run(const Options& options, Console& console) {
  if (options.suggest) return suggest_features(options, console);
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
  app.add_option("-o,--out", options->out,
                 "Write the feature matrix to this .csv or .parquet file; with --suggest the "
                 "definitions to this .yaml file");
  app.add_flag("--suggest", options->suggest,
               "Propose features that earn their place, as a block for the project file");
  app.add_option("--budget-features", options->budget, "With --suggest: how many candidates to compute at most")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
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
