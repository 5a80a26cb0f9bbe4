#include "base/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() : folder_(fs::path(testing::TempDir()) / format("asof_files_test_{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Files() override { fs::remove_all(folder_); }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_)) result.push_back(entry.path().filename().string());
    std::ranges::sort(result);
    return result;
  }

  fs::path folder_;
};

using Names = std::vector<std::string>;

TEST_F(Files, what_is_written_is_read_and_nothing_else_is_left) {
  const std::string content("a\0b\r\n", 5);
  write_file(folder_ / "a.bin", content);
  write_file(folder_ / "a.bin", content + content);
  EXPECT_EQ(read_file(folder_ / "a.bin"), content + content);
  EXPECT_EQ(names(), Names{"a.bin"});
}

TEST_F(Files, an_absent_file_is_named) {
  try {
    read_file(folder_ / "absent");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kNotFound);
    EXPECT_NE(std::string(error.what()).find("absent"), std::string::npos);
  }
}

TEST_F(Files, a_folder_cannot_be_read_as_a_file) { EXPECT_THROW(read_file(folder_), Error); }

TEST_F(Files, a_file_that_is_not_committed_leaves_the_old_one_and_no_trace) {
  write_file(folder_ / "a", "old");
  {
    const Staged staged(folder_ / "a");
    std::ofstream(staged.path()) << "new";
  }
  EXPECT_EQ(read_file(folder_ / "a"), "old");
  EXPECT_EQ(names(), Names{"a"});
}

TEST_F(Files, a_committed_folder_replaces_the_old_folder_whole) {
  fs::create_directories(folder_ / "bundle");
  write_file(folder_ / "bundle" / "old", "old");
  Staged staged(folder_ / "bundle/");
  fs::create_directories(staged.path() / "parts");
  write_file(staged.path() / "parts" / "new", "new");
  staged.commit();
  EXPECT_FALSE(fs::exists(folder_ / "bundle" / "old"));
  EXPECT_EQ(read_file(folder_ / "bundle" / "parts" / "new"), "new");
  EXPECT_EQ(names(), Names{"bundle"});
}

TEST_F(Files, missing_folders_above_the_target_are_made) {
  write_file(folder_ / "models" / "first" / "a", "a");
  EXPECT_EQ(read_file(folder_ / "models" / "first" / "a"), "a");
}

TEST_F(Files, a_folder_that_cannot_be_made_is_named) {
  write_file(folder_ / "a", "a");
  EXPECT_THROW(write_file(folder_ / "a" / "b", "b"), Error);
}

}  // namespace
}  // namespace asof
