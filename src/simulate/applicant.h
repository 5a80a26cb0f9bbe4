// One simulated applicant from birth to outcome, in the only order that cannot leak: the person, the rows before the
// application, what they amount to, the probability that follows, and the outcome.
#pragma once

#include <array>
#include <cstdint>

#include "simulate/figures.h"
#include "simulate/person.h"
#include "simulate/rows.h"
#include "simulate/truth.h"

namespace asof::simulation {

struct Applicant {
  Person person;
  Figures figures;
  std::array<double, kFamilies> contributions{};  // to the log-odds, without the intercept
  double knowable_probability = 0.0;              // the mean over what is hidden
  double true_probability = 0.0;
  bool repaid = false;

  /// When the lender learns the outcome: 30 days after the application if repaid, 90 days if not.
  Timestamp outcome_known_at() const;
};

/// What makes applicants: the same settings and number give the same applicant.
struct Population {
  std::uint64_t seed = 1;
  const Profile* profile = nullptr;
  double hidden_spread = 0.0;  // standard deviation of the part of the log-odds that nothing shows
};

/// Makes an applicant; `before` gets the rows before the application.
Applicant draw_applicant(const Population& population, std::uint64_t number, Rows& before);

}  // namespace asof::simulation
