// What is wrong with an application is said with its table, column and physical line, whatever `where:` leaves out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/assemble.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using asof::testing::TemporaryFolder;
using asof::testing::thrown_by;

constexpr std::string_view kProject = R"(name: small
weight: w
tables:
  applications: {from: a.csv, entity: user_id, time: at, where: "kind != 'test'"}
target: {label: repaid, good: 1, performance_window: 30d}
features: {application: [amount]}
)";
constexpr std::string_view kHeader = "user_id,at,kind,amount,w,repaid\n";
constexpr std::string_view kFirstLines =
    "1,2024-03-01T00:00:00Z,test,1,1,1\n\n2,2024-03-01T00:00:00Z,\"two\nlines\",1,1,1\n";

/// What is said of applications whose lines from the sixth on are these.
std::string refusal(std::string_view lines) {
  const TemporaryFolder folder;
  folder.write("asof.yaml", kProject);
  folder.write("a.csv", std::string(kHeader) + std::string(kFirstLines) + std::string(lines));
  std::string message = thrown_by([&] {
                          static_cast<void>(assemble(read_project(folder.path()), {.threads = 2, .progress = {}}));
                        }).message;
  const std::string prefix = folder.path().string() + "/";
  for (std::size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix))
    message.erase(at, prefix.size());
  return message;
}

TEST(RefusedApplications, one_without_a_time_or_an_entity) {
  EXPECT_EQ(refusal("3,,x,1,1,1\n"),
            "table `applications`, a.csv line 6, column `at`: an application needs a time, but the field is empty");
  EXPECT_EQ(refusal("3,2024-03-01T00:00:00Z,x,1,1,0\n,2024-03-01T00:00:00Z,x,1,1,1\n"),
            "table `applications`, a.csv line 7, column `user_id`: an application needs an entity, but the field is "
            "empty");
}

TEST(RefusedApplications, two_labels_for_one) {
  EXPECT_EQ(refusal("1,2024-03-01T00:00:00Z,x,1,1,0\n1,2024-03-01T00:00:00Z,x,1,1,1\n"),
            "table `applications`, a.csv line 6 and a.csv line 7, column `repaid`: two labels for one application "
            "(user_id 1 at 2024-03-01T00:00:00Z); one was expected");
}

TEST(RefusedApplications, a_weight_that_is_none) {
  constexpr std::string_view kReason = ": a weight is a number above 0, not ";
  constexpr std::string_view kWayOut = "; leave such rows out by `where:`";
  for (const auto& [weight, shown] : {std::pair{"-1", "`-1`"}, {"", "``"}}) {
    EXPECT_EQ(refusal("3,2024-03-01T00:00:00Z,x,1," + std::string(weight) + ",0\n"),
              "table `applications`, a.csv line 6, column `w`" + std::string(kReason) + shown + std::string(kWayOut));
  }
  EXPECT_EQ(refusal("3,2024-03-01T00:00:00Z,x,1,many,0\n"),
            "table `applications`, a.csv line 4, column `w`" + std::string(kReason) + "`1`" + std::string(kWayOut))
      << "the column is no numbers";
}

}  // namespace
}  // namespace asof
