// Laws of every split, over random portfolios: several applications per person, ties in time, unknown outcomes,
// outcomes that become known late.
#include "dataset/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "asof/error.h"
#include "base/random.h"

namespace asof {
namespace {

Timestamp day(std::uint64_t number) {
  return Timestamp{} + Duration{static_cast<std::int64_t>(number) * kDay.microseconds};
}

struct Portfolio {
  std::size_t rows = 400;
  std::uint64_t persons = 250;
  std::uint64_t days = 300;
  double repaid = 0.4;
  double unknown = 0.1;
};

Dataset random_dataset(std::uint64_t seed, const Portfolio& portfolio) {
  Random random(seed, 99);
  Dataset data;
  data.features = Matrix(portfolio.rows, 0);
  for (std::size_t i = 0; i < portfolio.rows; ++i) {
    data.good.push_back(random.uniform() < portfolio.unknown  ? kMissing
                        : random.uniform() < portfolio.repaid ? 1.0
                                                              : 0.0);
    data.weights.push_back(1.0);
    data.groups.push_back(static_cast<std::uint32_t>(random.below(portfolio.persons)));
    data.times.push_back(day(random.below(portfolio.days)));
    data.known_at.push_back(random.uniform() < 0.3 ? kNoTime : data.times.back() + Duration{30 * kDay.microseconds});
  }
  return data;
}

std::vector<std::uint32_t> every_row(const Dataset& data) {
  std::vector<std::uint32_t> rows(data.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i);
  return rows;
}

std::set<std::uint32_t> persons(const Dataset& data, const std::vector<std::uint32_t>& rows) {
  std::set<std::uint32_t> found;
  for (const std::uint32_t row : rows) found.insert(data.groups[row]);
  return found;
}

std::size_t labelled(const Dataset& data) {
  return static_cast<std::size_t>(std::ranges::count_if(data.good, [](double good) { return !is_missing(good); }));
}

double share_repaid(const Dataset& data, const std::vector<std::uint32_t>& rows) {
  double repaid = 0.0;
  for (const std::uint32_t row : rows) repaid += data.good[row];
  return repaid / static_cast<double>(rows.size());
}

void expect_sound(const Dataset& data, const Split& split) {
  for (const auto* side : {&split.train, &split.test}) {
    EXPECT_TRUE(std::ranges::is_sorted(*side));
    EXPECT_EQ(std::ranges::adjacent_find(*side), side->end());
    EXPECT_TRUE(std::ranges::none_of(*side, [&](std::uint32_t row) { return is_missing(data.good[row]); }));
    for (const double outcome : {0.0, 1.0}) {
      EXPECT_TRUE(std::ranges::any_of(*side, [&](std::uint32_t row) { return data.good[row] == outcome; }));
    }
  }
  std::vector<std::uint32_t> both;
  std::ranges::set_intersection(persons(data, split.train), persons(data, split.test), std::back_inserter(both));
  EXPECT_TRUE(both.empty()) << "a person is on both sides";
}

void expect_forward(const Dataset& data, const Split& split) {
  EXPECT_EQ(split.by, SplitBy::kTime);
  for (const std::uint32_t row : split.test) EXPECT_GE(data.times[row], split.test_begins);
  for (const std::uint32_t row : split.train) {
    EXPECT_LT(data.times[row], split.test_begins);
    EXPECT_LE(data.known_at[row], split.test_begins) << "an outcome was used before it was known";
  }
}

constexpr Portfolio kPortfolios[] = {
    {},
    {.rows = 2000, .persons = 2000},
    {.rows = 60, .persons = 20},
    {.rows = 500, .persons = 500, .repaid = 0.03},
    {.rows = 300, .persons = 200, .days = 5, .repaid = 0.9},
    {.rows = 40, .persons = 1000, .unknown = 0.0},
};

void for_each_portfolio(const std::function<void(const Dataset& data, std::uint64_t seed)>& law) {
  for (const Portfolio& portfolio : kPortfolios) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      SCOPED_TRACE(testing::Message() << portfolio.rows << " rows, seed " << seed);
      law(random_dataset(seed, portfolio), seed);
    }
  }
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    return error.what();
  }
  return "no error";
}

