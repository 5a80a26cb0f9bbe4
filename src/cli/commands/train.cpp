// `asof train`: reads, compares candidates, saves a bundle with its report.
#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/memory_option.h"
#include "evaluate/report_words.h"
#include "score/train.h"
#include "score/train_report.h"
#include "tables/arrival.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string out;
  std::vector<std::string> candidates;
  std::optional<std::uint64_t> seed;
  int threads = default_threads();
  std::uint64_t memory = kRowMemory;
  std::string budget;
  std::size_t trials = 0;
  bool require_reasons = false;
};

/// People say `2min` as well as `2m`.
SearchBudget budget_of(const Options& options) {
  SearchBudget budget{.draws = options.trials};
  std::string text = options.budget;
  if (text.ends_with("min")) text.resize(text.size() - 2);
  try {
    if (!text.empty()) budget.seconds = static_cast<double>(parse_duration(text).microseconds) / 1e6;
  } catch (const Error& error) {
    throw Error(Error::kUsage, format("--budget: {}", error.what()));
  }
  return budget;
}

Project project_of(const Options& options) {
  Project project = read_project(options.project);
  if (!options.candidates.empty()) project.train.candidates = options.candidates;
  if (options.seed) project.train.seed = *options.seed;
  for (const std::string& candidate : project.train.candidates) model_kind(candidate);
  return project;
}

void say_counts(const Assembled& assembled, Console& console) {
  const OutcomeCounts& counts = assembled.outcomes;
  console.say(
      format("{} applications: {} repaid, {} defaulted, {} unlabelled, {} indeterminate, {} not yet observable, {} "
             "left out by where:",
             assembled.dataset.rows() + counts.excluded, counts.repaid, counts.defaulted, counts.unlabelled,
             counts.indeterminate, counts.not_observable, counts.excluded));
  for (const TableRead& read : assembled.tables_read) {
    std::string line = format("{}: {} rows", read.table, read.rows);
    for (const LeftOut::Reason& reason : read.left_out.reasons()) {
      if (reason.rows > 0) line += format(", {} {}", reason.rows, reason.words);
    }
    console.say(line);
  }
  if (const std::string unknown = arrival_unknown(assembled.plan.tables()); !unknown.empty()) console.say(unknown);
}

std::string figure_text(const Evaluation& evaluation, std::string_view metric, std::optional<Outcome> positive = {}) {
  const Figure& figure = evaluation.figure(metric, positive);
  return format("{:.4f} [{:.4f}, {:.4f}]", figure.value, figure.interval.low, figure.interval.high);
}

void say_leaderboard(const HoldOut& hold_out, Console& console) {
  console.say();
  console.say(format("{} (cross-validated on the {} training rows, {} split; mean over folds ± standard error)",
                     console.bold("leaderboard"), hold_out.split.train.size(), to_string(hold_out.split.by)));
  std::size_t width = 0;
  for (const Trial& trial : hold_out.selection.leaderboard) width = std::max(width, trial.setting.name.size());
  console.say(format("  {:<20} {:<{}} {:>15} {:>14} {:>10}", "candidate", "setting", width, "ROC-AUC",
                     format("PR-AUC {}", to_string(hold_out.evaluation.minority)), "log loss"));
  for (const Trial& trial : hold_out.selection.leaderboard) {
    console.say(format("  {:<20} {:<{}} {:>6.4f} ± {:.4f} {:>14.4f} {:>10.4f}", trial.kind, trial.setting.name, width,
                       trial.roc_auc, trial.roc_auc_error, trial.pr_auc_minority, trial.log_loss));
  }
  if (const std::size_t draws = hold_out.selection.draws; draws > 0)
    console.say(format("  {} settings were drawn beyond those listed; --trials {} repeats the search", draws, draws));
  if (!hold_out.selection.why_not_first.empty()) console.say(format("  {}", hold_out.selection.why_not_first));
  if (!hold_out.selection.not_tried.empty()) console.say(format("  {}", hold_out.selection.not_tried));
  if (!hold_out.selection.missing_values_reason.empty())
    console.say(format("  {}", hold_out.selection.missing_values_reason));
}

void say_hold_out(std::string_view title, const HoldOut& hold_out, Console& console) {
  const Evaluation& evaluation = hold_out.evaluation;
  const Outcome minority = evaluation.minority;
  console.say();
  console.say(format("{}: {} rows kept back ({}), {} repaid, {} defaulted; scored once by {}", console.bold(title),
                     evaluation.rows, to_string(hold_out.split.by), evaluation.repaid, evaluation.defaulted,
                     hold_out.fitted.kind));
  console.say(format("  ROC-AUC {}   PR-AUC {} {}   F1 {} {}", figure_text(evaluation, "roc_auc"), to_string(minority),
                     figure_text(evaluation, "pr_auc", minority), to_string(minority),
                     figure_text(evaluation, "f1", minority)));
  console.say(format("  log loss {}   Brier {}   accuracy {}", figure_text(evaluation, "log_loss"),
                     figure_text(evaluation, "brier"), figure_text(evaluation, "accuracy")));
}

