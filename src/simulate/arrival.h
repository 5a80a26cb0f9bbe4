// When rows reach the lender: phones send what they recorded in batches, some at once, some after hours.
#pragma once

#include <cstdint>

#include "simulate/rows.h"

namespace asof::simulation {

/// Fills `received_at` of every row. The rows themselves, and so the truth, stay as they are: what had not arrived by
/// the application was part of the world, but not of what the lender could see.
void add_arrival(std::uint64_t seed, std::uint64_t user, Rows& rows);

}  // namespace asof::simulation
