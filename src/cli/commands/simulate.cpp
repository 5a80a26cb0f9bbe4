// `asof simulate`: the simulated lender.
#include "simulate/simulate.h"

#include <filesystem>
#include <vector>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"

namespace asof::commands {
namespace {

struct Options {
  SimulateOptions simulate{.threads = default_threads()};
  bool marginals = false;
  bool solve = false;
  bool force = false;
};

/// Neither format of gps and events may lie there: training would not know which of the two is meant.
void refuse_to_replace(const SimulateOptions& wanted) {
  std::vector<std::filesystem::path> files;
  for (const char* name : {"loan_outcomes.csv", "applications_to_predict.csv", "features.csv", "gps.csv", "gps.parquet",
                           "events.csv", "events.parquet", "simulation.json"})
    files.push_back(wanted.out / name);
  if (!wanted.truth.empty()) files.push_back(wanted.truth / "truth.csv");
  for (const std::filesystem::path& file : files) {
    if (std::filesystem::exists(file))
      throw Error(Error::kUsage,
                  format("{} exists; choose another folder, or add --force to replace it", file.string()));
  }
}

int run(const Options& options, Console& console) {
  const SimulateOptions& wanted = options.simulate;
  if (options.marginals || options.solve) {
    const MarginalsOptions sample{
        .profile = wanted.profile, .users = wanted.users, .seed = wanted.seed, .threads = wanted.threads};
    const std::string table =
        options.solve ? solve_profiles(sample, console.progress()) : marginals(sample, console.progress());
    console.say(table);
    console.result(Json::Object{{"markdown", table}});
    return 0;
  }
  if (wanted.out.empty()) throw Error(Error::kUsage, "say where the tables go: --out FOLDER");
  if (!options.force) refuse_to_replace(wanted);
  const SimulateSummary made = asof::simulate(wanted, console.progress());
  console.say(format("{}: simulated {} labelled users and {} to predict, {} events, {} GPS fixes; {:.1f} % repaid",
                     wanted.out.string(), made.labelled, made.to_predict, made.events, made.fixes,
                     100.0 * made.share_repaid));
  console.result(Json::Object{{"out", wanted.out.string()},
                              {"labelled", made.labelled},
                              {"to_predict", made.to_predict},
                              {"events", made.events},
                              {"fixes", made.fixes},
                              {"share_repaid", made.share_repaid}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  SimulateOptions& simulate = options->simulate;
  command.add_option("-o,--out", simulate.out, "Folder for the tables");
  command.add_option("--truth", simulate.truth, "Folder for truth.csv; must lie outside --out");
  command.add_option("--profile", simulate.profile, "How risk depends on behaviour: published, smooth, recency, rare")
      .show_default();
  command.add_option("--users", simulate.users, "How many; fewer are a part of more").positive().show_default();
  command.add_option("--first-user", simulate.first_user, "Number of the first user").positive().show_default();
  command.add_option("--seed", simulate.seed, "Another seed is another lender").show_default();
  command.add_option("--labelled", simulate.labelled,
                     "So many users, the first ones, have known outcomes (default: four of five)");
  command.add_option("--format", simulate.format, "Of gps and events: parquet or csv").show_default();
  command.add_flag("--arrival", simulate.arrival, "Add received_at: rows arrive late, as from phones");
  command.add_flag("--censor", simulate.censor, "Leave outcomes empty that were not known at the export");
  command.add_option("--plant", simulate.plants, "Faults to find: undated, clock, known_late, duplicates")
      .separated_by_commas();
  command.add_option("--hidden", simulate.hidden_spread, "Standard deviation of risk that nothing in the tables shows");
  command.add_option("--threads", simulate.threads, "Threads; never changes a byte").positive();
  command.add_flag("--marginals", options->marginals, "Print the published figures beside the simulated ones instead");
  command.add_flag("--solve", options->solve,
                   "Print the constants that give every profile its share repaid and ROC-AUC instead");
  command.add_flag("--force", options->force, "Replace tables that are there");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command simulate;
constinit const Command simulate = {
    .name = "simulate",
    .summary = "Make the tables of a simulated mobile lender whose true probabilities are known",
    .example = "asof simulate --out data --truth truth --users 2000",
    .declare = declare,
};

}  // namespace asof::commands
