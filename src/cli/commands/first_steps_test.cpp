// The first steps with one's own data: `asof init`, a person's answers, `asof doctor`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "base/json.h"
#include "cli/command.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

struct Ran {
  int code = 0;
  std::string out;
  std::string talk;
};

Ran asof(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "asof");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int code = run_program(static_cast<int>(argv.size()), argv.data());
  return {code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
}

class FirstSteps : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "data");
    write_file(folder_ / "data" / "loans.csv",
               "user_id,applied_at,is_repaid\n1,2024-03-01T00:00:00,1\n2,2024-03-02T00:00:00,0\n");
    write_file(folder_ / "data" / "visits.csv",
               "id,user_id,visited_at,page\n1,1,2024-02-01T00:00:00,home\n2,2,2024-02-02T00:00:00,pay\n");
    write_file(folder_ / "data" / "traits.csv", "user_id,income\n1,10.5\n2,20\n");
  }

  void answer(std::string_view question, std::string_view with) {
    std::string text = read_file(file_);
    const std::size_t at = text.find(question);
    ASSERT_NE(at, std::string::npos) << question;
    write_file(file_, text.replace(at, question.size(), with));
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) / "first-steps";
  const fs::path file_ = folder_ / "asof.yaml";
};

TEST_F(FirstSteps, lead_from_files_to_a_project_that_fits_them) {
  const Ran init = asof({"init", (folder_ / "data").string(), "--out", file_.string()});
  ASSERT_EQ(init.code, 0) << init.talk;
  EXPECT_THAT(init.out, HasSubstr("3 tables, "));

  const Ran unanswered = asof({"doctor", file_.string()});
  EXPECT_EQ(unanswered.code, 1);
  EXPECT_THAT(unanswered.talk, HasSubstr("write `allow_undated: true`"));

  answer("# allow_undated: true", "allow_undated: true");
  const Ran naive = asof({"doctor", file_.string()});
  EXPECT_EQ(naive.code, 1);
  EXPECT_THAT(naive.out, HasSubstr("error"));

  answer("# time_zone: Africa/Nairobi", "time_zone: Africa/Nairobi");
  const Ran good = asof({"doctor", file_.string(), "--json"});
  EXPECT_EQ(good.code, 0) << good.out << good.talk;
  EXPECT_EQ(parse_json(good.out).at("errors").as_integer(), 0);
}

TEST_F(FirstSteps, nothing_is_replaced_unasked_and_wrong_use_is_told_from_failure) {
  write_file(file_, "mine");
  EXPECT_EQ(asof({"init", (folder_ / "data").string(), "--out", file_.string()}).code, 2);
  EXPECT_EQ(read_file(file_), "mine");
  EXPECT_EQ(asof({"init", (folder_ / "data").string(), "--out", file_.string(), "--force"}).code, 0);
  EXPECT_EQ(asof({"init"}).code, 2);
  EXPECT_EQ(asof({"doctor", (folder_ / "nowhere.yaml").string()}).code, 1);
}

TEST_F(FirstSteps, lead_from_a_database_to_a_project_without_its_password) {
  const auto& server = testing::PostgresServer::shared();
  static_cast<void>(server.run_sql(
      "create table loans (user_id bigint, applied_at timestamptz, is_repaid boolean);"
      "insert into loans values (1, '2024-03-01T00:00:00Z', true), (2, '2024-03-02T00:00:00Z', false);"
      "create table visits (id bigint, user_id bigint, visited_at timestamptz, page text);"
      "insert into visits values (1, 1, '2024-02-01T00:00:00Z', 'home'), (2, 2, '2024-02-02T00:00:00Z', 'pay');"));
  const std::string url = server.url("reader");
  const std::string password(testing::PostgresServer::password("reader"));
  ASSERT_EQ(setenv("DATABASE_URL", url.c_str(), 1), 0);
  const Ran init = asof({"init", "--postgres", "--out", file_.string()});
  ASSERT_EQ(init.code, 0) << init.talk;
  EXPECT_THAT(read_file(file_), HasSubstr("postgres:${DATABASE_URL}#visits"));
  EXPECT_THAT(read_file(file_), Not(HasSubstr(password)));

  const Ran doctor = asof({"doctor", file_.string()});
  EXPECT_EQ(doctor.code, 0) << doctor.out << doctor.talk;
  EXPECT_THAT(doctor.out, HasSubstr("CREATE INDEX"));

  ASSERT_EQ(setenv("DATABASE_URL", server.url_with_password("reader", "wrong-pass").c_str(), 1), 0);
  const Ran refused = asof({"doctor", file_.string()});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out + refused.talk, Not(HasSubstr("wrong-pass")));
  ASSERT_EQ(unsetenv("DATABASE_URL"), 0);
  EXPECT_THAT(asof({"doctor", file_.string()}).talk, HasSubstr("the environment variable `DATABASE_URL` is not set"));
}

}  // namespace
}  // namespace asof
