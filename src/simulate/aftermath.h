// What happened at the application and after it. It depends on the outcome, which is why a feature that sees it leaks.
// Nothing here is read by what computes the truth: these rows are added when that is done.
#pragma once

#include <cstdint>

#include "simulate/applicant.h"
#include "simulate/rows.h"

namespace asof::simulation {

/// Appends one event at the application itself (`submit_application`), and events and fixes after it, up to 90 days
/// later but not past the export: people who repay stay active for longer, people who do not are called by collectors.
void add_aftermath(const Applicant& applicant, std::uint64_t seed, Timestamp exported_at, Rows& rows);

}  // namespace asof::simulation
