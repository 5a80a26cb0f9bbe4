// Many applications at once: `Scorer::score`, many times.
#pragma once

#include <vector>

#include "dataset/assemble.h"
#include "score/scorer.h"

namespace asof {

/// The tables that a bundle reads, as it knows them, at the places where a project keeps them.
/// Throws Error::kIncompatible spelling out what differs: another time zone or boundary, an unknown table,
/// another entity, time, row id or role.
std::vector<TableSpec> tables_of(const Scorer& scorer, const Project& project);

/// The applications in `from` (as in ReadRequest::from), read as the bundle was trained: entity, time and the
/// application's own columns.
Applications read_applications(const Scorer& scorer, const Project& project, const std::string& from,
                               const AssembleOptions& options);

/// One score per application, in order. Same scores for any number of threads.
std::vector<Score> score_batch(const Scorer& scorer, const Applications& applications, PartitionedHistories& histories,
                               const AssembleOptions& options);

}  // namespace asof