TEST(StratifiedSplitTest, KeepsPersonsTogetherAndOutcomesInProportion) {
  for_each_portfolio([](const Dataset& data, std::uint64_t seed) {
    const Split split = stratified_split(data, {.holdout = 0.2, .seed = seed});
    expect_sound(data, split);
    EXPECT_EQ(split.train.size() + split.test.size(), labelled(data)) << "every labelled row is on one side";
    EXPECT_EQ(split.left_out, 0U);
    if (data.rows() >= 300) {
      EXPECT_NEAR(static_cast<double>(split.test.size()), 0.2 * static_cast<double>(labelled(data)), 5.0);
      EXPECT_NEAR(share_repaid(data, split.test), share_repaid(data, split.train), 0.05);
    }
  });
}

TEST(StratifiedSplitTest, IsDrawnBySeedAlone) {
  const Dataset data = random_dataset(1, {});
  EXPECT_EQ(stratified_split(data, {.seed = 7}).test, stratified_split(data, {.seed = 7}).test);
  EXPECT_NE(stratified_split(data, {.seed = 7}).test, stratified_split(data, {.seed = 8}).test);
}

TEST(StratifiedSplitTest, TwoPersonsOfEachOutcomeAreEnough) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const double holdout : {0.05, 0.5, 0.95}) {
      Dataset data = random_dataset(seed, {.rows = 12, .persons = 1});
      data.good = {0, 0, 1, 1, 1, 1, 1, 1, kMissing, 1, 0, 1};
      data.groups = {1, 2, 1, 3, 4, 5, 6, 7, 8, 9, 1, 9};
      expect_sound(data, stratified_split(data, {.holdout = holdout, .seed = seed}));
    }
  }
}

TEST(StratifiedSplitTest, RefusesWhatCannotBeDivided) {
  Dataset data = random_dataset(1, {.rows = 4, .persons = 4});
  data.groups = {1, 2, 3, 4};
  data.good = {1, 1, 1, 0};
  EXPECT_NE(refusal([&] { stratified_split(data, {}); }).find("3 who repaid and 1 who defaulted"), std::string::npos);
  data.good = {kMissing, kMissing, kMissing, kMissing};
  EXPECT_NE(refusal([&] { stratified_split(data, {}); }).find("0 who repaid"), std::string::npos);
  EXPECT_NE(refusal([&] { stratified_split(data, {.holdout = 1.0}); }).find("`holdout`"), std::string::npos);
}

TEST(TimeSplitTest, LearnsOnlyFromWhatWasKnownBeforeTheTestBegins) {
  for_each_portfolio([](const Dataset& data, std::uint64_t) {
    Split split;
    try {
      split = time_split(data, {.holdout = 0.2});
    } catch (const Error&) {
      return;  // few rows, or every person in the test: said in a sentence, tested below
    }
    expect_sound(data, split);
    expect_forward(data, split);
    EXPECT_EQ(split.train.size() + split.test.size() + split.left_out, labelled(data));
  });
}

TEST(TimeSplitTest, TakesTheLatestFifth) {
  const Dataset data = random_dataset(5, {.rows = 2000, .persons = 100000});
  const Split split = time_split(data, {.holdout = 0.2});
  EXPECT_NEAR(static_cast<double>(split.test.size()) / static_cast<double>(labelled(data)), 0.2, 0.005);
}

TEST(TimeSplitTest, AnOutcomeKnownOnlyLaterIsLeftOut) {
  Dataset data = random_dataset(1, {.rows = 8, .persons = 1});
  data.groups = {1, 2, 3, 4, 5, 6, 7, 8};
  data.good = {0, 1, 0, 1, 1, 0, 1, 0};
  for (std::uint64_t i = 0; i < 8; ++i) data.times[i] = day(i);
  data.known_at = {kNoTime, day(3), day(6), day(7), kNoTime, kNoTime, kNoTime, kNoTime};
  const Split split = time_split(data, {.holdout = 0.25});
  EXPECT_EQ(split.test_begins, day(6));
  EXPECT_EQ(split.train, (std::vector<std::uint32_t>{0, 1, 2, 4, 5})) << "known at the moment the test begins counts";
  EXPECT_EQ(split.test, (std::vector<std::uint32_t>{6, 7}));
  EXPECT_EQ(split.left_out, 1U);
}

TEST(TimeSplitTest, RefusesOneMoment) {
  Dataset data = random_dataset(1, {});
  std::ranges::fill(data.times, day(3));
  EXPECT_NE(refusal([&] { time_split(data, {}); }).find("all are of 1970-01-04"), std::string::npos);
}

