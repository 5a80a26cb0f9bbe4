#include "base/temporary_file.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "asof/error.h"
#include "testing/thrown.h"

namespace asof {
namespace {

TEST(TemporaryFile, gives_back_what_was_appended) {
  TemporaryFile file;
  const std::array first{std::byte{1}, std::byte{2}};
  const std::array second{std::byte{3}};
  EXPECT_EQ(file.append(first), 0U);
  EXPECT_EQ(file.append(second), 2U);
  std::array<std::byte, 2> read{};
  file.read(1, read);
  EXPECT_EQ(read, (std::array{std::byte{2}, std::byte{3}}));
}

TEST(TemporaryFile, reading_past_the_end_is_an_error) {
  const TemporaryFile file;
  std::array<std::byte, 1> read{};
  EXPECT_THROW(file.read(0, read), Error);
}

TEST(TemporaryFile, a_folder_that_is_not_there_is_named) {
  ASSERT_EQ(setenv("TMPDIR", "/no/such/folder", 1), 0);
  const std::string message = testing::thrown_by([] { TemporaryFile(); }).message;
  unsetenv("TMPDIR");
  EXPECT_NE(message.find("/no/such/folder"), std::string::npos) << message;
}

}  // namespace
}  // namespace asof
