// A feature in plain English, from its definition alone: for whoever must defend a number without reading the language.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "features/plan.h"

namespace asof {

/// What is described: definitions with their families written out, and the tables that they are over.
struct Described {
  std::span<const Definition> definitions;
  const TableSpec& applications;
  std::span<const TableSpec> tables;
  const PlanOptions& options;
};

/// Several lines: in short, as reasons call it; how the feature is made of its parts, [1], [2], ..., and for each part
/// which rows of which table count and what is done with them. Throws Error::kInvalidInput when the definition cannot
/// be parsed.
std::string describe(const Definition& definition, const Described& described);

/// Tables as far as definitions tell of them: for a pack without a project. Entity and time are called `user_id` and
/// `time`, unless a definition shows a column to be a time; a column's type is what is done with it.
struct SketchedTables {
  TableSpec applications;
  std::vector<TableSpec> tables;
};
SketchedTables sketch_tables(std::span<const Definition> definitions);

}  // namespace asof
