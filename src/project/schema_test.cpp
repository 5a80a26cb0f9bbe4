#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "project/keys.h"
#include "project/project.h"
#include "testing/places.h"

namespace asof {
namespace {

const std::filesystem::path kDocs = std::filesystem::path(testing::kSourceFolder) / "docs";
constexpr std::string_view kBegin = "<!-- keys: made from src/project/keys.cpp -->\n";
constexpr std::string_view kEnd = "<!-- end of keys -->\n";

/// `ASOF_WRITE_DOCS=1 asof_project_test` writes what the tests below compare.
bool writes_docs() { return std::getenv("ASOF_WRITE_DOCS") != nullptr; }

TEST(Schema, the_committed_one_is_made_from_the_list_of_keys) {
  const std::filesystem::path file = kDocs / "asof.schema.json";
  if (writes_docs()) write_file(file, project_schema());
  EXPECT_EQ(read_file(file), project_schema()) << "run this test with ASOF_WRITE_DOCS=1";
}

TEST(Schema, the_docs_have_the_table_made_from_the_list_of_keys) {
  const std::filesystem::path file = kDocs / "project-file.md";
  std::string text = read_file(file);
  const std::size_t begin = text.find(kBegin) + kBegin.size();
  const std::size_t end = text.find(kEnd);
  ASSERT_NE(text.find(kBegin), std::string::npos);
  ASSERT_NE(end, std::string::npos);
  if (writes_docs()) write_file(file, text.substr(0, begin) + project_keys_markdown() + text.substr(end));
  text = read_file(file);
  EXPECT_EQ(text.substr(begin, text.find(kEnd) - begin), project_keys_markdown())
      << "run this test with ASOF_WRITE_DOCS=1";
}

TEST(Schema, every_key_of_the_list_is_in_it) {
  const Json schema = parse_json(project_schema());
  for (const Key& key : project_keys().keys) {
    const Json& described = schema.at("properties").at(key.name);
    EXPECT_EQ(described.at("description").as_string(), key.doc);
  }
  EXPECT_EQ(schema.at("properties").as_object().size(), project_keys().keys.size());
  EXPECT_FALSE(schema.at("additionalProperties").as_bool());
}

TEST(Schema, the_defaults_it_names_are_those_that_hold) {
  const TrainOptions train;
  const KeyGroup& keys = *project_keys().find("train")->group;
  EXPECT_EQ(keys.find("holdout")->standard, round_trippable(train.holdout));
  EXPECT_EQ(keys.find("seed")->standard, format("{}", train.seed));
  EXPECT_EQ(keys.find("folds")->standard, format("{}", train.folds));
  EXPECT_EQ(keys.find("repeats")->standard, format("{}", train.repeats));
  EXPECT_EQ(project_keys().find("decision")->group->find("by")->standard, to_string(Project().decision.by));
  EXPECT_EQ(project_keys().find("boundary")->standard, to_string(Project().boundary));
}

}  // namespace
}  // namespace asof