void say_points(const PointCard& card, Console& console) {
  console.say(format("points: {:.0f} at odds of {:.2f} : 1, {:.0f} double them; out of fold from {:.0f} to {:.0f}",
                     card.scale.anchor, card.scale.anchor_odds, card.scale.to_double, card.reached_low,
                     card.reached_high));
  for (const Band& band : card.bands) {
    const std::string from =
        &band == &card.bands.back() ? "        below" : format("from {:5.0f} on", band.points_from);
    console.say(format("  {}  {}  {} applications, {:.1f} % defaulted [{:.1f}, {:.1f}]", band.name, from, band.rows,
                       100.0 * band.default_rate, 100.0 * band.interval.low, 100.0 * band.interval.high));
  }
  if (!card.is_monotone()) console.say("  the default rates of these bands do not rise throughout");
}

void say_result(const Trained& trained, Console& console) {
  say_leaderboard(trained.headline, console);
  say_hold_out(format("headline: {}", trained.headline_reason), trained.headline, console);
  if (trained.other) {
    say_hold_out("the other hold-out", *trained.other, console);
  } else {
    console.say(format("no other hold-out: {}", trained.other_absent));
  }
  if (trained.undated) {
    const UndatedComparison& undated = *trained.undated;
    console.say(format("undated tables ({}) cannot be shown to predate the application; without them {}",
                       join(undated.tables),
                       undated.without ? format("ROC-AUC is {}", figure_text(*undated.without, "roc_auc"))
                                       : format("there is no model to compare: {}", undated.absent)));
  }
  console.say();
  std::string families;
  for (const Importance& family : trained.drivers.families) {
    families += format("{}{} {:.3f}", families.empty() ? "" : ", ", family.name, family.permutation);
  }
  console.say(format("what drives the score (ROC-AUC lost when shuffled): {}", families));
  console.say(format("calibration: {}", trained.headline.selection.calibration.reason));
  console.say(join(sentences_of(trained.cut_off), "\n  "));
  say_points(trained.bundle.points, console);
}

int run(const Options& options, Console& console) {
  const Project project = project_of(options);
  const std::filesystem::path out =
      options.out.empty() ? project.file.parent_path() / "models" : std::filesystem::path(options.out);

  const SearchBudget budget = budget_of(options);
  const Assembled assembled = assemble(
      project,
      {.threads = options.threads, .memory = options.memory, .fingerprints = true, .progress = console.progress()});
  say_counts(assembled, console);
  const Trained trained = train(project, assembled,
                                {.threads = options.threads,
                                 .require_reasons = options.require_reasons,
                                 .budget = budget,
                                 .progress = console.progress()});
  const std::filesystem::path folder = save(trained.bundle, out, documents_of(project, assembled, trained));
  write_file(out / project.name / (trained.bundle.version + ".run.json"), to_pretty_json(trained.run));

  say_result(trained, console);
  console.say(format("bundle: {}", folder.string()));
  console.say(format("report: {}", (folder / "report.html").string()));
  console.result(Json::Object{{"bundle", folder.string()},
                              {"version", trained.bundle.version},
                              {"metrics", trained.bundle.metrics},
                              {"decision", to_json_value(trained.cut_off)},
                              {"run", trained.run}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("project", options->project, "The project file, or its folder").show_default();
  command.add_option("-o,--out", options->out, "Where bundles go (default: models/ beside the project file)");
  command
      .add_option("--candidates", options->candidates,
                  "Kinds of models, divided by commas (default: those of the project file, or all)")
      .separated_by_commas();
  const Option budget = command.add_option("--budget", options->budget,
                                           "Also try settings drawn at random, as long as choosing takes no longer "
                                           "than this, such as 2min. The bundle notes "
                                           "how many were drawn");
  command
      .add_option("--trials", options->trials,
                  "Draw so many settings instead, however long it takes: repeats a timed search to the byte")
      .excludes(budget);
  command.add_option("--seed", options->seed, "Of splits, folds and models (default: the project file's)");
  command.add_flag("--require-reasons", options->require_reasons,
                   "Stop unless every feature has words of its owner under `reasons:`");
  command.add_option("--threads", options->threads, "Threads; never changes a number").positive();
  add_memory_option(command, options->memory);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command train;
constinit const Command train = {
    .name = "train",
    .summary = "Compare candidates, measure the best on rows kept back, and save it as a bundle",
    .example = "asof train asof.yaml --candidates logistic,gradient_boosting",
    .declare = declare,
};

}  // namespace asof::commands
