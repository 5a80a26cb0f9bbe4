// Elementary functions with the same bits on every processor (see the header for why).
//
// One pattern throughout: split the argument so that the rest is small, sum the Taylor series of the rest, and add the
// largest terms last with their rounding errors kept. Constants in two or more parts ("high" and "low") hold more than
// 53 bits; a high part ends in zeros so that its product with a small integer is exact.
#include "base/elementary.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace asof {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLog2High = 0x1.62e42fefa3800p-1;  // 42 bits
constexpr double kLog2Low = 0x1.ef35793c76730p-45;
constexpr int kMantissaBits = 52;
constexpr int kExponentBias = 1023;

/// An unevaluated sum of two doubles: about 106 bits.
struct Wide {
  double high = 0.0;
  double low = 0.0;
};

/// a + b exactly (Knuth).
Wide exact_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// a * b exactly (Dekker), without fused multiply-add. |a|, |b| < 2^996.
Wide exact_product(double a, double b) {
  constexpr double kSplit = 134217729.0;  // 2^27 + 1 cuts a mantissa into halves
  const double a_scaled = kSplit * a;
  const double b_scaled = kSplit * b;
  const double a_high = a_scaled - (a_scaled - a);
  const double b_high = b_scaled - (b_scaled - b);
  const double a_low = a - a_high;
  const double b_low = b - b_high;
  const double product = a * b;
  return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

Wide add(Wide a, Wide b) {
  const Wide sum = exact_sum(a.high, b.high);
  return exact_sum(sum.high, sum.low + (a.low + b.low));
}

Wide multiply(Wide a, Wide b) {
  const Wide product = exact_product(a.high, b.high);
  return exact_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/// c[0] + c[1] x + c[2] x^2 + ... by Estrin's scheme: neighbours are joined into a polynomial of half the length in
/// x^2. Fewer steps wait for one another than in Horner's rule.
template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  if constexpr (N == 1) {
    return coefficients[0];
  } else {
    std::array<double, (N + 1) / 2> joined;
    for (std::size_t i = 0; i < N / 2; ++i) joined[i] = coefficients[2 * i] + coefficients[2 * i + 1] * x;
    if constexpr (N % 2 == 1) joined[N / 2] = coefficients[N - 1];
    return polynomial(joined, x * x);
  }
}

/// Coefficients made by `term(i)`, at compile time.
template <std::size_t N, class Term>
constexpr std::array<double, N> coefficients(Term term) {
  std::array<double, N> values{};
  for (std::size_t i = 0; i < N; ++i) values[i] = term(static_cast<int>(i));
  return values;
}

constexpr double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

/// 2^exponent for a normal result.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kExponentBias) << kMantissaBits);
}

double nearest_integer(double x) { return std::floor(x + 0.5); }

/// value * 2^exponent; in two steps, so that results too small for a normal number round once.
double scale(double value, int exponent) {
  const int half = exponent / 2;
  return value * power_of_two(half) * power_of_two(exponent - half);
}

/// e^(x + low), |low| much smaller than |x|.
double exp_of_sum(double x, double low) {
  constexpr double kLargest = 709.782712893384;
  constexpr double kSmallest = -745.2;
  constexpr double kLog2Inverse = 0x1.71547652b82fep+0;
  // (e^r - 1 - r) / r^2 = 1/2! + r/3! + ...; with |r| <= 0.35 the first term left out is below 2^-60.
  constexpr auto kSeries = coefficients<13>([](int i) { return 1.0 / factorial(i + 2); });
  if (std::isnan(x)) return x;
  if (x > kLargest) return kInfinity;
  if (x < kSmallest) return 0.0;
  const double k = nearest_integer(x * kLog2Inverse);
  const double r_high = x - k * kLog2High;
  const Wide r = exact_sum(r_high, low - k * kLog2Low);
  const Wide tail = exact_sum(r.high, r.high * r.high * polynomial(kSeries, r.high));
  const Wide value = exact_sum(1.0, tail.high);
  return scale(value.high + (value.low + (tail.low + r.low)), static_cast<int>(k));
}

