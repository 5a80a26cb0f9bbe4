// Elementary functions whose bits do not depend on the processor. The C library chooses another exp or log
// where the processor has fused multiply-add; a score must not. Built from +, -, *, / and sqrt alone, which IEEE 754
// fixes.
#pragma once

namespace asof {

double portable_exp(double x);            ///< e^x; error below 1 unit in the last place; 0 and inf beyond the range.
double portable_log(double x);            ///< natural logarithm; NaN below 0, -inf at 0.
double portable_log1p(double x);          ///< log(1 + x), exact also for small x.
double portable_pow(double x, double y);  ///< x^y for x > 0.
double portable_sin(double x);            ///< |x| <= 1e6.
double portable_cos(double x);

/// 1 / (1 + e^-x): log-odds to probability.
double sigmoid(double log_odds);

/// log(p / (1 - p)): probability to log-odds.
double logit(double probability);

/// Standard normal distribution function and its inverse (Wichura's AS 241, double precision).
double normal_cdf(double x);
double normal_quantile(double probability);

}  // namespace asof
