#include "score/judge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace asof {
namespace {

std::vector<Score> scores(std::uint64_t seed, std::size_t count, double shift) {
  Random random(seed);
  std::vector<Score> result(count);
  for (Score& score : result) score.points = 550.0 + 100.0 * random.uniform() + shift;
  return result;
}

PointCard card_of(const std::vector<Score>& trained) {
  std::vector<double> log_odds, good;
  const PointScale scale;
  for (const Score& score : trained) {
    log_odds.push_back((score.points - scale.anchor) / scale.worth(1.0));
    good.push_back(log_odds.size() % 3 == 0 ? 0.0 : 1.0);
  }
  return fit_point_card(scale, log_odds, good);
}

TEST(Drift, stays_below_what_chance_exceeds_in_nineteen_of_twenty_samples_where_nothing_moved) {
  int above = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Drift drift = drift_of(card_of(scores(2 * seed, 800, 0.0)), scores(2 * seed + 1, 400, 0.0));
    above += drift.psi > drift.critical ? 1 : 0;
  }
  EXPECT_GE(above, 1);
  EXPECT_LE(above, 24);  // ten are expected; four standard deviations more
}

TEST(Drift, of_scores_that_moved_is_seen_and_is_the_sum_of_its_definition) {
  const PointCard card = card_of(scores(1, 800, 0.0));
  const Drift drift = drift_of(card, scores(2, 400, 30.0));
  EXPECT_GT(drift.psi, 10.0 * drift.critical);
  double psi = 0.0;
  for (std::size_t i = 0; i < drift.now.size(); ++i) {
    const double now = std::max(drift.now[i], 0.5 / 400.0);
    psi += (now - drift.trained[i]) * std::log(now / drift.trained[i]);
  }
  EXPECT_NEAR(drift.psi, psi, 1e-12);
  // scipy.stats.chi2.ppf(0.95, 4) of 1.17.1 is 9.487729036781154.
  EXPECT_NEAR(drift.critical, 9.487729036781154 * (1.0 / 800.0 + 1.0 / 400.0), 2e-4);
}

TEST(Drift, without_bands_is_not_known) { EXPECT_TRUE(std::isnan(drift_of({}, scores(1, 10, 0.0)).psi)); }

}  // namespace
}  // namespace asof