/// A positive number as (1 + fraction) * 2^exponent with 1 + fraction in [sqrt(1/2), sqrt(2)); fraction is
/// exact.
struct Split {
  double fraction;
  int exponent;
};

Split split(double x) {
  constexpr double kSmallestNormal = 0x1p-1022;
  constexpr double kSquareRootOfHalf = 0x1.6a09e667f3bcdp-1;
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << kMantissaBits) - 1;
  int exponent = 0;
  if (x < kSmallestNormal) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> kMantissaBits) - (kExponentBias - 1);
  double mantissa = std::bit_cast<double>((bits & kMantissa) | std::bit_cast<std::uint64_t>(0.5));
  if (mantissa < kSquareRootOfHalf) {
    mantissa *= 2.0;
    --exponent;
  }
  return {mantissa - 1.0, exponent};
}

/// log((1 + f) * 2^exponent) + correction. With s = f / (2 + f): log(1 + f) = 2 s + 2 s^3/3 + 2 s^5/5 + ...,
/// where 2 s = f - f^2/2 + s f^2/2 keeps f, the largest term, free of the error of the division.
double log_of_split(double f, int exponent, double correction) {
  constexpr auto kSeries = coefficients<12>([](int i) { return 2.0 / (2 * i + 3); });
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double series = z * polynomial(kSeries, z);
  const double half_square = 0.5 * f * f;
  const double k = exponent;
  return k * kLog2High - ((half_square - (s * (half_square + series) + (k * kLog2Low + correction))) - f);
}

/// log(x) to about 2^-65 relative, for powers: their exponent is multiplied by up to 745.
Wide wide_log(double x) {
  constexpr auto kSeries = coefficients<12>([](int i) { return 1.0 / (2 * i + 7); });
  constexpr Wide kFifth{0x1.999999999999ap-3, -0x1.999999999999ap-57};
  constexpr Wide kThird{0x1.5555555555555p-2, 0x1.5555555555555p-56};
  const auto [f, exponent] = split(x);
  const Wide denominator = exact_sum(2.0, f);
  const double quotient = f / denominator.high;
  const Wide back = exact_product(quotient, denominator.high);
  const double rest = (((f - back.high) - back.low) - quotient * denominator.low) / denominator.high;
  const Wide s = exact_sum(quotient, rest);
  const Wide z = multiply(s, s);
  const Wide fifth = add(kFifth, {z.high * polynomial(kSeries, z.high), 0.0});
  const Wide series = multiply(z, add(kThird, multiply(z, fifth)));
  const Wide half = add(s, multiply(s, series));
  const double k = exponent;
  return add({k * kLog2High, k * kLog2Low}, {2.0 * half.high, 2.0 * half.low});
}

/// The part of an angle left over after whole quarter turns, |rest| <= pi/4, and which quarter it fell into.
struct Angle {
  Wide rest;
  int quarter;
};

Angle reduce(double x) {
  constexpr double kQuarterInverse = 0x1.45f306dc9c883p-1;
  constexpr double kQuarter[] = {0x1.921fb54400000p+0, 0x1.0b4611a600000p-34, 0x1.3198a2e000000p-69,
                                 0x1.b839a252049c1p-104};
  const double turns = nearest_integer(x * kQuarterInverse);
  Wide rest{x, 0.0};
  if (turns == 0.0) return {rest, 0};
  for (const double part : kQuarter) rest = add(rest, {-turns * part, 0.0});
  return {rest, static_cast<int>(static_cast<std::int64_t>(turns) & 3)};
}

double sin_of_rest(Wide r) {
  constexpr auto kSeries = coefficients<9>([](int i) { return (i % 2 == 0 ? -1.0 : 1.0) / factorial(2 * i + 3); });
  const double z = r.high * r.high;
  return r.high + (r.high * z * polynomial(kSeries, z) + r.low * (1.0 - 0.5 * z));
}

