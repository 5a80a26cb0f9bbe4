// Laws of every registered kind.
#include "model/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>
#include <thread>

#include "asof/error.h"
#include "model/random_data_test.h"

namespace asof {
namespace {

using testing_data::bits;
using testing_data::margins;
using testing_data::sample;
using testing_data::Sample;
using testing_data::SampleOptions;

/// Prepared as the kind's setting wants it: fitted on `train`, applied to both.
struct Prepared {
  Sample train;
  Matrix fresh;
};

Prepared prepare(const SampleOptions& options, const PreprocessOptions& preprocess) {
  const Sample drawn = sample(options);
  SampleOptions other = options;
  other.seed += 1000;
  other.rows = 400;
  Dataset data;
  data.features = drawn.features;
  for (const std::string& name : drawn.names) data.columns.push_back({.name = name});
  std::vector<std::uint32_t> rows(drawn.features.rows), fresh_rows(other.rows);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i);
  for (std::size_t i = 0; i < fresh_rows.size(); ++i) fresh_rows[i] = static_cast<std::uint32_t>(i);
  const Preprocess fitted = Preprocess::fit(data, rows, preprocess);
  return {.train = {.features = fitted.apply(drawn.features, rows), .good = drawn.good, .names = fitted.names()},
          .fresh = fitted.apply(sample(other).features, fresh_rows)};
}

std::vector<double> fresh_outcomes(SampleOptions options) {
  options.seed += 1000;
  options.rows = 400;
  return sample(options).good;
}

/// Chance that a repaid row has a higher margin than a defaulted one.
double auc(std::span<const double> margins, std::span<const double> good) {
  double wins = 0.0, pairs = 0.0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::size_t j = 0; j < good.size(); ++j) {
      if (good[i] != 1.0 || good[j] != 0.0) continue;
      pairs += 1.0;
      wins += margins[i] > margins[j] ? 1.0 : margins[i] == margins[j] ? 0.5 : 0.0;
    }
  }
  return wins / pairs;
}

class EveryKind : public testing::TestWithParam<const ModelKind*> {
 protected:
  const ModelKind& kind() const { return *GetParam(); }

  std::unique_ptr<const Model> fit_first(const Prepared& prepared) const {
    return kind().fit(prepared.train.request(first().parameters));
  }
  Setting first() const { return kind().settings(500, 6).front(); }
};

TEST_P(EveryKind, KnowsWhoRepaysWhicheverIsRare) {
  for (const double log_odds : {-2.5, 0.0, 2.5}) {
    for (const Setting& setting : kind().settings(500, 6)) {
      const SampleOptions options{.log_odds = log_odds};
      const Prepared prepared = prepare(options, setting.preprocess);
      const auto model = kind().fit(prepared.train.request(setting.parameters));
      EXPECT_GT(auc(margins(*model, prepared.fresh), fresh_outcomes(options)), 0.6)
          << setting.name << " at " << log_odds;
    }
  }
}

TEST_P(EveryKind, PredictsTheBaseRateOnAverage) {
  for (const double log_odds : {-2.5, 0.0, 2.5}) {
    const Prepared prepared = prepare({.rows = 2000, .log_odds = log_odds}, first().preprocess);
    const auto model = fit_first(prepared);
    double predicted = 0.0, repaid = 0.0;
    for (std::size_t i = 0; i < prepared.train.good.size(); ++i) {
      predicted += sigmoid(model->margin(prepared.train.features.row(i)));
      repaid += prepared.train.good[i];
    }
    EXPECT_NEAR(predicted / 2000, repaid / 2000, 0.005) << "at " << log_odds;
  }
}

TEST_P(EveryKind, SavedAndLoadedScoresTheSameBits) {
  for (const Setting& setting : kind().settings(500, 6)) {
    const Prepared prepared = prepare({}, setting.preprocess);
    const auto model = kind().fit(prepared.train.request(setting.parameters));
    const std::string bytes = model->save();
    const auto loaded = kind().load(bytes, prepared.fresh.columns);
    EXPECT_EQ(loaded->save(), bytes);
    EXPECT_EQ(bits(margins(*loaded, prepared.fresh)), bits(margins(*model, prepared.fresh)));
    std::vector<double> here(prepared.fresh.columns), there(prepared.fresh.columns);
    EXPECT_EQ(loaded->contributions(prepared.fresh.row(0), there), model->contributions(prepared.fresh.row(0), here));
    EXPECT_EQ(bits(there), bits(here));
  }
}

