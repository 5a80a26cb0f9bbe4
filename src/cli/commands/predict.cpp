// `asof predict`: scores applications with a bundle and writes the prediction file.
#include <algorithm>
#include <filesystem>
#include <optional>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/memory_option.h"
#include "cli/scoring_options.h"
#include "score/batch.h"
#include "sources/writer.h"

namespace asof::commands {
namespace {

struct Options {
  ScoringOptions scoring;
  std::string applications;
  std::string out = "predictions.csv";
  std::vector<std::string> with;
  int threads = default_threads();
  std::uint64_t memory = kRowMemory;
  bool force = false;
};

/// A column that `--with` adds.
struct Extra {
  std::string_view name;
  ColumnType type;
  double (*value)(const Score& score);
};

constexpr Extra kExtras[] = {
    {"default_probability", ColumnType::kReal, [](const Score& score) { return 1.0 - score.repayment_probability; }},
    {"log_odds", ColumnType::kReal, [](const Score& score) { return score.log_odds; }},
    {"points", ColumnType::kReal, [](const Score& score) { return score.points; }},
    {"thin_file", ColumnType::kBoolean, [](const Score& score) { return score.thin_file ? 1.0 : 0.0; }},
};

const Extra& extra(const std::string& name) {
  std::vector<std::string> known;
  for (const Extra& one : kExtras) {
    if (one.name == name) return one;
    known.emplace_back(one.name);
  }
  throw Error(Error::kUsage, format("--with: there is no column `{}`{}", name, did_you_mean(name, known)));
}

Column column_of(const Extra& extra, const std::vector<Score>& scores) {
  Column column{.name = std::string(extra.name), .type = extra.type};
  for (const Score& score : scores) {
    if (extra.type == ColumnType::kReal) {
      column.reals.push_back(extra.value(score));
    } else {
      column.integers.push_back(static_cast<std::int64_t>(extra.value(score)));
    }
  }
  return column;
}

/// The prediction file, in the order of the applications.
Table predictions(const Scorer& scorer, const Applications& applications, const std::vector<Score>& scores,
                  const std::vector<std::string>& with) {
  const TableSpec& spec = scorer.bundle().applications;
  Table table{.name = "predictions", .columns = {}, .rows = scores.size()};
  table.columns.push_back(applications.rows.at(spec.entity));
  table.columns.back().name = "user_id";
  table.columns.push_back(applications.rows.at(spec.time));
  table.columns.back().name = "application_at";
  Column repayment{.name = "prediction_probability", .type = ColumnType::kReal};
  for (const Score& score : scores) repayment.reals.push_back(score.repayment_probability);
  table.columns.push_back(std::move(repayment));
  for (const std::string& name : with) table.columns.push_back(column_of(extra(name), scores));
  return table;
}

/// The project's applications without a label; all of them when none has one.
Applications unlabelled(const Scorer& scorer, const Project& project, const AssembleOptions& options) {
  const TableSpec& spec = project.applications();
  if (project.target.table != spec.name) {
    throw Error(Error::kUsage, "say which applications to score: --applications FILE");
  }
  TableSpec wanted = scorer.bundle().applications;
  std::vector<ColumnRequest> columns = scorer.columns_of(wanted);
  ColumnRequest label{.name = project.target.label, .type = {}, .epoch = EpochUnit::kNone, .missing = {}};
  if (const auto declared = spec.columns.find(label.name); declared != spec.columns.end())
    label.missing = declared->second.missing;
  columns.push_back(label);
  wanted.from = spec.from;
  const Table rows = read_table(read_request(project, wanted, columns, options.threads), options.progress);
  std::vector<std::uint32_t> open;
  for (std::uint32_t row = 0; row < rows.rows; ++row) {
    if (rows.at(label.name).missing(row)) open.push_back(row);
  }
  if (open.empty()) {
    throw Error(
        Error::kUsage,
        format("every application of table {} has a label; say which ones to score: --applications FILE", spec.name));
  }
  return make_applications(wanted, take(rows, open));
}

int run(const Options& options, Console& console) {
  check_writable_name(options.out);
  if (!options.force && std::filesystem::exists(options.out)) {
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", options.out));
  }
  for (auto name = options.with.begin(); name != options.with.end(); ++name) {
    extra(*name);
    if (std::find(options.with.begin(), name, *name) != name)
      throw Error(Error::kUsage, format("--with: {} is given twice", *name));
  }
  const Project project = read_project(options.scoring.project);
  const Scorer scorer = options.scoring.load(&project);
  const AssembleOptions reading{.threads = options.threads,
                                .memory = options.memory,
                                .applications_from = options.applications,
                                .progress = console.progress()};

  const std::vector<TableSpec> tables = tables_of(scorer, project);
  const Applications applications = options.applications.empty()
                                        ? unlabelled(scorer, project, reading)
                                        : read_applications(scorer, project, options.applications, reading);
  PartitionedHistories histories = read_partitioned(project, tables, applications, reading);
  const std::vector<Score> scores = score_batch(scorer, applications, histories, reading);
  write_table(predictions(scorer, applications, scores, options.with), options.out, options.threads);

  double sum = 0.0;
  for (const Score& score : scores) sum += score.repayment_probability;
  const auto thin = static_cast<std::size_t>(std::ranges::count_if(scores, &Score::thin_file));
  const double mean = scores.empty() ? 0.0 : sum / static_cast<double>(scores.size());
  console.say(format("{}: {} applications, mean repayment probability {:.3f}, {} with a thin file; bundle {} {}",
                     options.out, scores.size(), mean, thin, scorer.bundle().name, scorer.bundle().version));
  console.result(Json::Object{{"out", options.out},
                              {"applications", scores.size()},
                              {"mean_repayment_probability", mean},
                              {"thin_files", thin},
                              {"bundle", scorer.bundle().name},
                              {"version", scorer.bundle().version}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  add_scoring_options(command, options->scoring);
  command.add_option(
      "-a,--applications", options->applications,
      "The applications to score, a file or postgres:URL#table (default: those of the project that have no label)");
  command.add_option("-o,--out", options->out, "The prediction file: .csv, .csv.gz, .csv.zst or .parquet")
      .show_default();
  command.add_option("--with", options->with, "More columns: default_probability, log_odds, points, thin_file")
      .separated_by_commas();
  command.add_option("--threads", options->threads, "Threads; never changes a number").positive();
  add_memory_option(command, options->memory);
  command.add_flag("--force", options->force, "Replace the prediction file if it exists");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command predict;
constinit const Command predict = {
    .name = "predict",
    .summary = "Score applications with a bundle and write user_id,application_at,prediction_probability",
    .example = "asof predict asof.yaml --applications data/applications_to_predict.csv --out predictions.csv",
    .declare = declare,
};

}  // namespace asof::commands
