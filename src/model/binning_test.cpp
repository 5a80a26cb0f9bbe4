#include "model/binning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/elementary.h"
#include "base/random.h"

namespace asof {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Column {
  std::vector<double> values, good;

  template <class Truth>
  Column(std::uint64_t seed, std::size_t rows, double missing, Truth truth) {
    Random random(seed);
    for (std::size_t i = 0; i < rows; ++i) {
      const double value = random.uniform();
      good.push_back(random.uniform() < truth(value) ? 1.0 : 0.0);
      values.push_back(random.uniform() < missing ? kNone : std::round(value * 200.0) / 200.0);
    }
  }
};

double rising(double value) { return 0.2 + 0.6 * value; }
double step(double value) { return value < 0.3 ? 0.9 : 0.4; }
double flat(double) { return 0.5; }

TEST(Binning, finds_the_edge_of_a_step_and_the_evidence_on_both_sides) {
  const Column column(1, 20'000, 0.1, step);
  const Binning binning = fit_binning(column.values, column.good, {.prior_rows = 0.0});
  EXPECT_TRUE(std::ranges::any_of(binning.edges, [](double edge) { return std::abs(edge - 0.3) < 0.02; }));
  const double overall = 0.3 * 0.9 + 0.7 * 0.4;
  EXPECT_NEAR(binning.bin_of(0.1).woe, logit(0.9) - logit(overall), 0.3);
  EXPECT_NEAR(binning.bin_of(0.9).woe, logit(0.4) - logit(overall), 0.2);
  EXPECT_NEAR(binning.bin_of(kNone).woe, 0.0, 0.15);  // missing at random says nothing
}

TEST(Binning, weight_of_evidence_and_information_value_are_the_textbook_ones) {
  // Ten repaid and ten defaulted; 8 : 2 below 1 and 2 : 8 from 1 on.
  std::vector<double> values, good;
  for (int i = 0; i < 20; ++i) {
    values.push_back(i < 10 ? 0.0 : 1.0);
    good.push_back((i < 8 || i >= 18) ? 1.0 : 0.0);
  }
  const Binning binning = fit_binning(values, good, {.rarer_rows_min = 1, .prior_rows = 0.0});
  ASSERT_EQ(binning.edges, std::vector<double>{1.0});
  EXPECT_NEAR(binning.bins[0].woe, std::log(4.0), 1e-15);
  EXPECT_NEAR(binning.bins[1].woe, -std::log(4.0), 1e-15);
  EXPECT_NEAR(binning.information_value, 2.0 * 0.6 * std::log(4.0), 1e-14);
}

TEST(Binning, an_edge_belongs_to_the_bin_above_it) {
  const Column column(2, 5000, 0.0, step);
  const Binning binning = fit_binning(column.values, column.good);
  for (std::size_t i = 0; i < binning.edges.size(); ++i) {
    EXPECT_EQ(&binning.bin_of(binning.edges[i]), &binning.bins[i + 1]);
    EXPECT_EQ(&binning.bin_of(std::nextafter(binning.edges[i], -1.0)), &binning.bins[i]);
  }
  EXPECT_EQ(&binning.bin_of(-1e300), &binning.bins.front());
  EXPECT_EQ(&binning.bin_of(1e300), &binning.bins.back());
}

TEST(Binning, bins_are_monotone_large_enough_and_few_whatever_the_data) {
  const BinningOptions options{.bins_max = 6};
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto truth = seed % 3 == 0 ? rising : seed % 3 == 1 ? step : flat;
    const Column column(seed, 40 + 37 * seed, 0.2, truth);
    const Binning binning = fit_binning(column.values, column.good, options);
    ASSERT_LE(binning.bins.size(), 6U);
    std::vector<double> evidence;
    std::size_t rows = binning.missing.rows;
    for (const Bin& bin : binning.bins) {
      evidence.push_back(bin.woe);
      rows += bin.rows;
      if (binning.bins.size() > 1) {
        EXPECT_GE(std::min(bin.repaid, bin.rows - bin.repaid), options.rarer_rows_min);
      }
    }
    EXPECT_EQ(rows, column.values.size());
    EXPECT_TRUE(std::ranges::is_sorted(evidence) || std::ranges::is_sorted(evidence, std::greater<>())) << seed;
  }
}

TEST(Binning, the_order_of_rows_changes_nothing) {
  Column column(3, 3000, 0.3, rising);
  const Binning before = fit_binning(column.values, column.good);
  std::vector<std::size_t> order(column.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random(9).shuffle(std::span(order));
  Column shuffled(3, 0, 0.3, rising);
  for (const std::size_t i : order) {
    shuffled.values.push_back(column.values[i]);
    shuffled.good.push_back(column.good[i]);
  }
  const Binning after = fit_binning(shuffled.values, shuffled.good);
  EXPECT_EQ(before.edges, after.edges);
  EXPECT_EQ(before.information_value, after.information_value);
  for (const double value : {0.0, 0.25, 0.5, 0.75, 1.0, kNone}) {
    EXPECT_EQ(before.bin_of(value).woe, after.bin_of(value).woe);
  }
}

TEST(Binning, nothing_present_and_one_value_are_one_bin) {
  const std::vector<double> none(20, kNone), same(20, 3.0);
  std::vector<double> good(20, 0.0);
  std::ranges::fill(std::span(good).first(8), 1.0);
  EXPECT_EQ(fit_binning(none, good).bins.size(), 1U);
  EXPECT_EQ(fit_binning(none, good).bin_of(5.0).woe, 0.0);
  EXPECT_EQ(fit_binning(same, good).bins.size(), 1U);
}

}  // namespace
}  // namespace asof
