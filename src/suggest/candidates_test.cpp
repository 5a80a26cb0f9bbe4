// What is proposed for tables, and what never is.
#include "suggest/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/files.h"
#include "dataset/assemble.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// Events, dated and undated attributes, and outcomes in a table of their own.
class Candidates : public ::testing::Test {
 protected:
  Candidates() {
    write_file(folder_ / "a.csv", "user_id,at\n1,2024-03-01T00:00:00Z\n2,2024-03-02T00:00:00Z\n");
    write_file(folder_ / "o.csv", "user_id,at,repaid\n1,2024-03-01T00:00:00Z,1\n2,2024-03-02T00:00:00Z,0\n");
    write_file(folder_ / "e.csv",
               "id,user_id,at,action,amount,device_id,latitude,lon,from,ok\n"
               "1,1,2024-02-01T00:00:00Z,pay,2.5,77,50.1,8.5,x,true\n"
               "2,1,2024-02-02T00:00:00Z,it's,3.5,78,50.2,8.6,y,false\n"
               "3,2,2024-02-02T00:00:00Z,pay,4.5,79,50.3,8.7,x,true\n");
    write_file(folder_ / "d.csv", "user_id,since,limit\n1,2024-01-01T00:00:00Z,100\n");
    write_file(folder_ / "u.csv", "user_id,income\n1,100\n");
    write_file(folder_ / "asof.yaml",
               "name: small\n"
               "tables:\n"
               "  applications: {from: a.csv, entity: user_id, time: at}\n"
               "  outcomes: {from: o.csv, entity: user_id, time: at}\n"
               "  events: {from: e.csv, entity: user_id, time: at, id: id}\n"
               "  clients: {from: d.csv, entity: user_id, time: since, latest: true}\n"
               "  people: {from: u.csv, entity: user_id, allow_undated: true}\n"
               "target: {table: outcomes, label: repaid, good: 1, performance_window: 90d, observed_until: "
               "2024-12-31T00:00:00Z}\n"
               "features: {define: {n: count(events over all), events_7d: count(events over 9d)}}\n");
    project_ = read_project(folder_.path());
    tables_ = known_tables(project_, 1, {});
  }

  std::vector<Definition> candidates(std::size_t budget = 1'000) const {
    return candidate_definitions(project_, tables_, project_.definitions, budget);
  }

  std::vector<std::string> expressions(std::size_t budget = 1'000) const {
    std::vector<std::string> result;
    for (const Definition& definition : candidates(budget)) result.push_back(definition.expression);
    return result;
  }

  testing::TemporaryFolder folder_;
  Project project_;
  std::vector<KnownTable> tables_;
};

TEST_F(Candidates, are_made_of_rows_numbers_texts_frequent_values_and_places) {
  const auto made = expressions();
  for (const char* one :
       {"count(events over 7d)", "hours_since_last(events)", "mean(events.amount over 30d)",
        "distinct(events.action over 24h)", "share(events over 30d where action = 'pay')", "decayed_count(events, 7d)",
        "hour_sin(application_at)", "gyration_km(events.latitude, events.lon over 30d)",
        "count(events over 7d) / count(events over 30d)", "clients.limit"}) {
    EXPECT_THAT(made, Contains(one));
  }
}

TEST_F(Candidates, never_read_outcomes_or_undated_tables) {
  EXPECT_THAT(expressions(), Each(Not(HasSubstr("outcomes"))));
  EXPECT_THAT(expressions(), Each(Not(HasSubstr("people"))));
}

TEST_F(Candidates, take_no_mean_of_identifiers_and_none_of_where_somebody_is) {
  EXPECT_THAT(expressions(), Contains("distinct(events.device_id over all)"));
  EXPECT_THAT(expressions(), Each(Not(HasSubstr("mean(events.device_id"))));
  EXPECT_THAT(expressions(), Each(Not(HasSubstr("mean(events.lat"))));
}

TEST_F(Candidates, leave_out_values_that_an_expression_cannot_quote) {
  EXPECT_THAT(expressions(), Each(Not(HasSubstr("it's"))));
}

TEST_F(Candidates, have_neither_an_expression_nor_a_name_of_the_projects_own) {
  EXPECT_THAT(expressions(), Not(Contains("count(events over all)")));
  std::set<std::string> names = {"n", "events_7d"};
  for (const Definition& definition : candidates())
    EXPECT_TRUE(names.insert(definition.name).second) << definition.name;
}

TEST_F(Candidates, are_within_the_budget_the_plainest_first) {
  EXPECT_THAT(expressions(5), SizeIs(5));
  EXPECT_EQ(expressions(1).front(), "count(events over 30d)");  // the one over all is there
}

TEST_F(Candidates, can_all_be_computed) {
  Project with = project_;
  for (const Definition& definition : candidates()) with.definitions.push_back(definition);
  const Assembled assembled = assemble(with, {});
  EXPECT_EQ(assembled.dataset.columns.size(), candidates().size() + 2);
}

}  // namespace
}  // namespace asof
