#include "score/reasons.h"

#include <gtest/gtest.h>

namespace asof {
namespace {

Contribution contribution(const char* feature, double log_odds) {
  return {.feature = feature, .value = 2.0, .display = "2", .log_odds = log_odds};
}

ToldFeature told(const char* words, const char* group) {
  return {.text = {.text = words, .approved = true, .group = group, .typical = "11"}, .phrase = {}};
}

TEST(Reasons, are_sentences_with_the_value_and_what_is_typical_of_repaid_loans) {
  const std::vector<Contribution> contributions = {contribution("days", -0.4)};
  const std::vector<ToldFeature> texts = {told("few active days in the last 30 days", "activity")};
  const auto reasons = reasons_for(contributions, texts);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].sentence, "few active days in the last 30 days: 2; typical of repaid loans: 11");
}

TEST(Reasons, only_a_group_that_lowered_the_score_as_a_whole_is_one) {
  const std::vector<Contribution> contributions = {contribution("a", -0.5), contribution("b", 0.6),
                                                   contribution("c", -0.1), contribution("d", -0.2)};
  const std::vector<ToldFeature> texts = {told("a", "first"), told("b", "first"), told("c", "second"),
                                          told("d", "second")};
  const auto reasons = reasons_for(contributions, texts);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].feature, "d");
  EXPECT_NEAR(reasons[0].log_odds, -0.3, 1e-15);
}

TEST(Reasons, are_at_most_four_the_heaviest_first) {
  std::vector<Contribution> contributions;
  std::vector<ToldFeature> texts;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    contributions.push_back(contribution(name, -0.1 * static_cast<double>(contributions.size())));
    texts.push_back(told(name, name));
  }
  const auto reasons = reasons_for(contributions, texts);
  ASSERT_EQ(reasons.size(), 4U);
  EXPECT_EQ(reasons.front().feature, "f");
  EXPECT_EQ(reasons.back().feature, "c");
}

TEST(ReasonTexts, have_the_owners_words_else_those_of_the_definition_and_call_masked_attributes_what_they_are) {
  Dataset data;
  data.columns = {{.name = "days", .family = "activity"},
                  {.name = "feature_7", .family = "masked"},
                  {.name = "screen", .family = "activity", .categories = {"home", "loan"}}};
  data.features = Matrix(4, 3);
  data.good = {1, 1, 1, 0};
  const double values[4][3] = {{3, kMissing, 1}, {5, kMissing, 0}, {9, 1, 1}, {1, 1, 0}};
  for (std::size_t i = 0; i < 4; ++i) std::ranges::copy(values[i], data.features.row(i).begin());
  const std::vector<std::uint32_t> rows = {0, 1, 2, 3};
  const std::vector<Definition> definitions = {
      {.name = "days", .expression = "active_days(events over 30d)"},
      {.name = "feature_7", .expression = "features.feature_7", .family = "masked"},
      {.name = "screen", .expression = "last(events.screen_name)"}};
  const std::vector<TableSpec> tables = {{.name = "events", .time = "at"}};
  const auto texts = make_reason_texts(data, rows, phrases_of(definitions, {}, tables), {{"days", "few active days"}});
  EXPECT_EQ(texts[0].text, "few active days");
  EXPECT_TRUE(texts[0].approved);
  EXPECT_EQ(texts[0].typical, "5");
  EXPECT_EQ(texts[1].text, "masked attribute feature_7");
  EXPECT_FALSE(texts[1].approved);
  EXPECT_EQ(texts[1].typical, "missing");
  EXPECT_EQ(texts[2].text, "latest screen name of events");
  EXPECT_EQ(texts[2].typical, "loan");
  EXPECT_EQ(reason_text_from_json(parse_json(to_json(to_json_value(texts[0])))), texts[0]);
}

}  // namespace
}  // namespace asof
