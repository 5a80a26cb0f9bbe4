#include "sources/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using asof::testing::TemporaryFolder;
using asof::testing::Thrown;
using asof::testing::thrown_by;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Source, every_kind_has_a_name_of_its_own_and_a_summary) {
  std::set<std::string_view> names;
  for (const SourceKind* kind : source_kinds()) {
    EXPECT_TRUE(names.insert(kind->name).second) << kind->name;
    EXPECT_FALSE(kind->summary.empty()) << kind->name;
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"csv", "parquet", "postgres"}));
}

TEST(Source, the_kind_is_known_by_what_the_source_is_called) {
  const TemporaryFolder folder;
  const std::pair<std::string, std::string_view> examples[] = {
      {"a.csv", "csv"},
      {"a.csv.gz", "csv"},
      {"a.csv.zst", "csv"},
      {"data/part-*.csv", "csv"},
      {"EXPORT.CSV", "csv"},
      {"a.parquet", "parquet"},
      {"data/*.parquet", "parquet"},
      {folder.path().string(), "parquet"},
      {"data/", "parquet"},
      {"postgres:postgresql://host/db#events", "postgres"},
      {"postgres://host/db#events", "postgres"},
      {"postgresql://host/db#events", "postgres"},
      {"postgres:postgresql://host/db#exports.csv", "postgres"},
      {"postgres:postgresql://host/db#select * from exports.parquet", "postgres"},
      {"postgres:postgresql://host/db#exports/", "postgres"},
  };
  for (const auto& [from, kind] : examples) EXPECT_EQ(source_kind_of(from).name, kind) << from;
}

TEST(Source, an_unknown_kind_is_answered_with_the_known_ones_and_without_the_password) {
  const Thrown thrown = thrown_by([] { source_kind_of("mysql://me:secret@host/db#events"); });
  EXPECT_EQ(thrown.kind, Error::kInvalidInput);
  EXPECT_THAT(thrown.message, AllOf(HasSubstr("`mysql://...@host/db#events` is no source of a known kind; known: "),
                                    HasSubstr("csv ("), Not(HasSubstr("secret"))));
  EXPECT_EQ(thrown_by([] { source_kind_of("table.xlsx"); }).kind, Error::kInvalidInput);
}

TEST(Source, no_form_of_an_address_shows_its_password) {
  for (const char* const from : {
           "mysql://me:secret@host/db#events",
           "mysql://me:se@secret@host/db#events",
           "mysql://host/db?user=me&password=secret#events",
           "mysql://host/db?user=me&PASSWORD = 'very secret'#events",
           "mysql://me:secret@host/events.csv",
           "https://me:secret@host/events.parquet",
           "s3://bucket/data.csv?password=secret",
           "postgres:postgresql://me:secret@127.0.0.1:1/db#exports.csv",
           "postgres:postgresql://127.0.0.1:1/db?user=me&password=secret#exports.csv",
           "postgres:host=127.0.0.1 port=1 user=me password=secret#events",
           "postgres:host=127.0.0.1 port=1 user=me password = 'very secret'#events",
       }) {
    const Thrown thrown = thrown_by([&] { read_table({.table = "t", .from = from, .columns = {}}); });
    EXPECT_THAT(thrown.message, AllOf(::testing::StartsWith("table `t`"), Not(HasSubstr("secret")))) << from;
    EXPECT_TRUE(thrown.kind.has_value()) << from;
  }
}

}  // namespace
}  // namespace asof
