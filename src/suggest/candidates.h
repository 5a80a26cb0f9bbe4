// What could be a feature of these tables: a list of patterns, written out over what the tables hold.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "asof/table.h"
#include "base/progress.h"
#include "features/feature_set.h"
#include "project/project.h"
#include "tables/table_spec.h"

namespace asof {

/// A column as far as patterns need to know it.
struct KnownColumn {
  std::string name;
  ColumnType type = ColumnType::kReal;
  std::vector<std::string> frequent;  ///< of texts with few values: the most frequent ones
};

/// A table whose rows have a time, without its entity, time, row id and known-at among the columns.
struct KnownTable {
  TableSpec spec;  ///< with the types of its columns
  std::vector<KnownColumn> columns;
};

/// The tables that candidates may be made of: events and dated attributes. Left out are the applications and the
/// target's table, of which only a person can say what was known at the application, and undated tables, whose columns
/// cannot be shown to predate it.
std::vector<KnownTable> known_tables(const Project& project, int threads, const Progress& progress);

/// At most `budget` definitions, those of the plainest patterns first, none with a name or an expression of `own`.
/// Only what the definition language accepts for these tables.
std::vector<Definition> candidate_definitions(const Project& project, std::span<const KnownTable> tables,
                                              std::span<const Definition> own, std::size_t budget);

}  // namespace asof
