// From applicants and rows to the tables of the lender.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "asof/table.h"
#include "simulate/applicant.h"
#include "simulate/rows.h"

namespace asof::simulation {

/// The ids of a user's rows begin at user number times this.
inline constexpr std::int64_t kIdsPerUser = 100'000;

/// What is written about one applicant in the tables of one row per user.
struct Entry {
  Applicant applicant;
  Attributes attributes;  // as exported
  bool labelled = true;
  bool outcome_known = true;
};

Table outcomes_table(std::span<const Entry> entries);
Table to_predict_table(std::span<const Entry> entries);
Table features_table(std::span<const Entry> entries);
Table truth_table(std::span<const Entry> entries);

/// Rows of groups of users, one group after the other.
Table events_table(std::span<const Rows> groups, bool with_arrival, int threads);
Table gps_table(std::span<const Rows> groups, bool with_arrival, int threads);

}  // namespace asof::simulation