double cos_of_rest(Wide r) {
  constexpr auto kSeries = coefficients<9>([](int i) { return (i % 2 == 0 ? 1.0 : -1.0) / factorial(2 * i + 4); });
  const double z = r.high * r.high;
  const double half = 0.5 * z;
  const double start = 1.0 - half;
  return start + (((1.0 - start) - half) + (z * z * polynomial(kSeries, z) - r.high * r.low));
}

double sin_of_quarter(Wide rest, int quarter) {
  const double value = quarter % 2 == 0 ? sin_of_rest(rest) : cos_of_rest(rest);
  return quarter < 2 ? value : -value;
}

constexpr double kTrigonometricLimit = 1e6;

/// e^(x^2) erfc(x) for x >= 0: a Chebyshev series of (1 + 2 x) e^(x^2) erfc(x) in t = (x - 3.75) / (x
/// + 3.75), computed from its definition with 50 digits; the terms left out sum to less than 3e-18.
double scaled_erfc(double x) {
  constexpr double kCentre = 3.75;
  constexpr std::array<double, 26> kChebyshev = {
      1.1775789345674017541,      -0.0045900545806464773147,  -0.084249133366517915568,   0.059209939998191890513,
      -0.026658668435305752263,   0.0090749976707052651075,   -0.0024131635404176081784,  0.00049077583652580864354,
      -0.00006916973302501205383, 4.1390279860730184657e-6,   7.7403830661985571363e-7,   -2.1886401049233904754e-7,
      1.0764999465674018696e-8,   4.5219598112195554258e-9,   -7.7544002088372089128e-10, -6.3180883411296757436e-11,
      2.8687950105067366021e-11,  1.9455867946777674968e-13,  -9.6546968250201494874e-13, 3.2525472458239665787e-14,
      3.347810881982861283e-14,   -1.8645748394760978416e-15, -1.2508081473309068821e-15, 7.4168298769930766675e-17,
      5.066666387100808617e-17,   -2.252455122153458274e-18};
  const double t = (x - kCentre) / (x + kCentre);
  double next = 0.0;
  double after = 0.0;
  for (std::size_t i = kChebyshev.size() - 1; i > 0; --i) {  // Clenshaw
    const double value = 2.0 * t * next - after + kChebyshev[i];
    after = next;
    next = value;
  }
  return (t * next - after + kChebyshev[0]) / (1.0 + 2.0 * x);
}

/// The normal distribution's lower tail, P(Z < -x) for x >= 0. The square is cut in two, since e^(-x^2/2)
/// would multiply its rounding error by x^2/2.
double normal_tail(double x) {
  constexpr double kSquareRootOfHalf = 0x1.6a09e667f3bcdp-1;
  constexpr double kBeyond = 40.0;
  if (x > kBeyond) return 0.0;
  const double head = std::floor(x * 16.0) / 16.0;
  const double rest = (x - head) * (x + head);
  return 0.5 * exp_of_sum(-0.5 * head * head, 0.0) * exp_of_sum(-0.5 * rest, 0.0) * scaled_erfc(x * kSquareRootOfHalf);
}

}  // namespace

double portable_exp(double x) { return exp_of_sum(x, 0.0); }

double portable_log(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x <= 0.0) return x == 0.0 ? -kInfinity : kNaN;
  const auto [fraction, exponent] = split(x);
  return log_of_split(fraction, exponent, 0.0);
}

double portable_log1p(double x) {
  constexpr double kLowest = -0.29;  // in between, 1 + x needs no power of two, and x itself is the exact fraction
  constexpr double kHighest = 0.41;
  if (x > kLowest && x < kHighest) return x == 0.0 ? x : log_of_split(x, 0, 0.0);
  if (std::isnan(x) || x == kInfinity) return x;
  if (x <= -1.0) return x == -1.0 ? -kInfinity : kNaN;
  const Wide sum = exact_sum(1.0, x);
  const auto [fraction, exponent] = split(sum.high);
  return log_of_split(fraction, exponent, sum.low / sum.high);
}

