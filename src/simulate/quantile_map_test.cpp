#include "simulate/quantile_map.h"

#include <gtest/gtest.h>

namespace asof::simulation {
namespace {

constexpr Anchor kAnchors[] = {{0, 1}, {.5, 100}, {1, 10'000}};

TEST(QuantileMap, gives_its_anchors) {
  const QuantileMap map(kAnchors, Interpolation::kLogarithmic);
  EXPECT_DOUBLE_EQ(map.at(0), 1);
  EXPECT_NEAR(map.at(.5), 100, 1e-12);
  EXPECT_NEAR(map.at(1), 10'000, 1e-10);
  EXPECT_NEAR(map.of_normal(0), 100, 1e-12);
}

TEST(QuantileMap, interpolates_the_logarithm_or_the_value) {
  EXPECT_NEAR(QuantileMap(kAnchors, Interpolation::kLogarithmic).at(.25), 10, 1e-13);
  EXPECT_NEAR(QuantileMap(kAnchors, Interpolation::kLinear).at(.25), 50.5, 1e-13);
}

}  // namespace
}  // namespace asof::simulation
