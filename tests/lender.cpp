#include "lender.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <thread>

#include "base/files.h"
#include "base/format.h"
#include "simulate/simulate.h"
#include "testing/places.h"

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

/// Adds what an applicant would have said: an amount, missing now and then, and a purpose.
void add_own_columns(const std::filesystem::path& path) {
  constexpr std::string_view kPurposes[] = {"school", "car", "shop"};
  std::string text = "user_id,application_at,is_repaid,outcome_known_at,amount,purpose\n";
  std::size_t i = 0;
  for (const auto& row : csv_rows(path)) {
    const std::string amount = i % 7 == 0 ? "" : format("{}", 50.25 * static_cast<double>(i % 11));
    text += format("{},{},{},{},{},{}\n", row[0], row[1], row[2], row[3], amount, kPurposes[i % 3]);
    ++i;
  }
  write_file(path, text);
}

/// Waits for something that happens by itself; false when it did not within what any machine takes.
bool eventually(const std::function<bool()>& happened) {
  constexpr std::chrono::minutes kPatience{10};
  constexpr std::chrono::milliseconds kPause{2};
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!happened()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace

RunningAsof::RunningAsof(const std::vector<std::string>& arguments) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, (folder_ / "out").c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder_ / "err").c_str(), O_WRONLY | O_CREAT, 0600);

  std::vector<std::string> words = {testing::kProgram};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int failed = posix_spawn(&child_, testing::kProgram, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error(format("{} cannot be started", testing::kProgram));
}

RunningAsof::~RunningAsof() {
  if (ended()) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

bool RunningAsof::ended() {
  int status = 0;
  if (!status_ && ::waitpid(child_, &status, WNOHANG) == child_) status_ = status;
  return status_.has_value();
}

std::string RunningAsof::said() const { return read_file(folder_ / "err"); }

void RunningAsof::wait_until_said(std::string_view text) {
  const bool heard = eventually([&] { return ended() || said().find(text) != std::string::npos; });
  if (!heard || said().find(text) == std::string::npos)
    throw std::runtime_error(format("asof did not say `{}`, but: {}", text, said()));
}

void RunningAsof::send_signal(int number) const { ::kill(child_, number); }

Ran RunningAsof::wait() {
  if (!eventually([&] { return ended(); })) throw std::runtime_error(format("asof does not end; it said: {}", said()));
  return {WIFEXITED(*status_) ? WEXITSTATUS(*status_) : -1, read_file(folder_ / "out"), said()};
}

Ran run_asof(const std::vector<std::string>& arguments) { return RunningAsof(arguments).wait(); }

void make_lender(const std::filesystem::path& folder, const LenderOptions& options) {
  simulate({.users = options.users, .seed = 3, .threads = 2, .out = folder / "data", .format = options.format});
  if (options.good == "0") turn_labels_around(folder / "data" / "loan_outcomes.csv");
  if (options.own_columns) add_own_columns(folder / "data" / "loan_outcomes.csv");
  write_project(folder, options);
}

void write_project(const std::filesystem::path& folder, const LenderOptions& options) {
  if (!options.postgres.empty()) ::setenv("ASOF_TEST_DATABASE_URL", options.postgres.c_str(), 1);
  const auto from = [&](const std::string& table, const std::string& suffix) {
    return options.postgres.empty() ? format("data/{}.{}", table, suffix)
                                    : format("postgres:${{ASOF_TEST_DATABASE_URL}}#{}", table);
  };
  const std::string_view own = options.own_columns ? "amount, purpose" : "";
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
  application: [{}]
train: {{seed: 7, folds: 3, repeats: 1, candidates: [{}]}}
)",
                                          options.boundary, from("gps", options.format), from("events", options.format),
                                          from("features", "csv"), options.good, own, options.candidates));
}

void copy_to_postgres(const std::filesystem::path& folder, const PostgresServer& postgres) {
  postgres.run_sql(
      "drop table if exists gps, events, features;"
      "create table gps (id bigint, user_id bigint, time_of_fix timestamptz, accuracy double precision, land_speed "
      "double precision,"
      " location_provider text, latitude double precision, longitude double precision);"
      "create table events (id bigint, user_id bigint, timestamp timestamptz, screen_name text, action text, "
      "session_id text, network_type text);"
      "create table features (user_id bigint, feature_1 double precision, feature_2 double precision, feature_3 double "
      "precision,"
      " feature_4 double precision, feature_5 double precision, feature_6 double precision, feature_7 double precision,"
      " feature_8 double precision, feature_9 double precision, feature_10 double precision);");
  for (const char* table : {"gps", "events", "features"})
    postgres.copy_csv(table, folder / format("data/{}.csv", table));

  postgres.run_sql(
      "create index on gps (user_id, time_of_fix); create index on events (user_id, timestamp); create index on "
      "features (user_id);");
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
