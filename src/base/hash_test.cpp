#include "base/hash.h"

#include <gtest/gtest.h>

#include "asof/error.h"
#include "base/files.h"

namespace asof {
namespace {

// Oracle: the examples of FIPS 180-2.
TEST(Hash, agrees_with_the_standard) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, a_digest_is_the_same_in_bytes) {
  const std::string digest = sha256_digest("abc");
  ASSERT_EQ(digest.size(), 32u);
  EXPECT_EQ(digest.substr(0, 4), "\xba\x78\x16\xbf");
}

TEST(Hash, a_file_hashes_as_its_bytes) {
  const auto path = std::filesystem::path(testing::TempDir()) / "asof_hash_test.bin";
  const std::string content(3'000'000, '\0');
  write_file(path, content);
  EXPECT_EQ(sha256_of_file(path), sha256(content));
  std::filesystem::remove(path);
}

TEST(Hash, an_absent_file_is_named) {
  try {
    sha256_of_file("/nowhere/absent.bin");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kNotFound);
    EXPECT_NE(std::string(error.what()).find("/nowhere/absent.bin"), std::string::npos);
  }
}

}  // namespace
}  // namespace asof
