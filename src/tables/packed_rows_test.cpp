#include "tables/packed_rows.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <limits>

namespace asof {
namespace {

Column integers(std::vector<std::int64_t> values) {
  return {.name = "x", .type = ColumnType::kInteger, .reals = {}, .integers = std::move(values)};
}

/// `column` after it was packed and unpacked, every row once.
Column there_and_back(const Column& column, std::size_t texts = 0) {
  const Packing packing = Packing::of(column, texts);
  std::vector<std::uint32_t> rows(column.size());
  std::vector<std::int32_t> codes(texts);
  for (std::uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(texts); ++i) codes[static_cast<std::size_t>(i)] = i;
  std::vector<std::byte> bytes(rows.size() * packing.width + kPackedSlack);
  packing.pack(column, codes, rows, bytes.data());
  Column back{.name = column.name, .type = column.type};
  packing.unpack(bytes.data(), rows.size(), back);
  return back;
}

RC_GTEST_PROP(PackedRows, whole_numbers_come_back, (const std::vector<std::int64_t>& values)) {
  RC_ASSERT(there_and_back(integers(values)).integers == values);
}

RC_GTEST_PROP(PackedRows, whole_numbers_close_together_come_back,
              (std::int64_t base, const std::vector<std::uint16_t>& distances, std::uint8_t shift)) {
  std::vector<std::int64_t> values = {kMissingInteger};
  for (const std::uint16_t distance : distances) {
    values.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                               (static_cast<std::uint64_t>(distance) << shift % 40)));
  }
  RC_ASSERT(there_and_back(integers(values)).integers == values);
}

TEST(PackedRows, take_as_few_bytes_as_the_greatest_distance_needs) {
  EXPECT_EQ(Packing::of(integers({1'000'000, 1'000'200}), 0).width, 1U);
  EXPECT_EQ(Packing::of(integers({0, 254}), 0).width, 1U);
  EXPECT_EQ(Packing::of(integers({0, 255}), 0).width, 2U);  // one value is needed for missing
  EXPECT_EQ(Packing::of(integers({kMissingInteger}), 0).width, 1U);
  EXPECT_EQ(Packing::of(integers({std::numeric_limits<std::int64_t>::max(), -1}), 0).width, 8U);
}

TEST(PackedRows, values_next_to_a_change_of_width_come_back) {
  for (unsigned bits = 7; bits < 64; ++bits) {
    for (const std::uint64_t less : {0U, 1U, 2U}) {
      const auto span = static_cast<std::int64_t>((std::uint64_t{1} << bits) - less);
      const std::vector<std::int64_t> values = {-3, kMissingInteger,
                                                static_cast<std::int64_t>(static_cast<std::uint64_t>(span) - 3)};
      EXPECT_EQ(there_and_back(integers(values)).integers, values) << bits << " bits, less " << less;
    }
  }
}

TEST(PackedRows, reals_and_texts_come_back_bit_for_bit) {
  const Column reals{.name = "x", .type = ColumnType::kReal, .reals = {-0.0, 1e-310, kMissing, 0.1}};
  const Column back = there_and_back(reals);
  for (std::size_t i = 0; i < reals.reals.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back.reals[i]), std::bit_cast<std::uint64_t>(reals.reals[i])) << i;
  const Column texts{.name = "x", .type = ColumnType::kText, .reals = {}, .integers = {}, .codes = {299, -1, 0}};
  EXPECT_EQ(there_and_back(texts, 300).codes, texts.codes);
}

}  // namespace
}  // namespace asof