TEST_P(EveryKind, ThreadsNeverChangeTheBytes) {
  const Prepared prepared = prepare({.rows = 3000, .columns = 12}, first().preprocess);
  Json parameters = first().parameters;
  if (parameters.find("trees") != nullptr) parameters["trees"] = 20;
  FitRequest request = prepared.train.request(parameters);
  request.values_per_thread = 1;
  request.threads = 1;
  const std::string one = kind().fit(request)->save();
  request.threads = 2;
  ASSERT_EQ(request.threads_that_pay(), 2);
  EXPECT_EQ(kind().fit(request)->save(), one);
  EXPECT_EQ(kind().fit(request)->save(), one) << "the same request twice";
}

TEST_P(EveryKind, FitsTheSameBytesBesideOtherFits) {
  const Prepared prepared = prepare({.rows = 300}, first().preprocess);
  const auto fit_with_seed = [&](std::uint64_t seed) {
    FitRequest request = prepared.train.request(first().parameters);
    request.seed = seed;
    return kind().fit(request)->save();
  };
  std::vector<std::string> alone, together(6);
  for (std::uint64_t seed = 0; seed < together.size(); ++seed) alone.push_back(fit_with_seed(seed));
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 0; seed < together.size(); ++seed) {
    threads.emplace_back([&, seed] { together[seed] = fit_with_seed(seed); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < together.size(); ++i) EXPECT_TRUE(together[i] == alone[i]) << "seed " << i;
}

TEST_P(EveryKind, ContributionsAddUpToTheMargin) {
  for (const Setting& setting : kind().settings(500, 6)) {
    const Prepared prepared = prepare({}, setting.preprocess);
    const auto model = kind().fit(prepared.train.request(setting.parameters));
    std::vector<double> out(prepared.fresh.columns);
    const double base = model->contributions(prepared.fresh.row(0), out);
    for (std::size_t i = 0; i < prepared.fresh.rows; ++i) {
      double total = model->contributions(prepared.fresh.row(i), out);
      EXPECT_EQ(total, base) << "the base is the model's, not the row's";
      for (const double contribution : out) total += contribution;
      const double margin = model->margin(prepared.fresh.row(i));
      EXPECT_NEAR(total, margin, 1e-12 * (1.0 + std::abs(margin)));
    }
  }
}

TEST_P(EveryKind, ScoresTheSameBitsOnEveryThread) {
  const Prepared prepared = prepare({}, first().preprocess);
  const auto model = fit_first(prepared);
  const std::vector<std::uint64_t> expected = bits(margins(*model, prepared.fresh));
  std::vector<double> contributions(prepared.fresh.columns);
  model->contributions(prepared.fresh.row(3), contributions);
  std::atomic<int> differences = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 5; ++repeat) {
        if (bits(margins(*model, prepared.fresh)) != expected) ++differences;
        std::vector<double> out(prepared.fresh.columns);
        model->contributions(prepared.fresh.row(3), out);
        if (bits(out) != bits(contributions)) ++differences;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, 0);
}

TEST_P(EveryKind, RefusesDamagedBytesWithoutCrashing) {
  const Prepared prepared = prepare({.rows = 200}, first().preprocess);
  const std::string bytes = fit_first(prepared)->save();
  const auto expect_refused = [&](const std::string& damaged, std::size_t columns, const std::string& how) {
    try {
      kind().load(damaged, columns);
      ADD_FAILURE() << "accepted: " << how;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kIncompatible) << how << ": " << error.what();
    }
  };
  Random random(1);
  for (int i = 0; i < 60; ++i) {
    const std::size_t length = random.below(bytes.size());
    expect_refused(bytes.substr(0, length), prepared.fresh.columns, "cut at " + std::to_string(length));
  }
  for (std::size_t cut = 1; cut <= 30; ++cut) {
    expect_refused(bytes.substr(0, bytes.size() - cut), prepared.fresh.columns,
                   "cut " + std::to_string(cut) + " before the end");
  }
  expect_refused("", prepared.fresh.columns, "nothing");
  expect_refused(std::string(1000, '\0'), prepared.fresh.columns, "zeros");
  expect_refused(bytes, prepared.fresh.columns + 1, "another number of columns");
  for (const ModelKind* other : model_kinds()) {
    if (other->library == kind().library) continue;
    expect_refused(
        other->fit(prepare({.rows = 200}, other->settings(200, 6).front().preprocess).train.request())->save(),
        prepared.fresh.columns, "a model of another library");
  }
  // Any byte may be wrong: refused or not, nothing crashes (the bundle's hashes catch what is still well-formed).
  for (int i = 0; i < 300; ++i) {
    std::string damaged = bytes;
    damaged[random.below(bytes.size())] = static_cast<char>(random.below(256));
    try {
      const auto loaded = kind().load(damaged, prepared.fresh.columns);
      static_cast<void>(margins(*loaded, prepared.fresh));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kIncompatible);
    }
  }
}

