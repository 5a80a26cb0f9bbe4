#include "project/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project/starter.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Survey, a_database_becomes_tables_without_its_password_in_the_file) {
  const auto& server = testing::PostgresServer::shared();
  static_cast<void>(server.run_sql(
      "create schema survey; set search_path = survey;"
      "create table loans (client_id text, applied_at timestamptz, repaid boolean);"
      "insert into loans values ('a', '2024-01-01T00:00:00Z', true), ('b', '2024-01-02T00:00:00Z', false);"
      "create table visits (client_id text, visited_on timestamp, page text);"
      "insert into visits values ('a', '2023-12-01T00:00:00', 'home');"));
  std::vector<SurveyedTable> tables = survey_postgres(server.url());
  std::erase_if(tables, [](const SurveyedTable& table) { return !table.name.starts_with("survey_"); });
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].name, "survey_loans");
  const std::string text = guess_project("lender", tables, peek_into_sources(1, {}));
  EXPECT_THAT(text, HasSubstr("from: \"postgres:${DATABASE_URL}#survey.loans\""));
  EXPECT_THAT(text, HasSubstr("good: \"true\""));
  EXPECT_THAT(text, HasSubstr("#   survey_visits.visited_on\n"));
  EXPECT_THAT(text, Not(HasSubstr("#   survey_loans.applied_at\n")));
  EXPECT_THAT(text, Not(HasSubstr(std::string(testing::PostgresServer::password("owner")))));
}

}  // namespace
}  // namespace asof
