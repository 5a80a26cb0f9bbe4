// Leaks to plant into the tables of a simulated lender (tests/lender.h, CSV), as they come about in practice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "asof/time.h"

namespace asof::testing {

/// A lender that nothing is wrong with, beyond what every export has: rows after the application, a table without
/// times. `seed` makes it another one.
void make_clean_lender(const std::filesystem::path& folder, std::uint64_t users, std::uint64_t seed);

/// Every time of a table is off by as much: a clock in another zone.
void plant_wrong_clock(const std::filesystem::path& folder, const std::string& table, Duration off);

/// Every tenth outcome was known at its application, or a day before it.
void plant_early_outcomes(const std::filesystem::path& folder);

/// `feature_9` was taken after the outcome: 1 for who defaulted, else 0, but for `wrong` of the users.
void plant_snapshot_after_outcome(const std::filesystem::path& folder, double wrong);

/// `feature_5` counts the weeks from the application to the export, give or take ten.
void plant_growing_until_export(const std::filesystem::path& folder);

/// Every twentieth user is there a second time under another number, in all tables.
void plant_twins(const std::filesystem::path& folder);

/// Every tenth event is there twice; the project file no longer says which column is the row id.
void plant_repeated_events(const std::filesystem::path& folder);

/// `feature_10` is not filled in for applications before 2024.
void plant_beginning(const std::filesystem::path& folder);

}  // namespace asof::testing
