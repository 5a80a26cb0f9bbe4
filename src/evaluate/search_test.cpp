#include "evaluate/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/random.h"
#include "evaluate/mean_difference_kind.h"

namespace asof {
namespace {

using testing_kinds::kDrawn;
using testing_kinds::kDrawnToo;
using testing_kinds::kDrawnWrong;
using testing_kinds::kMeanDifference;

struct SearchTest : ::testing::Test {
  Dataset data;
  std::vector<Split> folds;
  std::uint64_t fits = 0;
  Progress counting = [this](std::string_view, std::uint64_t, std::uint64_t) { ++fits; };
  std::optional<FoldRuns> runs;

  /// Both columns tell something of the outcome.
  SearchTest() {
    constexpr std::size_t kRows = 300;
    Random random(11);
    data.columns = {{.name = "a", .family = "f"}, {.name = "b", .family = "f"}};
    data.features = Matrix(kRows, 2);
    for (std::size_t i = 0; i < kRows; ++i) {
      const double a = random.uniform(), b = random.uniform();
      data.features.row(i)[0] = a;
      data.features.row(i)[1] = b;
      data.good.push_back(random.uniform() < 0.2 + 0.3 * a + 0.3 * b ? 1.0 : 0.0);
      data.weights.push_back(1.0);
      data.groups.push_back(static_cast<std::uint32_t>(i));
      data.times.push_back({static_cast<std::int64_t>(i)});
      data.known_at.push_back(kNoTime);
    }
    std::vector<std::uint32_t> rows(kRows);
    std::iota(rows.begin(), rows.end(), 0U);
    folds = stratified_folds(data, rows, {.folds = 5});
    runs.emplace(data, folds, FoldRunOptions{}, counting);
  }

  /// The first setting of each, on every fold.
  std::vector<Attempt> listed(std::initializer_list<const ModelKind*> kinds) {
    std::vector<Attempt> attempts;
    for (const ModelKind* kind : kinds)
      attempts.push_back(
          {.kind = kind, .setting = kind->settings(0, 0).front(), .place = attempts.size(), .folds = {}});
    runs->run(attempts, folds.size(), "");
    fits = 0;
    return attempts;
  }
};

double score_on(const Attempt& attempt, std::size_t until) {
  double sum = 0.0;
  for (std::size_t k = 0; k < until; ++k) sum += attempt.folds[k].roc_auc;
  return sum;
}

/// The stages by hand: every setting fitted on every fold.
Attempt halved_by_hand(const FoldRuns& runs, std::uint64_t seed) {
  std::vector<Attempt> all;
  for (std::uint64_t number = 0; number < 9; ++number) {
    Random random(seed, (std::uint64_t{1} << 32) + number);
    all.push_back({.kind = &kDrawn, .setting = kDrawn.draw(random, 0, 0), .place = 0, .folds = {}});
  }
  runs.run(all, runs.folds(), "");
  std::ranges::stable_sort(all, [](const Attempt& a, const Attempt& b) { return score_on(a, 1) > score_on(b, 1); });
  all.resize(3);
  std::ranges::stable_sort(all, [](const Attempt& a, const Attempt& b) { return score_on(a, 3) > score_on(b, 3); });
  return all.front();
}

TEST_F(SearchTest, of_nine_settings_three_meet_three_folds_and_one_meets_all) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::vector<Attempt> from = listed({&kDrawn});
    const Searched searched = search(*runs, from, {.budget = {.draws = 9}, .seed = seed, .texts = {}});
    EXPECT_EQ(fits, 9U + 3U * 2U + 2U);
    EXPECT_EQ(searched.draws, 9U);
    ASSERT_EQ(searched.finalists.size(), 1U);
    const Attempt expected = halved_by_hand(*runs, seed);
    EXPECT_EQ(searched.finalists.front().setting.name, expected.setting.name);
    EXPECT_EQ(figures(searched.finalists.front().folds, &FoldResult::roc_auc),
              figures(expected.folds, &FoldResult::roc_auc));
  }
}

TEST_F(SearchTest, a_longer_search_begins_like_a_shorter_one) {
  const std::vector<Attempt> from = listed({&kDrawn, &kDrawnToo});
  const Searched shorter = search(*runs, from, {.budget = {.draws = 18}, .texts = {}});
  const Searched longer = search(*runs, from, {.budget = {.draws = 20}, .texts = {}});
  ASSERT_EQ(shorter.finalists.size(), 2U);
  ASSERT_EQ(longer.finalists.size(), 3U) << "the last of two settings";
  EXPECT_EQ(longer.draws, 20U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(longer.finalists[i].setting.name, shorter.finalists[i].setting.name);
}

TEST_F(SearchTest, a_timed_search_is_repeated_by_the_number_of_its_settings) {
  const std::vector<Attempt> from = listed({&kDrawn});
  const Searched timed = search(*runs, from, {.budget = {.seconds = 0.05}, .texts = {}});
  EXPECT_GE(timed.draws, 9U);
  EXPECT_EQ(timed.draws, 9 * timed.finalists.size());
  const Searched again = search(*runs, from, {.budget = {.draws = timed.draws}, .texts = {}});
  ASSERT_EQ(again.finalists.size(), timed.finalists.size());
  for (std::size_t i = 0; i < again.finalists.size(); ++i)
    EXPECT_EQ(again.finalists[i].setting.name, timed.finalists[i].setting.name);
}

TEST_F(SearchTest, time_that_was_spent_before_counts) {
  const std::vector<Attempt> from = listed({&kDrawn});
  EXPECT_EQ(search(*runs, from, {.budget = {.seconds = 1.0}, .seconds_spent = 2.0, .texts = {}}).draws, 0U);
  EXPECT_EQ(fits, 0U);
}

TEST_F(SearchTest, kinds_that_are_clearly_behind_or_draw_nothing_have_no_turn) {
  const std::vector<Attempt> from = listed({&kDrawn, &kDrawnWrong, &kMeanDifference, &kDrawnToo});
  const Searched searched = search(*runs, from, {.budget = {.draws = 90}, .texts = {}});
  ASSERT_EQ(searched.finalists.size(), 10U);
  for (const Attempt& finalist : searched.finalists)
    EXPECT_TRUE(finalist.kind == &kDrawn || finalist.kind == &kDrawnToo) << finalist.kind->name;
  EXPECT_EQ(search(*runs, listed({&kMeanDifference}), {.budget = {.draws = 9}, .texts = {}}).draws, 0U);
}

TEST_F(SearchTest, threads_change_nothing) {
  const FoldRuns side_by_side(data, folds, {.threads = 4}, counting);
  std::vector<Attempt> one{{.kind = &kDrawn, .setting = kDrawn.settings(0, 0).front(), .place = 0, .folds = {}}};
  std::vector<Attempt> other = one;
  runs->run(one, folds.size(), "");
  side_by_side.run(other, folds.size(), "");
  for (std::size_t k = 0; k < folds.size(); ++k) EXPECT_EQ(one[0].folds[k].margins, other[0].folds[k].margins);
}

}  // namespace
}  // namespace asof
