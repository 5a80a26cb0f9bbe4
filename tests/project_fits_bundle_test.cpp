// A project file that no longer says what the bundle was trained with is refused with the difference.
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/format.h"
#include "lender.h"
#include "project/project.h"
#include "score/batch.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using testing::TemporaryFolder;

class ProjectFitsBundle : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    testing::make_lender(folder_->path(), {.users = 300});
    const auto ran = testing::run_asof({"train", folder_->path().string(), "--quiet"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    scorer_ = std::make_unique<const Scorer>(Scorer::load(*folder_ / "models/lender"));
  }
  static void TearDownTestSuite() {
    scorer_.reset();
    folder_.reset();
  }

  /// What is said of the project with `old_text` replaced.
  static testing::Thrown refusal(std::string_view old_text, std::string_view new_text) {
    std::string text = read_file(*folder_ / "asof.yaml");
    const std::size_t place = text.find(old_text);
    EXPECT_NE(place, std::string::npos) << old_text;
    text.replace(place, old_text.size(), new_text);
    const Project project = read_project(folder_->write("changed.yaml", text));
    return testing::thrown_by([&] { tables_of(*scorer_, project); });
  }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::unique_ptr<const Scorer> scorer_;
};

std::unique_ptr<TemporaryFolder> ProjectFitsBundle::folder_;
std::unique_ptr<const Scorer> ProjectFitsBundle::scorer_;

struct Difference {
  std::string_view was;
  std::string_view is;
  std::string_view said;
};

constexpr Difference kDifferences[] = {
    {"time_zone: UTC", "time_zone: Africa/Nairobi", "`time_zone: UTC`, this file says `Africa/Nairobi`"},
    {"boundary: before", "boundary: at", "`boundary: before`, this file says `at`"},
    {"  gps: {", "  gpz: {", "reads a table `gps`, which"},
    {"gps.csv\", entity: user_id", "gps.csv\", entity: id",
     "trained with entity: `user_id`, the project file says `id`"},
    {"time: timestamp", "time: session_id", "trained with time: `timestamp`, the project file says `session_id`"},
    {"time: timestamp, id: id", "time: timestamp", "trained with id: `id`, the project file says none"},
    {"time: timestamp, id: id", "time: timestamp, id: id, known_at: session_id",
     "trained with known_at: none, the project file says `session_id`"},
    {"time: timestamp, id: id", "time: timestamp, id: id, delay: 1h", "trained with delay: "},
    {"time: timestamp, id: id", "time: timestamp, id: id, where: \"action = 'x'\"", "trained with where: none"},
    {"features.csv\", entity: user_id, allow_undated: true", "features.csv\", entity: user_id, time: feature_1",
     "trained with role: `undated attributes`"},
};

TEST_F(ProjectFitsBundle, every_difference_is_spelled_out) {
  for (const auto& [was, is, said] : kDifferences) {
    const testing::Thrown thrown = refusal(was, is);
    EXPECT_EQ(thrown.kind, Error::kIncompatible) << was;
    EXPECT_NE(thrown.message.find(said), std::string::npos) << thrown.message;
  }
}

TEST_F(ProjectFitsBundle, the_place_of_a_table_may_differ) {
  EXPECT_FALSE(refusal("data/gps.csv", "data/elsewhere.csv").kind);
}

TEST_F(ProjectFitsBundle, histories_with_a_missing_or_spoilt_column_are_refused) {
  const std::string project = read_file(*folder_ / "asof.yaml");
  const auto predict_with = [&](std::string_view header, std::string_view value) {
    folder_->write("other/events.csv", format("id,user_id,timestamp,screen_name,action,session_id,{}\n"
                                              "1,3,{},home,tap,1,wifi\n",
                                              header, value));
    std::string text = project;
    text.replace(text.find("data/events.csv"), std::string_view("data/events.csv").size(), "other/events.csv");
    folder_->write("changed.yaml", text);
    folder_->write("one.csv", "user_id,application_at\n3,2024-01-01T00:00:00Z\n");
    return testing::run_asof({"predict", *folder_ / "changed.yaml", "-b", *folder_ / "models/lender", "-a",
                              *folder_ / "one.csv", "-o", *folder_ / "out.csv", "--force", "--quiet"});
  };
  EXPECT_EQ(predict_with("network_type", "2023-01-01T00:00:00Z").code, 0);
  const auto missing = predict_with("network", "2023-01-01T00:00:00Z");
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.err.find("network_type"), std::string::npos) << missing.err;
  const auto spoilt = predict_with("network_type", "yesterday");
  EXPECT_EQ(spoilt.code, 1);
  EXPECT_NE(spoilt.err.find("timestamp"), std::string::npos) << spoilt.err;
}

}  // namespace
}  // namespace asof