TEST_P(EveryKind, LearnsFromVeryLittle) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (const std::size_t columns : {1U, 4U}) {
      Prepared prepared = prepare({.rows = 10, .columns = columns, .missing = 0.0, .seed = seed}, first().preprocess);
      prepared.train.good = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
      for (const Setting& setting : kind().settings(10, columns)) {
        const auto model = kind().fit(prepared.train.request(setting.parameters));
        for (const double margin : margins(*model, prepared.fresh)) EXPECT_LT(std::abs(margin), 20.0);
      }
    }
  }
}

TEST_P(EveryKind, BearsColumnsThatSayNothing) {
  Sample train = sample({.missing = 0.0});
  for (std::size_t i = 0; i < train.features.rows; ++i) train.features.row(i)[4] = 7.0;
  const Setting setting = first();
  const auto model = kind().fit(train.request(setting.parameters));
  EXPECT_TRUE(std::isfinite(model->margin(train.features.row(0))));
  for (std::size_t i = 0; i < train.features.rows; ++i) {
    for (double& value : train.features.row(i)) value = 7.0;
  }
  const auto constant = kind().fit(train.request(setting.parameters));
  double repaid = 0.0;
  for (const double good : train.good) repaid += good;
  EXPECT_NEAR(sigmoid(constant->margin(train.features.row(0))), repaid / static_cast<double>(train.good.size()), 1e-6);
}

TEST_P(EveryKind, TakesMissingValuesWhereASettingKeepsThem) {
  for (const Setting& setting : kind().settings(500, 6)) {
    if (setting.preprocess.missing != MissingValues::kKept) continue;
    Sample train = sample({});
    for (std::size_t i = 0; i < train.features.rows; ++i) train.features.row(i)[4] = kMissing;  // in every row
    const auto model = kind().fit(train.request(setting.parameters));
    const std::vector<double> nothing_known(6, kMissing);
    EXPECT_TRUE(std::isfinite(model->margin(nothing_known)));
  }
}

TEST_P(EveryKind, WeighsRowsOrSaysThatItCannot) {
  const Prepared prepared = prepare({}, first().preprocess);
  FitRequest request = prepared.train.request(first().parameters);
  std::vector<double> weights(prepared.train.good.size(), 1.0);
  request.weights = weights;
  const double plain = fit_first(prepared)->margin(prepared.fresh.row(0));
  EXPECT_NEAR(kind().fit(request)->margin(prepared.fresh.row(0)), plain, 1e-9) << "weights of 1 are no weights";
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = prepared.train.good[i] == 1.0 ? 3.0 : 1.0;
  try {
    EXPECT_GT(kind().fit(request)->margin(prepared.fresh.row(0)), plain);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    EXPECT_NE(std::string(error.what()).find("cannot weigh rows"), std::string::npos) << error.what();
  }
}

/// Whether the margin never moves against `direction` when column `column` of any row rises.
bool keeps(const Model& model, const Matrix& rows, std::size_t column, int direction) {
  for (std::size_t i = 0; i < rows.rows; ++i) {
    std::vector<double> row(rows.row(i).begin(), rows.row(i).end());
    std::vector<double> values;
    for (std::size_t other = 0; other < rows.rows; ++other) values.push_back(rows.row(other)[column]);
    std::ranges::sort(values);
    double last = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      row[column] = values[k];
      const double margin = model.margin(row);
      if (k > 0 && direction * (margin - last) < 0.0) return false;
      last = margin;
    }
  }
  return true;
}

