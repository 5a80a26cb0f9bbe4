// From the tables of a project to a store file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "asof/time.h"
#include "base/progress.h"
#include "project/project.h"

namespace asof {

struct IngestOptions {
  int threads = 1;
  std::function<Timestamp()> now;  ///< the moment at which rows become known to the store; required
  Progress progress;
};

/// What became of the rows of one table.
struct IngestedTable {
  std::string table;
  std::uint64_t stored = 0;
  std::uint64_t already_there = 0;
  std::uint64_t no_entity = 0;  ///< never read, so not stored
  std::uint64_t no_time = 0;    ///< the same
};

/// Stores the rows of every table of `project`; makes the store when there is none. What is there already is left
/// alone, so a run that was interrupted can be repeated, and the result is that of one run. Rows are committed some
/// hundred thousand at a time. Throws Error naming the table for rows that the store cannot hold, and for a table that
/// the store has with other columns, types, entity, time or row id.
std::vector<IngestedTable> ingest(const Project& project, const std::filesystem::path& store,
                                  const IngestOptions& options);

}  // namespace asof
