// A command of the program: one file in commands/ and one line in commands.def. A command reads as the pipeline it
// runs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/progress.h"
#include "cli/options.h"

namespace asof {

/// How a command speaks: results to standard output, talk to standard error. Progress is a bar on a terminal and a
/// plain line now and then in a log. Colour only on a terminal, without NO_COLOR and TERM=dumb.
class Console {
 public:
  Console();
  ~Console();

  bool json = false;   ///< `--json`: the result is one JSON document on standard output, and nothing else is
  bool quiet = false;  ///< `--quiet`: no progress and no notes

  /// A line of the result. Ignored under `--json`.
  void say(std::string_view line = {});
  /// The result for machines. Ignored without `--json`.
  void result(const Json& value);
  /// A line of talk to standard error.
  void note(std::string_view line);
  void warn(std::string_view line);
  /// For the layers below; ends its bar when something else is said.
  Progress progress();

  std::string bold(std::string_view text) const;
  std::string dim(std::string_view text) const;
  std::string red(std::string_view text) const;
  std::string green(std::string_view text) const;
  std::string yellow(std::string_view text) const;

 private:
  void end_bar();
  std::string styled(std::string_view code, std::string_view text) const;

  bool bar_open_ = false;
  bool terminal_ = false;  // standard error is one: bars
  bool colour_ = false;    // standard output is one, and nobody objects
  double bar_drawn_ = 0.0;
};

/// Runs a command whose options have been parsed; returns the exit code: 0, or 1 for "ran and found something wrong".
using Run = std::function<int(Console&)>;

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view example;  ///< shown by --help
  /// Declares the options and returns what to run once they are parsed.
  Run (*declare)(OptionSet& command);
};

/// Every command, in the order of commands.def.
std::span<const Command* const> all_commands();

/// The whole program: parses, runs, and turns an Error into one sentence on standard error.
/// Exit codes: 0 done; 1 ran and failed; 2 used wrongly.
int run_program(int argc, const char* const* argv);

}  // namespace asof
