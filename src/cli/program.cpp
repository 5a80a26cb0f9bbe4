#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <exception>
#include <map>

#include "asof/error.h"
#include "base/format.h"
#include "base/version.h"
#include "cli/command.h"

namespace asof {

namespace commands {
#define REGISTER(name) extern const Command name;
#include "cli/commands.def"
#undef REGISTER
}  // namespace commands

namespace {

#define REGISTER(name) &commands::name,
constexpr auto kCommands = std::to_array<const Command*>({
#include "cli/commands.def"
});
#undef REGISTER

constexpr int kFailed = 1;
constexpr int kUsedWrongly = 2;

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command* command : kCommands) names.emplace_back(command->name);
  return names;
}

/// What was typed in place of a command, when it is none.
std::string unknown_command(int argc, const char* const* argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  const std::vector<std::string> names = command_names();
  const std::string typed = argv[1];
  return std::ranges::find(names, typed) == names.end() ? typed : std::string();
}

struct Parsed {
  Console console;
  std::map<std::string, Run> runs;
};

void declare(CLI::App& app, Parsed& parsed) {
  app.require_subcommand(1);
  app.set_version_flag("--version", format("asof {}", kVersion));
  app.footer(
      "Exit codes: 0 done, 1 ran and failed, 2 used wrongly.\nFirst steps: asof init data/*.csv, then asof doctor, "
      "asof train, asof predict.");
  for (const Command* command : kCommands) {
    CLI::App* sub = app.add_subcommand(std::string(command->name), std::string(command->summary));
    sub->footer(format("Example:\n  {}", command->example));
    sub->add_flag("--json", parsed.console.json, "Print the result as one JSON document");
    sub->add_flag("-q,--quiet", parsed.console.quiet, "No progress and no notes");
    OptionSet options(*sub);
    parsed.runs[std::string(command->name)] = command->declare(options);
  }
}

int fail(std::string_view what, int code) {
  fmt::print(stderr, "asof: {}\n", what);
  return code;
}

}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }

int run_program(int argc, const char* const* argv) {
  if (const std::string typed = unknown_command(argc, argv); !typed.empty()) {
    return fail(format("there is no command `{}`{}", typed, did_you_mean(typed, command_names())), kUsedWrongly);
  }
  CLI::App app(
      "Predicts whether a loan will be repaid from how a person behaves, from what was known before the application.",
      "asof");
  Parsed parsed;
  declare(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& call) {
    return app.exit(call);
  } catch (const CLI::CallForVersion& call) {
    return app.exit(call);
  } catch (const CLI::ParseError& error) {
    return fail(format("{}; see `asof --help`", error.what()), kUsedWrongly);
  }
  try {
    return parsed.runs.at(app.get_subcommands().front()->get_name())(parsed.console);
  } catch (const Error& error) {
    return fail(error.what(), error.kind() == Error::kUsage ? kUsedWrongly : kFailed);
  } catch (const std::bad_alloc&) {
    return fail("out of memory; give the machine more of it, or read less", kFailed);
  } catch (const std::exception& error) {
    return fail(format("unexpected: {}; this is a fault of asof, please report it", error.what()), kFailed);
  }
}

}  // namespace asof
