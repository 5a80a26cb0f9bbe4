// A small simulated lender in a folder of its own, and the program itself, run as a person would.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "project/project.h"
#include "testing/postgres_fixture.h"
#include "testing/temporary_folder.h"

namespace asof::testing {

/// What a run of the program left behind.
struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

/// The built `asof`, running with these arguments; the shell sees none of them. Killed when forgotten.
class RunningAsof {
 public:
  explicit RunningAsof(const std::vector<std::string>& arguments);
  ~RunningAsof();
  RunningAsof(const RunningAsof&) = delete;
  RunningAsof& operator=(const RunningAsof&) = delete;

  /// What it has written to standard error so far.
  std::string said() const;
  /// Waits until it has said `text`; throws std::runtime_error when it ends without or is silent for too long.
  void wait_until_said(std::string_view text);
  void send_signal(int number) const;
  /// Waits for its end, which must come by itself; throws std::runtime_error when it does not.
  Ran wait();

 private:
  bool ended();

  TemporaryFolder folder_;
  pid_t child_ = 0;
  std::optional<int> status_;
};

/// Runs the built `asof` to its end.
Ran run_asof(const std::vector<std::string>& arguments);

struct LenderOptions {
  std::uint64_t users = 900;
  std::string format = "csv";  ///< of gps and events
  std::string good = "1";      ///< which value of `is_repaid` means repaid
  std::string boundary = "before";
  std::string candidates = "logistic";
  bool own_columns = false;  ///< the applications have `amount` and `purpose`, and both are features
  std::string postgres;      ///< a URL: gps, events and features are read from its tables of these names
};

/// Simulates `users` users into `folder/data` and writes `folder/asof.yaml`. With `good: "0"` the labels are turned
/// around too, so that the same people repay.
void make_lender(const std::filesystem::path& folder, const LenderOptions& options);

/// Only the project file, for tables that exist.
void write_project(const std::filesystem::path& folder, const LenderOptions& options);

/// Puts the lender's gps, events and features (CSV) into tables of these names, indexed for live reading.
void copy_to_postgres(const std::filesystem::path& folder, const PostgresServer& postgres);

/// The lines of a CSV file without its header, divided at commas.
std::vector<std::vector<std::string>> csv_rows(const std::filesystem::path& path);

}  // namespace asof::testing
