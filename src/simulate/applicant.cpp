// The truth is computed from the rows as they will be written, so it cannot depend on anything that is not in them.
#include "simulate/applicant.h"

#include "base/elementary.h"
#include "simulate/draws.h"
#include "simulate/history.h"

namespace asof::simulation {
namespace {

/// The mean of sigmoid(log_odds + spread * Z), Z standard normal: the midpoint rule over equal shares of Z.
double mean_over_hidden(double log_odds, double spread) {
  constexpr int kPoints = 200;
  if (spread == 0.0) return sigmoid(log_odds);
  double sum = 0.0;
  for (int i = 0; i < kPoints; ++i) sum += sigmoid(log_odds + spread * normal_quantile((i + 0.5) / kPoints));
  return sum / kPoints;
}

}  // namespace

Timestamp Applicant::outcome_known_at() const {
  constexpr int kDaysWhenRepaid = 30;
  constexpr int kDaysWhenNot = 90;
  return person.application_at + Duration{(repaid ? kDaysWhenRepaid : kDaysWhenNot) * kDay.microseconds};
}

Applicant draw_applicant(const Population& population, std::uint64_t number, Rows& before) {
  Applicant applicant;
  applicant.person = draw_person(population.seed, number);
  const Person& person = applicant.person;
  before.events = draw_events(person, population.seed);
  before.fixes = draw_fixes(person, population.seed);
  applicant.figures = figures_of(before.events, before.fixes, person.application_at);

  const Profile& profile = *population.profile;
  applicant.contributions = score_by_family(profile, {applicant.figures, person.attributes, person.application_at});
  for (double& part : applicant.contributions) part *= profile.slope;
  const double log_odds = profile.intercept + score(applicant.contributions);

  Draws draws(population.seed, number, Purpose::kOutcome);
  const double hidden = population.hidden_spread * draws.normal();
  applicant.knowable_probability = mean_over_hidden(log_odds, population.hidden_spread);
  applicant.true_probability = sigmoid(log_odds + hidden);
  applicant.repaid = draws.chance(applicant.true_probability);
  return applicant;
}

}  // namespace asof::simulation
