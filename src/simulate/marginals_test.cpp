// Oracle: the published figures of the real table, and the wanted figures of every profile.
#include "simulate/marginals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "asof/table.h"
#include "base/parallel.h"

namespace asof::simulation {
namespace {

const Sample& sample() {
  static const Sample drawn = draw_sample({.users = 50'000, .seed = 20250331, .threads = default_threads()}, {});
  return drawn;
}

bool is_speed(std::string_view column) { return column.ends_with("_speed"); }

struct Gate {
  const char* figure;
  double ColumnSummary::*value;
  double tolerance;  // relative
};

constexpr Gate kGates[] = {
    {"25 %", &ColumnSummary::quartile_1, .03}, {"50 %", &ColumnSummary::median, .03},
    {"75 %", &ColumnSummary::quartile_3, .03}, {"mean", &ColumnSummary::mean, .10},
    {"sd", &ColumnSummary::spread, .20},
};
constexpr double kSpeedTolerance = .30;

TEST(Marginals, are_within_the_gates_of_the_published_table) {
  for (std::size_t i = 0; i < published_columns().size(); ++i) {
    const PublishedColumn& column = published_columns()[i];
    const ColumnSummary found = summarize(sample().columns[i]);
    EXPECT_NEAR(found.missing_percent, column.published.missing_percent, 1.0) << column.name;
    for (const auto& [figure, value, tolerance] : kGates) {
      const double wanted = column.published.*value;
      if (is_missing(wanted)) continue;
      const double reach = std::abs(wanted) * (is_speed(column.name) ? kSpeedTolerance : tolerance);
      EXPECT_NEAR(found.*value, wanted, reach) << column.name << ' ' << figure;
    }
  }
}

TEST(Marginals, stay_between_the_published_extremes) {
  for (std::size_t i = 0; i < published_columns().size(); ++i) {
    const PublishedColumn& column = published_columns()[i];
    if (is_missing(column.published.minimum) || is_speed(column.name)) continue;
    const ColumnSummary found = summarize(sample().columns[i]);
    EXPECT_GE(found.minimum, column.published.minimum * (column.published.minimum < 0 ? 1.0 : .9)) << column.name;
    EXPECT_LE(found.maximum, column.published.maximum * 1.0001) << column.name;
  }
}

TEST(Marginals, every_profile_has_its_share_repaid_and_its_auc) {
  for (std::size_t i = 0; i < profiles().size(); ++i) {
    const Profile& profile = profiles()[i];
    const Ceiling found = ceiling_of(sample().scores[i], {profile.slope, profile.intercept});
    EXPECT_NEAR(found.share_repaid, profile.share_repaid, .003) << profile.name;
    EXPECT_NEAR(found.auc, profile.auc_of_truth, .003) << profile.name;
  }
}

TEST(Marginals, recency_separates_best_and_drift_goes_down) {
  const Population population{20250331, &profile_of("published"), 0.0};
  constexpr std::uint64_t kPeople = 6000;
  std::vector<std::pair<Timestamp, double>> by_time;
  double variances[kFamilies] = {}, means[kFamilies] = {};
  Rows rows;
  for (std::uint64_t number = 1; number <= kPeople; ++number) {
    const Applicant applicant = draw_applicant(population, number, rows);
    by_time.emplace_back(applicant.person.application_at, applicant.true_probability);
    for (std::size_t family = 0; family < kFamilies; ++family) {
      means[family] += applicant.contributions.at(family) / kPeople;
      variances[family] += applicant.contributions.at(family) * applicant.contributions.at(family) / kPeople;
    }
  }
  for (std::size_t family = 0; family < kFamilies; ++family) variances[family] -= means[family] * means[family];
  const auto recency = static_cast<std::size_t>(Family::kRecency);
  for (std::size_t family = 0; family < kFamilies; ++family)
    EXPECT_TRUE(family == recency || variances[recency] > 3.0 * variances[family]) << kFamilyNames.at(family);

  std::sort(by_time.begin(), by_time.end());
  double fifths[5] = {};
  for (std::size_t i = 0; i < kPeople; ++i) fifths[i * 5 / kPeople] += by_time[i].second * 5 / kPeople;
  EXPECT_NEAR(fifths[0], .361, .012);
  EXPECT_NEAR(fifths[4], .311, .012);
  EXPECT_GT(fifths[0], fifths[2]);
  EXPECT_GT(fifths[2], fifths[4]);
}

TEST(Marginals, missing_values_tell_something) {
  const Population population{20250331, &profile_of("published"), 0.0};
  double engagement[2] = {}, people[2] = {};
  Rows rows;
  for (std::uint64_t number = 1; number <= 4000; ++number) {
    const Person person = draw_person(population.seed, number);
    const int missing = is_missing(person.attributes[0]) ? 1 : 0;
    engagement[missing] += person.traits.engagement;
    ++people[missing];
  }
  EXPECT_LT(engagement[1] / people[1], engagement[0] / people[0] - .4);
}

TEST(Marginals, summaries_are_those_of_the_usual_definitions) {
  const ColumnSummary found = summarize({3.0, kMissing, 1.0, 2.0, 10.0});
  EXPECT_DOUBLE_EQ(found.missing_percent, 20.0);
  EXPECT_DOUBLE_EQ(found.mean, 4.0);
  EXPECT_NEAR(found.spread, 4.082482904638630, 1e-12);
  EXPECT_DOUBLE_EQ(found.quartile_1, 1.75);
  EXPECT_DOUBLE_EQ(found.median, 2.5);
  EXPECT_DOUBLE_EQ(found.quartile_3, 4.75);
}

TEST(Marginals, the_documents_table_names_every_column_and_profile) {
  const std::string text = marginals({.users = 300, .threads = 2});
  for (const PublishedColumn& column : published_columns())
    EXPECT_NE(text.find(std::string("| ") + std::string(column.name) + " |"), std::string::npos) << column.name;
  for (const Profile& profile : profiles())
    EXPECT_NE(text.find(std::string("| ") + std::string(profile.name) + " |"), std::string::npos) << profile.name;
}

}  // namespace
}  // namespace asof::simulation
