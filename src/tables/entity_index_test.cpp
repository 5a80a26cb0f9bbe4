#include "tables/entity_index.h"

#include <gtest/gtest.h>

#include "testing/thrown.h"

namespace asof {
namespace {

using asof::testing::Thrown;
using asof::testing::thrown_by;

TEST(EntityIndex, numbers_entities_in_order_of_appearance) {
  const Column ids{.name = "user_id", .type = ColumnType::kInteger, .integers = {7, kMissingInteger, 5, 7}};
  const EntityIndex entities(ids);
  EXPECT_EQ(entities.size(), 2U);
  EXPECT_EQ(entities.numbers(ids, "events"), (std::vector<std::uint32_t>{0, kNoEntity, 1, 0}));
  EXPECT_EQ(entities.find(EntityKey("7")), kNoEntity) << "a text is no integer";
}

TEST(EntityIndex, texts_are_compared_as_they_are_written) {
  const Column ids{.name = "user_id",
                   .type = ColumnType::kText,
                   .codes = {1, 0, kMissingCode},
                   .dictionary = std::make_shared<const Dictionary>(Dictionary{"7", "007", "nobody"})};
  const EntityIndex entities(ids);
  EXPECT_EQ(entities.size(), 2U);
  EXPECT_EQ(entities.find(EntityKey("007")), 0U);
  EXPECT_EQ(entities.find(EntityKey("7")), 1U);
  EXPECT_EQ(entities.find(EntityKey("nobody")), kNoEntity);
}

TEST(EntityIndex, a_column_of_another_type_is_refused_with_its_table_and_the_way_out) {
  const Thrown thrown =
      thrown_by([] { EntityIndex({.name = "user_id", .type = ColumnType::kReal, .reals = {5.0}}, "loans"); });
  EXPECT_EQ(thrown.kind, Error::kInvalidInput);
  EXPECT_EQ(thrown.message,
            "table `loans`, column `user_id`: an entity is an integer or a text, but this column holds real values; "
            "declare `columns: {user_id: integer}` (or text) for the table in the project file");
}

}  // namespace
}  // namespace asof
