// What is said, everywhere in the same words, of tables that do not say when their rows were had.
#pragma once

#include <span>
#include <string>

#include "tables/table_spec.h"

namespace asof {

/// Whether rows of the table happened at some time, and nothing says when the lender had them.
bool arrival_is_unknown(const TableSpec& table);

/// "Arrival unknown: ..." without a full stop, of those of `tables` of which it is; empty when it is of none.
std::string arrival_unknown(std::span<const TableSpec> tables);

}  // namespace asof