double portable_pow(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (std::isnan(x) || std::isnan(y) || x < 0.0) return kNaN;
  if (x == 0.0 || x == kInfinity) return (x == 0.0) == (y < 0.0) ? kInfinity : 0.0;
  const Wide logarithm = wide_log(x);
  const double rough = y * logarithm.high;
  if (rough > 710.0) return kInfinity;
  if (rough < -746.0) return 0.0;
  if (std::abs(y) < 0x1p-900) return 1.0;
  const Wide product = multiply({y, 0.0}, logarithm);
  return exp_of_sum(product.high, product.low);
}

double portable_sin(double x) {
  if (!(std::abs(x) <= kTrigonometricLimit)) return kNaN;
  const Angle angle = reduce(x);
  return sin_of_quarter(angle.rest, angle.quarter);
}

double portable_cos(double x) {
  if (!(std::abs(x) <= kTrigonometricLimit)) return kNaN;
  const Angle angle = reduce(x);
  return sin_of_quarter(angle.rest, (angle.quarter + 1) & 3);
}

double sigmoid(double log_odds) {
  if (log_odds >= 0.0) return 1.0 / (1.0 + portable_exp(-log_odds));
  const double odds = portable_exp(log_odds);
  return odds / (1.0 + odds);
}

double logit(double probability) {
  const double rest = 1.0 - probability;
  // Around one half, 2p - 1 is exact while p / (1 - p) is not.
  if (probability > 0.25 && probability < 0.75) return portable_log1p((2.0 * probability - 1.0) / rest);
  return portable_log(probability / rest);
}

double normal_cdf(double x) {
  if (std::isnan(x)) return x;
  return x < 0.0 ? normal_tail(-x) : 1.0 - normal_tail(x);
}

// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
// (1988), routine PPND16: three quotients of polynomials; relative accuracy about 1e-16.
double normal_quantile(double probability) {
  constexpr std::array<double, 8> kCentralAbove = {
      3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
      4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr std::array<double, 8> kCentralBelow = {1.0,
                                                   4.2313330701600911252e1,
                                                   6.8718700749205790830e2,
                                                   5.3941960214247511077e3,
                                                   2.1213794301586595867e4,
                                                   3.9307895800092710610e4,
                                                   2.8729085735721942674e4,
                                                   5.2264952788528545610e3};
  constexpr std::array<double, 8> kMiddleAbove = {
      1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
      1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array<double, 8> kMiddleBelow = {1.0,
                                                  2.05319162663775882187e0,
                                                  1.67638483018380384940e0,
                                                  6.89767334985100004550e-1,
                                                  1.48103976427480074590e-1,
                                                  1.51986665636164571966e-2,
                                                  5.47593808499534494600e-4,
                                                  1.05075007164441684324e-9};
  constexpr std::array<double, 8> kTailAbove = {
      6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array<double, 8> kTailBelow = {1.0,
                                                5.99832206555887937690e-1,
                                                1.36929880922735805310e-1,
                                                1.48753612908506148525e-2,
                                                7.86869131145613259100e-4,
                                                1.84631831751005468180e-5,
                                                1.42151175831644588870e-7,
                                                2.04426310338993978564e-15};
  if (!(probability > 0.0 && probability < 1.0)) {
    if (probability == 0.0) return -kInfinity;
    return probability == 1.0 ? kInfinity : kNaN;
  }
  const double centred = probability - 0.5;
  if (std::abs(centred) <= 0.425) {
    const double r = 0.180625 - centred * centred;
    return centred * polynomial(kCentralAbove, r) / polynomial(kCentralBelow, r);
  }
  const double depth = std::sqrt(-portable_log(centred < 0.0 ? probability : 1.0 - probability));
  const double value = depth <= 5.0 ? polynomial(kMiddleAbove, depth - 1.6) / polynomial(kMiddleBelow, depth - 1.6)
                                    : polynomial(kTailAbove, depth - 5.0) / polynomial(kTailBelow, depth - 5.0);
  return centred < 0.0 ? -value : value;
}

}  // namespace asof
