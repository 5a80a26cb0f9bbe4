#include "lender.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "base/files.h"
#include "base/format.h"
#include "simulate/simulate.h"

extern char** environ;

namespace asof::testing {
namespace {

/// `is_repaid` with 0 and 1 exchanged.
void turn_labels_around(const std::filesystem::path& path) {
  std::string text = "user_id,application_at,is_repaid,outcome_known_at\n";
  for (const auto& row : csv_rows(path))
    text += format("{},{},{},{}\n", row[0], row[1], row[2] == "1" ? "0" : "1", row[3]);
  write_file(path, text);
}

}  // namespace

Ran run_asof(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const std::filesystem::path out = folder / "out";
  const std::filesystem::path err = folder / "err";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);

  std::vector<std::string> words = {ASOF_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawn(&child, ASOF_PROGRAM, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error(format("{} cannot be started", ASOF_PROGRAM));
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(out), read_file(err)};
}

void make_lender(const std::filesystem::path& folder, const LenderOptions& options) {
  simulate({.users = options.users, .seed = 3, .threads = 2, .out = folder / "data", .format = options.format});
  if (options.good == "0") turn_labels_around(folder / "data" / "loan_outcomes.csv");
  write_project(folder, options);
}

void write_project(const std::filesystem::path& folder, const LenderOptions& options) {
  if (!options.postgres.empty()) ::setenv("ASOF_TEST_DATABASE_URL", options.postgres.c_str(), 1);
  const auto from = [&](const std::string& table, const std::string& suffix) {
    return options.postgres.empty() ? format("data/{}.{}", table, suffix)
                                    : format("postgres:${{ASOF_TEST_DATABASE_URL}}#{}", table);
  };
  write_file(folder / "asof.yaml", format(R"(name: lender
time_zone: UTC
boundary: {}
tables:
  applications: {{from: data/loan_outcomes.csv, entity: user_id, time: application_at}}
  gps: {{from: "{}", entity: user_id, time: time_of_fix, id: id, missing: {{land_speed: [-1]}}}}
  events: {{from: "{}", entity: user_id, time: timestamp, id: id}}
  features: {{from: "{}", entity: user_id, allow_undated: true}}
target: {{table: applications, label: is_repaid, good: {}, known_at: outcome_known_at}}
features:
  packs: [mobile-lender/classic]
train: {{seed: 7, folds: 3, repeats: 1, candidates: [{}]}}
)",
                                          options.boundary, from("gps", options.format), from("events", options.format),
                                          from("features", "csv"), options.good, options.candidates));
}

std::vector<std::vector<std::string>> csv_rows(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  std::vector<std::vector<std::string>> rows;
  std::size_t line = text.find('\n') + 1;
  while (line < text.size()) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    std::vector<std::string>& row = rows.emplace_back(1);
    for (const char c : std::string_view(text).substr(line, end - line)) {
      if (c == ',') {
        row.emplace_back();
      } else {
        row.back() += c;
      }
    }
    line = end + 1;
  }
  return rows;
}

}  // namespace asof::testing
