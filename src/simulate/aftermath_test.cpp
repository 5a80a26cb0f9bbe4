#include "simulate/aftermath.h"

#include <gtest/gtest.h>

#include "simulate/names.h"

namespace asof::simulation {
namespace {

constexpr std::uint64_t kSeed = 5;
constexpr Timestamp kExport{1'743'379'200'000'000};

struct Told {
  Applicant applicant;
  std::size_t before;  // events before the application come first
  Rows rows;
};

Told tell(std::uint64_t number) {
  Told told;
  told.applicant = draw_applicant({kSeed, &profile_of("published"), 0.0}, number, told.rows);
  told.before = told.rows.events.size();
  add_aftermath(told.applicant, kSeed, kExport, told.rows);
  return told;
}

TEST(Aftermath, one_event_at_the_application_itself_for_everyone) {
  for (std::uint64_t number = 1; number <= 500; ++number) {
    const Told told = tell(number);
    int at_application = 0;
    for (const Event& event : told.rows.events) {
      if (event.time != told.applicant.person.application_at) continue;
      ++at_application;
      EXPECT_EQ(event.action, kSubmitApplication);
    }
    EXPECT_EQ(at_application, 1) << number;
  }
}

TEST(Aftermath, comes_after_the_application_and_neither_after_90_days_nor_after_the_export) {
  for (std::uint64_t number = 1; number <= 500; ++number) {
    const Told told = tell(number);
    const Timestamp applied = told.applicant.person.application_at;
    for (std::size_t i = told.before; i < told.rows.events.size(); ++i) {
      const Timestamp time = told.rows.events[i].time;
      EXPECT_GE(time, applied);
      EXPECT_LE(time, applied + Duration{90 * kDay.microseconds});
      EXPECT_LE(time, kExport);
    }
  }
}

TEST(Aftermath, tells_who_repaid) {
  double calls[2] = {}, repayments[2] = {}, rows[2] = {}, people[2] = {};
  for (std::uint64_t number = 1; number <= 4000; ++number) {
    const Told told = tell(number);
    const int repaid = told.applicant.repaid ? 1 : 0;
    ++people[repaid];
    rows[repaid] += static_cast<double>(told.rows.events.size() - told.before);
    for (const Event& event : told.rows.events) {
      if (event.action == kCollectorCall) ++calls[repaid];
      if (event.screen >= kFirstRepaymentScreen && event.screen < kFirstRepaymentScreen + kRepaymentScreens)
        ++repayments[repaid];
    }
  }
  EXPECT_NEAR(calls[0] / people[0], 1.6, .15);
  EXPECT_NEAR(calls[1] / people[1], .1, .05);
  EXPECT_NEAR(repayments[0] / people[0], .5, .1);
  EXPECT_NEAR(repayments[1] / people[1], 2.2, .2);
  EXPECT_GT(rows[1] / people[1], 1.3 * rows[0] / people[0]);
}

}  // namespace
}  // namespace asof::simulation