TEST_P(EveryKind, KeepsToDirectionsEvenAgainstTheData) {
  if (!kind().keeps_directions) {
    EXPECT_EQ(kind().name, "random_forest");
    return;
  }
  for (const Setting& setting : kind().settings(500, 6)) {
    const Prepared prepared = prepare({.missing = 0.0}, setting.preprocess);
    FitRequest request = prepared.train.request(setting.parameters);
    ASSERT_EQ(request.names.size(), 6U);
    EXPECT_FALSE(keeps(*kind().fit(request), prepared.fresh, 0, -1)) << "the data say so";
    EXPECT_FALSE(keeps(*kind().fit(request), prepared.fresh, 1, 1));
    request.directions = {-1, 1, 1, 0, -1, 0};
    const auto model = kind().fit(request);
    for (std::size_t column = 0; column < request.directions.size(); ++column) {
      if (request.directions[column] == 0) continue;
      EXPECT_TRUE(keeps(*model, prepared.fresh, column, request.directions[column])) << setting.name << ", " << column;
    }
    request.directions = {1, -1, 0, 0, 0, 0};
    const auto agreeing = kind().fit(request);
    EXPECT_TRUE(keeps(*agreeing, prepared.fresh, 0, 1) && keeps(*agreeing, prepared.fresh, 1, -1));
    EXPECT_FALSE(keeps(*agreeing, prepared.fresh, 0, -1)) << "and still learns";
  }
}

std::string refusal(const ModelKind& kind, const FitRequest& request) {
  try {
    kind.fit(request);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    return error.what();
  }
  return "no error";
}

TEST_P(EveryKind, RefusesWhatNothingCanBeLearntFrom) {
  const Sample train = sample({.missing = 0.0});
  const auto expect_said = [&](const FitRequest& request, const std::string& what) {
    EXPECT_NE(refusal(kind(), request).find(what), std::string::npos) << refusal(kind(), request);
  };
  Sample changed = train;
  std::ranges::fill(changed.good, 1.0);
  expect_said(changed.request(), "all 500 training rows repaid");
  changed.good[3] = kMissing;
  expect_said(changed.request(), "must have repaid (1) or defaulted (0)");
  changed = {.features = Matrix(500, 0), .good = train.good};
  expect_said(changed.request(), "nothing to learn from");
  expect_said(train.request(Json::Object{{"tres", 100}}), "unknown parameter `tres` of " + std::string(kind().name));
  expect_said(train.request(Json::Array{}), "must be an object");
  FitRequest weighted = train.request();
  const std::vector<double> weights(500, 0.0);
  weighted.weights = weights;
  expect_said(weighted, "positive");
}

TEST_P(EveryKind, ProposesAFewSettingsOfDifferentNames) {
  for (const std::size_t rows : {10U, 500U, 8000U, 30'000U, 1'000'000U}) {
    const std::vector<Setting> settings = kind().settings(rows, 25);
    EXPECT_GE(settings.size(), 2U);
    EXPECT_LE(settings.size(), 6U);
    std::set<std::string> names;
    for (const Setting& setting : settings) names.insert(setting.name);
    EXPECT_EQ(names.size(), settings.size());
  }
}

TEST_P(EveryKind, DrawsSettingsThatItCanLearnWith) {
  ASSERT_NE(kind().draw, nullptr);
  std::set<std::string> names;
  for (std::uint64_t number = 0; number < 12; ++number) {
    for (const std::size_t rows : {100U, 100'000U}) {
      Random random(1, number), same(1, number);
      const Setting setting = kind().draw(random, rows, 6);
      const Setting again = kind().draw(same, rows, 6);
      EXPECT_EQ(setting.name, again.name);
      EXPECT_EQ(to_json(setting.parameters), to_json(again.parameters));
      names.insert(setting.name);
      if (rows > 100) continue;  // parameters for that many rows would make this test slow
      const Prepared prepared = prepare({}, setting.preprocess);
      const auto model = kind().fit(prepared.train.request(setting.parameters));
      for (const double margin : margins(*model, prepared.fresh)) EXPECT_TRUE(std::isfinite(margin));
    }
  }
  EXPECT_GE(names.size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(Models, EveryKind, testing::ValuesIn(model_kinds().begin(), model_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(ModelKindsTest, AnUnknownNameAnswersWithTheNearest) {
  EXPECT_EQ(model_kind("logistic").name, "logistic");
  try {
    model_kind("logistc");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kInvalidInput);
    EXPECT_NE(std::string(error.what()).find("did you mean `logistic`"), std::string::npos) << error.what();
  }
}

TEST(FitRequestTest, LittleDataIsNotWorthASecondThread) {
  const Sample small = sample({.rows = 100});
  FitRequest request = small.request();
  request.threads = 8;
  EXPECT_EQ(request.threads_that_pay(), 1);
  request.features.rows = 1'000'000;
  EXPECT_EQ(request.threads_that_pay(), 2);
}

}  // namespace
}  // namespace asof
