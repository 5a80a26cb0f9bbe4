// A simulated mobile lender: applicants with GPS fixes, in-app events, masked attributes and outcomes. Invented, except
// for the published marginal figures that it is fitted to; its true probabilities are known, so what a model reaches
// can be compared with the best that is possible. Nothing else may include this folder but the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "asof/time.h"
#include "base/progress.h"

namespace asof {

struct SimulateOptions {
  /// How the risk depends on behaviour: "published", "smooth", "recency" or "rare".
  std::string profile = "published";

  /// Users `first_user` .. `first_user + users - 1`. A user is the same in every run of the same seed and profile,
  /// so that N users are a part of any larger number of them.
  std::uint64_t users = 10'111;
  std::uint64_t first_user = 1;
  std::uint64_t seed = 1;

  /// Changes how long it takes, never a byte.
  int threads = 1;

  /// Folder for loan_outcomes.csv, applications_to_predict.csv, features.csv, gps and events, and simulation.json,
  /// which says what they are. Made when absent; files of these names are replaced.
  std::filesystem::path out;

  /// Folder for truth.csv: true probabilities, traits and contributions. Must lie outside `out`, which training reads.
  /// Empty: not written.
  std::filesystem::path truth;

  /// How gps and events are written: "parquet" or "csv".
  std::string format = "parquet";

  /// So many users, the first ones, have known outcomes; the others are to predict. Absent: four of five by their
  /// number, 8,089 of the first 10,111.
  std::optional<std::uint64_t> labelled;

  /// Adds `received_at` to gps and events, and leaves out what had not arrived when the tables were exported.
  bool arrival = false;

  /// Outcomes that were not known yet when the tables were exported are empty, instead of filled in.
  bool censor = false;

  /// Faults planted on purpose: "undated", "clock", "known_late", "duplicates".
  std::vector<std::string> plants;

  /// Standard deviation of a part of the log-odds that nothing in the tables shows.
  double hidden_spread = 0.0;

  /// Nothing happens after this moment. 2025-03-31.
  Timestamp exported_at{1'743'379'200'000'000};

  /// Throws Error::kUsage when something is unknown or contradicts itself.
  void validate() const;
};

/// What was written.
struct SimulateSummary {
  std::uint64_t labelled = 0;
  std::uint64_t to_predict = 0;
  std::uint64_t events = 0;
  std::uint64_t fixes = 0;
  double share_repaid = 0.0;  // of all users
};

/// Writes the lender's tables, in memory that does not grow with the number of users.
SimulateSummary simulate(const SimulateOptions& options, const Progress& progress = {});

struct MarginalsOptions {
  std::string profile = "published";
  std::uint64_t users = 10'111;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// A Markdown table of the published figures beside the simulated ones, in the published convention: an unknown speed
/// counts as -1, and users without a row of a table are missing there.
std::string marginals(const MarginalsOptions& options, const Progress& progress = {});

/// Solves the constants of every profile for its share repaid and the AUC of its truth, as a Markdown table: for
/// whoever changes how people behave and then freezes new constants in truth.cpp (`asof simulate --solve`).
std::string solve_profiles(const MarginalsOptions& options, const Progress& progress = {});

}  // namespace asof
