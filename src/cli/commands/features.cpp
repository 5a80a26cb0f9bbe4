// `asof features`: the feature set of a project with its families written out; with --explain, what one of them is;
// with --suggest, what could be added; with --out, the matrix itself.
#include <algorithm>
#include <filesystem>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/memory_option.h"
#include "cli/suggest_features.h"
#include "dataset/assemble.h"
#include "features/describe.h"
#include "features/sql.h"
#include "sources/writer.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string pack;
  std::string explain;
  std::string out;
  bool suggest = false;
  std::size_t budget = SuggestOptions{}.budget;
  int threads = default_threads();
  std::uint64_t memory = kRowMemory;
  bool force = false;
};

constexpr std::size_t kColumnsTogether = 16;

/// Entity, time, one column per feature, and `is_repaid` where the outcome is known.
Table matrix_table(const Project& project, const Assembled& assembled, int threads) {
  const Dataset& data = assembled.dataset;
  Table table{.name = "features", .columns = {}, .rows = data.rows()};
  table.columns.push_back(assembled.applications.rows.at(project.applications().entity));
  table.columns.push_back(assembled.applications.rows.at(project.applications().time));
  for (const FeatureColumn& column : data.columns)
    table.columns.push_back(
        {.name = column.name, .type = ColumnType::kReal, .reals = std::vector<double>(data.rows())});
  // Neighbouring columns together: a row's values stand side by side in memory.
  const std::span<Column> features = std::span(table.columns).last(data.columns.size());
  parallel_for(features.size(), kColumnsTogether, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = 0; row < data.rows(); ++row) {
      const std::span<const double> values = data.features.row(row);
      for (std::size_t i = begin; i < end; ++i) features[i].reals[row] = values[i];
    }
  });
  table.columns.push_back({.name = "is_repaid", .type = ColumnType::kReal, .reals = data.good});
  return table;
}

/// The features of a pack that do not depend on a project's columns: `for column in table.*` has none to go over.
std::vector<Definition> pack_features(const std::string& pack) {
  return expand_families(pack_definitions(pack), [](std::string_view) { return std::vector<std::string>(); });
}

/// Definitions and the tables they are over.
struct FeatureSet {
  std::vector<Definition> definitions;
  std::vector<TableSpec> tables;  ///< applications first
  PlanOptions options;
};

/// Of the project; of a pack alone, the tables are what its definitions tell of them.
FeatureSet feature_set(const Options& options) {
  FeatureSet set;
  if (options.pack.empty()) {
    const Project project = read_project(options.project);
    set.definitions = definitions_of(project);
    set.tables = typed_tables(project, set.definitions);
    set.options = {.boundary = project.boundary, .zone = zone_of(project)};
    return set;
  }
  set.definitions = pack_features(options.pack);
  SketchedTables sketched = sketch_tables(set.definitions);
  set.tables.push_back(std::move(sketched.applications));
  set.tables.insert(set.tables.end(), sketched.tables.begin(), sketched.tables.end());
  return set;
}

int explain(const Options& options, Console& console) {
  const FeatureSet set = feature_set(options);
  const auto place = std::ranges::find(set.definitions, options.explain, &Definition::name);
  if (place == set.definitions.end()) {
    std::vector<std::string> known;
    for (const Definition& definition : set.definitions) known.push_back(definition.name);
    throw Error(Error::kNotFound,
                format("there is no feature `{}`{}", options.explain, did_you_mean(options.explain, known)));
  }
  const std::vector<TableSpec> others(set.tables.begin() + 1, set.tables.end());
  const FeaturePlan plan(set.definitions, set.tables.front(), others, set.options);
  const FeatureSql sql = feature_sql(plan, static_cast<std::size_t>(place - set.definitions.begin()), set.options);
  const std::string english = describe(
      *place,
      {.definitions = set.definitions, .applications = set.tables.front(), .tables = others, .options = set.options});

  console.say(format("{} = {}  {}\n", console.bold(place->name), place->expression,
                     console.dim(format("({})", place->origin))));
  console.say(english);
  console.say(sql.query.empty() ? format("No SQL: {}.", sql.reason) : sql.query);
  console.result(Json::Object{{"name", place->name},
                              {"expression", place->expression},
                              {"origin", place->origin},
                              {"boundary", to_string(set.options.boundary)},
                              {"english", english},
                              {"sql", sql.query.empty() ? Json() : Json(sql.query)},
                              {"no_sql", sql.reason.empty() ? Json() : Json(sql.reason)}});
  return 0;
}

int list_features(std::span<const Definition> definitions, Console& console) {
  Json::Array listed;
  for (const Definition& definition : definitions) {
    console.say(format("{} = {}  {}", console.bold(definition.name), definition.expression,
                       console.dim(format("({})", definition.origin))));
    listed.push_back(
        Json::Object{{"name", definition.name}, {"expression", definition.expression}, {"origin", definition.origin}});
  }
  console.result(listed);
  return 0;
}

int run(const Options& options, Console& console) {
  if (options.suggest) {
    return suggest_features({.project = options.project,
                             .out = options.out,
                             .force = options.force,
                             .budget = options.budget,
                             .threads = options.threads},
                            console);
  }
  if (!options.explain.empty()) return explain(options, console);
  if (!options.pack.empty()) return list_features(pack_features(options.pack), console);
  if (!options.out.empty()) check_writable_name(options.out);
  const Project project = read_project(options.project);
  if (options.out.empty()) return list_features(definitions_of(project), console);
  if (!options.force && std::filesystem::exists(options.out))
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", options.out));
  const Assembled assembled =
      assemble(project, {.threads = options.threads, .memory = options.memory, .progress = console.progress()});
  write_table(matrix_table(project, assembled, options.threads), options.out, options.threads);
  console.say(format("{}: {} applications, {} features, boundary: {}", options.out, assembled.dataset.rows(),
                     assembled.dataset.columns.size(), to_string(project.boundary)));
  console.result(Json::Object{{"out", options.out},
                              {"applications", assembled.dataset.rows()},
                              {"features", assembled.dataset.columns.size()}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("project", options->project, "The project file, or its folder").show_default();
  const Option pack = command.add_option("--pack", options->pack,
                                         "The features of this pack, such as mobile-lender/classic, not a project's");
  const Option named =
      command.add_option("--explain", options->explain, "Say what this feature is, in English and in SQL");
  const Option out = command.add_option("-o,--out", options->out,
                                        "Write the feature matrix to this .csv or .parquet file; with "
                                        "--suggest the definitions to this .yaml file");
  out.excludes(pack).excludes(named);
  const Option suggested = command.add_flag("--suggest", options->suggest,
                                            "Propose features that earn their place, as a block of the project file");
  suggested.excludes(pack).excludes(named);
  command.add_option("--budget-features", options->budget, "How many candidates to compute at most")
      .show_default()
      .positive()
      .needs(suggested);
  command.add_option("--threads", options->threads, "Threads; never changes a number").positive();
  add_memory_option(command, options->memory);
  command.add_flag("--force", options->force, "Replace the file if it exists");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command features;
constinit const Command features = {
    .name = "features",
    .summary = "List a project's features, explain one, or compute the matrix of them",
    .example = "asof features asof.yaml --explain avg_speed\n  asof features asof.yaml --out features.parquet",
    .declare = declare,
};

}  // namespace asof::commands
