// What the documents quote of the program is what the program says.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "base/files.h"
#include "base/format.h"
#include "lender.h"
#include "testing/places.h"

namespace asof {
namespace {

const std::filesystem::path kSource = testing::kSourceFolder;

/// Between the marks `<!-- begin NAME -->` and `<!-- end NAME -->` of a document stands what the program prints.
void expect_quoted(const std::string& file, const std::string& name, const std::vector<std::string>& arguments) {
  const auto ran = testing::run_asof(arguments);
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string document = read_file(kSource / file);
  const std::string begin = format("<!-- begin {} -->\n", name);
  ASSERT_NE(document.find(begin), std::string::npos) << file;
  const std::size_t from = document.find(begin) + begin.size();
  const std::string quoted = document.substr(from, document.find(format("<!-- end {} -->", name)) - from);
  std::string said = ran.out;
  while (said.ends_with("\n\n")) said.pop_back();
  EXPECT_EQ(quoted, said) << format("put the output of `asof {}` between the marks of {}", join(arguments, " "), file);
}

TEST(Documents, the_list_of_aggregations_and_functions_is_the_programs_own) {
  expect_quoted("docs/features.md", "list", {"list", "aggregations", "functions", "--markdown"});
}

TEST(Documents, the_list_of_endpoints_is_the_programs_own) {
  expect_quoted("docs/api.md", "list", {"list", "endpoints", "--markdown"});
}

TEST(Documents, the_table_of_the_simulated_lender_is_the_simulators_own) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "50,000 people take minutes under a sanitizer, and give the same bytes";
#else
  expect_quoted("docs/simulated-lender.md", "marginals",
                {"simulate", "--marginals", "--users", "50000", "--seed", "20250331", "--quiet"});
#endif
}

/// Every `Suite.name` of the tests in the sources.
std::set<std::string> names_of_tests() {
  static const std::regex kTest(R"((?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+))");
  std::set<std::string> names;
  for (const char* folder : {"src", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource / folder)) {
      if (!entry.path().filename().string().ends_with("_test.cpp")) continue;
      const std::string text = read_file(entry.path());
      for (std::sregex_iterator test(text.begin(), text.end(), kTest), end; test != end; ++test)
        names.insert(format("{}.{}", (*test)[1].str(), (*test)[2].str()));
    }
  }
  return names;
}

TEST(Documents, the_tests_that_the_architecture_names_exist) {
  static const std::regex kNamed(R"(`([A-Z]\w+\.)(\*|[a-z]\w+)`)");
  const std::set<std::string> names = names_of_tests();
  const std::string document = read_file(kSource / "ARCHITECTURE.md");
  const std::string promises = document.substr(document.find("## Promises"));
  std::size_t named = 0;
  for (std::sregex_iterator one(promises.begin(), promises.end(), kNamed), end; one != end; ++one, ++named) {
    const std::string suite = (*one)[1].str();
    const std::string test = (*one)[2].str() == "*" ? "" : (*one)[2].str();
    EXPECT_TRUE(std::ranges::any_of(
        names, [&](const std::string& name) { return test.empty() ? name.starts_with(suite) : name == suite + test; }))
        << suite << (*one)[2].str();
  }
  EXPECT_GE(named, 6U);
}

}  // namespace
}  // namespace asof
