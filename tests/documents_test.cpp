// What the documents quote of the program is what the program says.
#include <gtest/gtest.h>

#include "base/files.h"
#include "lender.h"

namespace asof {
namespace {

TEST(Documents, the_list_of_aggregations_and_functions_is_the_programs_own) {
  const auto ran = testing::run_asof({"list", "aggregations", "functions", "--markdown"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string document = read_file(std::filesystem::path(ASOF_SOURCE_DIR) / "docs/features.md");
  const std::string begin = "<!-- begin list -->\n";
  const std::size_t from = document.find(begin) + begin.size();
  const std::string quoted = document.substr(from, document.find("<!-- end list -->") - from);
  std::string said = ran.out;
  while (said.ends_with("\n\n")) said.pop_back();
  EXPECT_EQ(quoted, said)
      << "put the output of `asof list aggregations functions --markdown` between the marks of docs/features.md";
}

}  // namespace
}  // namespace asof
