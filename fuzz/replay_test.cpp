// Every input of the corpus of one fuzz target, with an ordinary compiler, in every run of the tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/target.h"
#include "testing/places.h"

namespace {

std::vector<std::filesystem::path> corpus() {
  const std::filesystem::path folder =
      std::filesystem::path(asof::testing::kSourceFolder) / "fuzz/corpus" / ASOF_FUZZ_TARGET;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void give(const std::string& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(Corpus, every_input_is_read_or_refused) {
  const std::vector<std::filesystem::path> files = corpus();
  ASSERT_GE(files.size(), 20U);
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    EXPECT_NO_THROW(give(input)) << file;
  }
}

TEST(Corpus, inputs_that_are_cut_off_are_read_or_refused) {
  for (const std::filesystem::path& file : corpus()) {
    std::ifstream stream(file, std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    for (std::size_t length = 0; length < input.size(); ++length)
      EXPECT_NO_THROW(give(input.substr(0, length))) << file << ", the first " << length << " bytes";
  }
}

}  // namespace