TEST(HeadlineTest, IsByTimeWhenThereIsEnoughOfIt) {
  EXPECT_EQ(choose_headline(random_dataset(1, {.days = 300}), {}).by, SplitBy::kTime);
  EXPECT_NE(choose_headline(random_dataset(1, {.days = 300}), {}).reason.find("more than three months"),
            std::string::npos);
  EXPECT_EQ(choose_headline(random_dataset(1, {.days = 80}), {}).by, SplitBy::kStratified);
  EXPECT_EQ(choose_headline(random_dataset(1, {.days = 1}), {}).by, SplitBy::kStratified);
  Dataset late = random_dataset(1, {.days = 300});
  std::ranges::fill(late.known_at, day(1000));
  EXPECT_EQ(choose_headline(late, {}).by, SplitBy::kStratified) << "nothing was known before the test begins";
}

TEST(StratifiedFoldsTest, TestEveryRowOncePerRepeat) {
  for_each_portfolio([](const Dataset& data, std::uint64_t seed) {
    const std::vector<Split> splits = stratified_folds(data, every_row(data), {.folds = 4, .repeats = 3, .seed = seed});
    ASSERT_EQ(splits.size() % 3, 0U);
    const std::size_t folds = splits.size() / 3;
    for (std::size_t repeat = 0; repeat < 3; ++repeat) {
      std::multiset<std::uint32_t> tested;
      for (std::size_t fold = 0; fold < folds; ++fold) {
        const Split& split = splits[repeat * folds + fold];
        expect_sound(data, split);
        EXPECT_EQ(split.train.size() + split.test.size(), labelled(data));
        tested.insert(split.test.begin(), split.test.end());
      }
      EXPECT_EQ(tested.size(), labelled(data));
      EXPECT_EQ(std::set(tested.begin(), tested.end()).size(), labelled(data));
    }
    if (data.rows() > 1000) {
      EXPECT_NE(splits[0].test, splits[folds].test) << "repeats differ";
    }
  });
}

TEST(StratifiedFoldsTest, StayInsideTheRows) {
  const Dataset data = random_dataset(3, {});
  std::vector<std::uint32_t> rows = every_row(data);
  rows.resize(200);
  std::ranges::reverse(rows);
  for (const Split& split : stratified_folds(data, rows, {})) {
    EXPECT_LT(split.train.back(), 200U);
    EXPECT_LT(split.test.back(), 200U);
  }
}

TEST(StratifiedFoldsTest, AreFewerWhenPersonsOfOneOutcomeAreFew) {
  Dataset data = random_dataset(1, {.rows = 30, .persons = 1});
  for (std::size_t i = 0; i < 30; ++i) {
    data.groups[i] = static_cast<std::uint32_t>(i);
    data.good[i] = i < 3 ? 0.0 : 1.0;
  }
  const std::vector<Split> splits = stratified_folds(data, every_row(data), {.folds = 5});
  EXPECT_EQ(splits.size(), 3U);
  for (const Split& split : splits) expect_sound(data, split);
}

TEST(ForwardFoldsTest, FollowTime) {
  for_each_portfolio([](const Dataset& data, std::uint64_t) {
    std::vector<Split> splits;
    try {
      splits = forward_folds(data, every_row(data), {.folds = 4});
    } catch (const Error&) {
      return;
    }
    ASSERT_LE(splits.size(), 4U);
    std::set<std::uint32_t> tested;
    for (std::size_t i = 0; i < splits.size(); ++i) {
      expect_sound(data, splits[i]);
      expect_forward(data, splits[i]);
      if (i > 0) {
        EXPECT_GT(splits[i].test_begins, splits[i - 1].test_begins);
      }
      for (const std::uint32_t row : splits[i].test) EXPECT_TRUE(tested.insert(row).second) << "tested twice";
    }
  });
}

TEST(ForwardFoldsTest, TheFirstTrainingStretchIsTwiceATestStretch) {
  Dataset data = random_dataset(2, {.rows = 3000, .persons = 1000000, .days = 3000, .unknown = 0.0});
  std::ranges::fill(data.known_at, kNoTime);
  const std::vector<Split> splits = forward_folds(data, every_row(data), {.folds = 4});
  ASSERT_EQ(splits.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(static_cast<double>(splits[i].test.size()), 500.0, 10.0);
    EXPECT_NEAR(static_cast<double>(splits[i].train.size()), 1000.0 + 500.0 * static_cast<double>(i), 10.0);
  }
}

}  // namespace
}  // namespace asof
