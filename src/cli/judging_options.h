// What the commands share that judge bundles by applications whose outcome is known.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "base/parallel.h"
#include "cli/command.h"
#include "cli/memory_option.h"
#include "score/judge.h"

namespace asof {

struct JudgingOptions {
  std::string project = "asof.yaml";
  std::string applications;
  int threads = default_threads();
  std::uint64_t memory = kRowMemory;

  AssembleOptions reading(Console& console) const {
    return {.threads = threads, .memory = memory, .progress = console.progress()};
  }
};

inline void add_judging_options(CLI::App& app, JudgingOptions& options) {
  app.add_option("project", options.project, "The project file of the data to judge by, or its folder")
      ->capture_default_str();
  app.add_option("-a,--applications", options.applications,
                 "Applications with their outcomes, a file or postgres:URL#table (default: the project's)");
  app.add_option("--threads", options.threads, "Threads; never changes a number")->check(CLI::PositiveNumber);
  add_memory_option(app, options.memory);
}

}  // namespace asof
