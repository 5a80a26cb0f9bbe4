// `--memory`, for every command that reads whole tables.
#pragma once

#include <cstdint>

#include "cli/options.h"
#include "dataset/partitioned_histories.h"

namespace asof {

inline void add_memory_option(OptionSet& command, std::uint64_t& memory) {
  command
      .add_option(
          "--memory", memory,
          "How much of the tables' rows to keep in memory, such as 200MB or 1GiB; the others wait in a temporary "
          "file (in TMPDIR). Never changes a number")
      .bytes()
      .show_default("32MiB");
}

}  // namespace asof
