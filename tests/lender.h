// A small simulated lender in a folder of its own, and the program itself, run as a person would.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "project/project.h"
#include "testing/temporary_folder.h"

namespace asof::testing {

/// What a run of the program left behind.
struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs the built `asof` with these arguments; the shell sees none of them.
Ran run_asof(const std::vector<std::string>& arguments);

struct LenderOptions {
  std::uint64_t users = 900;
  std::string format = "csv";  ///< of gps and events
  std::string good = "1";      ///< which value of `is_repaid` means repaid
  std::string boundary = "before";
  std::string candidates = "logistic";
  std::string postgres;  ///< a URL: gps, events and features are read from its tables of these names
};

/// Simulates `users` users into `folder/data` and writes `folder/asof.yaml`. With `good: "0"` the labels are turned
/// around too, so that the same people repay.
void make_lender(const std::filesystem::path& folder, const LenderOptions& options);

/// Only the project file, for tables that exist.
void write_project(const std::filesystem::path& folder, const LenderOptions& options);

/// The lines of a CSV file without its header, divided at commas.
std::vector<std::vector<std::string>> csv_rows(const std::filesystem::path& path);

}  // namespace asof::testing
