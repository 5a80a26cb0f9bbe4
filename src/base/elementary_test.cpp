// Oracle: the C library's long double functions, which carry 11 bits more than a double.
#include "base/elementary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "base/random.h"

namespace asof {
namespace {

/// |got - wanted| in units of the last place of `wanted`.
double error_in_ulps(double got, long double wanted) {
  const auto nearest = static_cast<double>(wanted);
  if (got == nearest && (nearest == 0.0 || std::isinf(nearest))) return 0.0;
  const double spacing = std::nextafter(std::abs(nearest), std::numeric_limits<double>::infinity()) - std::abs(nearest);
  return static_cast<double>(std::abs(static_cast<long double>(got) - wanted) / spacing);
}

double largest_error_in_ulps(const std::function<double(double)>& function,
                             const std::function<long double(long double)>& oracle,
                             const std::function<double(Random&)>& draw) {
  Random random(20250331);
  double largest = 0.0;
  for (int i = 0; i < 400'000; ++i) {
    const double x = draw(random);
    largest = std::max(largest, error_in_ulps(function(x), oracle(x)));
  }
  return largest;
}

double between(Random& random, double low, double high) { return low + (high - low) * random.uniform(); }

/// Numbers of every magnitude from 2^low to 2^high.
double of_any_size(Random& random, int low, int high) {
  return std::ldexp(1.0 + random.uniform(),
                    low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low))));
}

using LongDouble = long double (*)(long double);

TEST(Elementary, exp_is_within_three_quarters_of_an_ulp) {
  const auto exp = static_cast<LongDouble>(std::exp);
  EXPECT_LT(largest_error_in_ulps(portable_exp, exp, [](Random& r) { return between(r, -708, 709.7); }), 0.75);
  EXPECT_LT(largest_error_in_ulps(portable_exp, exp, [](Random& r) { return between(r, -1, 1); }), 0.75);
  EXPECT_LT(largest_error_in_ulps(portable_exp, exp, [](Random& r) { return between(r, -745, -708); }), 1.0);
  EXPECT_LT(largest_error_in_ulps(portable_exp, exp, [](Random& r) { return -of_any_size(r, -60, 0); }), 0.75);
}

TEST(Elementary, log_is_within_one_ulp) {
  const auto log = static_cast<LongDouble>(std::log);
  EXPECT_LT(largest_error_in_ulps(portable_log, log, [](Random& r) { return of_any_size(r, -1070, 1023); }), 0.8);
  EXPECT_LT(largest_error_in_ulps(portable_log, log, [](Random& r) { return between(r, 0.5, 2); }), 0.8);
  const auto log1p = static_cast<LongDouble>(std::log1p);
  EXPECT_LT(largest_error_in_ulps(portable_log1p, log1p, [](Random& r) { return between(r, -0.999, 3); }), 1.0);
  EXPECT_LT(largest_error_in_ulps(portable_log1p, log1p, [](Random& r) { return of_any_size(r, -300, 300); }), 1.0);
  EXPECT_LT(largest_error_in_ulps(portable_log1p, log1p, [](Random& r) { return -of_any_size(r, -300, -1); }), 1.0);
}

TEST(Elementary, pow_is_within_one_ulp) {
  Random random(7);
  double largest = 0.0;
  for (int i = 0; i < 400'000; ++i) {
    const double x = i % 2 == 0 ? of_any_size(random, -1000, 1000) : between(random, 0.5, 2);
    const double reach = 700.0 / std::abs(std::log(x));
    const double y = between(random, -1, 1) * std::min(reach, 1e9);
    largest = std::max(largest, error_in_ulps(portable_pow(x, y), std::pow(static_cast<long double>(x), y)));
  }
  EXPECT_LT(largest, 0.8);
}

