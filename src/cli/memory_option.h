// `--memory`, for every command that reads whole tables.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

#include "dataset/partitioned_histories.h"

namespace asof {

inline void add_memory_option(CLI::App& app, std::uint64_t& memory) {
  app.add_option(
         "--memory", memory,
         "How much of the tables' rows to keep in memory, such as 200MB or 1GiB; the others wait in a temporary "
         "file (in TMPDIR). Never changes a number")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("32MiB");
}

}  // namespace asof
