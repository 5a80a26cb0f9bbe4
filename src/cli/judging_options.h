// What the commands share that judge bundles by applications whose outcome is known.
#pragma once

#include <cstdint>
#include <string>

#include "base/parallel.h"
#include "cli/command.h"
#include "cli/memory_option.h"
#include "cli/options.h"
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

inline void add_judging_options(OptionSet& command, JudgingOptions& options) {
  command.add_option("project", options.project, "The project file of the data to judge by, or its folder")
      .show_default();
  command.add_option("-a,--applications", options.applications,
                     "Applications with their outcomes, a file or postgres:URL#table (default: the project's)");
  command.add_option("--threads", options.threads, "Threads; never changes a number").positive();
  add_memory_option(command, options.memory);
}

}  // namespace asof