TEST(Elementary, sine_and_cosine_are_within_one_ulp) {
  const auto sin = static_cast<LongDouble>(std::sin);
  const auto cos = static_cast<LongDouble>(std::cos);
  const auto wide = [](Random& r) { return between(r, -1e6, 1e6); };
  const auto narrow = [](Random& r) { return between(r, -7, 7); };
  EXPECT_LT(largest_error_in_ulps(portable_sin, sin, wide), 0.85);
  EXPECT_LT(largest_error_in_ulps(portable_sin, sin, narrow), 0.85);
  EXPECT_LT(largest_error_in_ulps(portable_cos, cos, wide), 0.85);
  EXPECT_LT(largest_error_in_ulps(portable_cos, cos, narrow), 0.85);
  const double nearly_pi = 0x1.921fb54442d18p+1;
  EXPECT_LT(error_in_ulps(portable_sin(nearly_pi), std::sin(static_cast<long double>(nearly_pi))), 1.0);
}

TEST(Elementary, normal_cdf_is_accurate_in_the_tail_too) {
  Random random(11);
  double largest = 0.0;
  for (int i = 0; i < 400'000; ++i) {
    const double x = between(random, -37, 8);
    const long double wanted = 0.5L * std::erfc(-static_cast<long double>(x) / std::sqrt(2.0L));
    largest = std::max(largest, static_cast<double>(std::abs(normal_cdf(x) - wanted) / wanted));
  }
  EXPECT_LT(largest, 2e-15);
}

// Oracle: Wichura's paper gives these three quantiles for checking an implementation.
TEST(Elementary, normal_quantile_gives_the_published_values) {
  EXPECT_NEAR(normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167814, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 1e-14);
}

TEST(Elementary, normal_quantile_undoes_normal_cdf) {
  Random random(13);
  for (int i = 0; i < 100'000; ++i) {
    const double x = between(random, -37, 1);
    EXPECT_NEAR(normal_quantile(normal_cdf(x)), x, 1e-14 * std::max(1.0, std::abs(x)));
  }
}

TEST(Elementary, logit_undoes_sigmoid) {
  for (const double x : {-700.0, -30.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 20.0})
    EXPECT_NEAR(logit(sigmoid(x)), x, 1e-7 * std::abs(x) + 1e-16) << x;
  EXPECT_EQ(sigmoid(0.0), 0.5);
  EXPECT_EQ(sigmoid(-800.0), 0.0);
  EXPECT_EQ(sigmoid(800.0), 1.0);
}

TEST(Elementary, edges_are_those_of_the_standard) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(portable_exp(infinity), infinity);
  EXPECT_EQ(portable_exp(-infinity), 0.0);
  EXPECT_EQ(portable_exp(0.0), 1.0);
  EXPECT_TRUE(std::isnan(portable_exp(std::nan(""))));
  EXPECT_EQ(portable_log(0.0), -infinity);
  EXPECT_EQ(portable_log(infinity), infinity);
  EXPECT_TRUE(std::isnan(portable_log(-1.0)));
  EXPECT_EQ(portable_log(1.0), 0.0);
  EXPECT_EQ(portable_log1p(-1.0), -infinity);
  EXPECT_EQ(portable_pow(2.0, 10.0), 1024.0);
  EXPECT_EQ(portable_pow(10.0, -400.0), 0.0);
  EXPECT_EQ(portable_pow(10.0, 400.0), infinity);
  EXPECT_EQ(portable_pow(0.0, 2.0), 0.0);
  EXPECT_EQ(portable_sin(0.0), 0.0);
  EXPECT_EQ(portable_cos(0.0), 1.0);
  EXPECT_TRUE(std::isnan(portable_sin(infinity)));
  EXPECT_DOUBLE_EQ(normal_cdf(0.0), 0.5);
  EXPECT_EQ(normal_cdf(-infinity), 0.0);
  EXPECT_EQ(normal_cdf(infinity), 1.0);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_EQ(normal_quantile(0.0), -infinity);
  EXPECT_EQ(normal_quantile(1.0), infinity);
  EXPECT_TRUE(std::isnan(normal_quantile(1.5)));
}

}  // namespace
}  // namespace asof
