// `asof features --suggest`, run as a person would: what it writes goes into the project file, and trains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/random.h"
#include "lender.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using ::testing::HasSubstr;
using testing::run_asof;
using testing::TemporaryFolder;

constexpr std::string_view kDefine = "  define: {n: count(events)}\n";

/// A lender to whom people repay who paid with the app in the week before; the project only counts. With `told` false
/// the outcome is drawn by itself.
void make_lender(const TemporaryFolder& folder, bool told) {
  constexpr int kPeople = 600, kEvents = 12;
  Random random(11);
  std::string applications = "user_id,at,repaid\n", events = "id,user_id,at,action,amount\n";
  int id = 0;
  for (int person = 0; person < kPeople; ++person) {
    const double habit = random.uniform();
    int paid = 0;
    for (int event = 0; event < kEvents; ++event) {
      const bool pays = random.uniform() < habit;
      const auto day = 1 + random.below(26);
      paid += pays && day >= 20 ? 1 : 0;
      events += format("{},{},2024-02-{:02}T10:00:00Z,{},{}\n", ++id, person, day, pays ? "pay" : "look",
                       random.below(1'000));
    }
    const double chance = told ? (paid >= 2 ? 0.85 : 0.35) : 0.6;
    applications += format("{},2024-02-27T00:00:{:02}Z,{}\n", person, person % 60, random.uniform() < chance ? 1 : 0);
  }
  write_file(folder / "a.csv", applications);
  write_file(folder / "e.csv", events);
  write_file(folder / "asof.yaml",
             "name: small\n"
             "tables:\n"
             "  applications: {from: a.csv, entity: user_id, time: at}\n"
             "  events: {from: e.csv, entity: user_id, time: at, id: id}\n"
             "target: {table: applications, label: repaid, good: 1, performance_window: 90d, observed_until: "
             "2024-12-31T00:00:00Z}\n"
             "train: {candidates: [logistic], repeats: 1}\n"
             "features:\n" +
                 std::string(kDefine));
}

TEST(Suggest, what_it_writes_goes_into_the_project_file_and_trains) {
  const TemporaryFolder folder;
  make_lender(folder, true);
  const std::string out = folder / "suggestions.yaml";
  const auto ran = run_asof({"features", folder.path(), "--suggest", "--out", out});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string written = read_file(out);
  EXPECT_THAT(written, HasSubstr("action_pay"));

  std::string project = read_file(folder / "asof.yaml");
  const std::string block = written.substr(written.find("    "));
  project.replace(project.find(kDefine), kDefine.size(), "  define:\n    n: count(events)\n" + block);
  write_file(folder / "asof.yaml", project);
  const auto trained = run_asof({"train", folder.path(), "--quiet"});
  EXPECT_EQ(trained.code, 0) << trained.err;

  const auto listed = run_asof({"features", folder.path()});
  EXPECT_THAT(listed.out, HasSubstr("action_pay"));
}

TEST(Suggest, the_number_of_threads_changes_no_byte) {
  const TemporaryFolder folder;
  make_lender(folder, true);
  const auto one = run_asof({"features", folder.path(), "--suggest", "--json", "--threads", "1"});
  const auto two = run_asof({"features", folder.path(), "--suggest", "--json", "--threads", "2"});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_FALSE(parse_json(one.out).at("kept").as_array().empty());
  EXPECT_EQ(one.out, two.out);
}

TEST(Suggest, outcomes_that_nothing_tells_leave_no_file) {
  const TemporaryFolder folder;
  make_lender(folder, false);
  const std::string out = folder / "suggestions.yaml";
  const auto ran = run_asof({"features", folder.path(), "--suggest", "--out", out});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("0 kept"));
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(Suggest, a_file_that_exists_is_kept_unless_told_otherwise) {
  const TemporaryFolder folder;
  make_lender(folder, true);
  write_file(folder / "mine.yaml", "mine");
  const auto ran = run_asof({"features", folder.path(), "--suggest", "--out", folder / "mine.yaml"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(read_file(folder / "mine.yaml"), "mine");
}

}  // namespace
}  // namespace asof
