// What the operators of the language do with two values. Missing values stay missing; conditions have three values: 1,
// 0 and missing. Internal to the features layer.
#pragma once

#include <functional>

#include "asof/error.h"
#include "asof/table.h"
#include "features/step.h"

namespace asof {

inline bool is_true(double condition) { return condition == 1.0; }
inline double condition(bool holds) { return holds ? 1.0 : 0.0; }

inline double divide(double a, double b) { return b == 0.0 ? kMissing : a / b; }

/// False and missing is false; true and missing is missing.
inline double both(double a, double b) {
  if (a == 0.0 || b == 0.0) return 0.0;
  return is_missing(a) || is_missing(b) ? kMissing : 1.0;
}

inline double either(double a, double b) {
  if (is_true(a) || is_true(b)) return 1.0;
  return is_missing(a) || is_missing(b) ? kMissing : 0.0;
}

template <class Holds>
struct Comparison {
  double operator()(double a, double b) const {
    return is_missing(a) || is_missing(b) ? kMissing : condition(Holds()(a, b));
  }
};

/// Calls `use` with the function of one value that `op` stands for.
template <class Use>
void with_unary(Op op, const Use& use) {
  switch (op) {
    case Op::kNegate:
      return use([](double value) { return -value; });
    case Op::kNot:
      return use([](double value) { return is_missing(value) ? kMissing : condition(!is_true(value)); });
    case Op::kIsMissing:
      return use([](double value) { return condition(is_missing(value)); });
    default:
      throw Error(Error::kInternal, "an operator without a meaning");
  }
}

/// Calls `use` with the function of two values that `op` stands for.
template <class Use>
void with_binary(Op op, const Use& use) {
  switch (op) {
    case Op::kAdd:
      return use(std::plus<>());
    case Op::kSubtract:
      return use(std::minus<>());
    case Op::kMultiply:
      return use(std::multiplies<>());
    case Op::kDivide:
      return use(divide);
    case Op::kEqual:
      return use(Comparison<std::equal_to<>>());
    case Op::kNotEqual:
      return use(Comparison<std::not_equal_to<>>());
    case Op::kLess:
      return use(Comparison<std::less<>>());
    case Op::kLessEqual:
      return use(Comparison<std::less_equal<>>());
    case Op::kGreater:
      return use(Comparison<std::greater<>>());
    case Op::kGreaterEqual:
      return use(Comparison<std::greater_equal<>>());
    case Op::kAnd:
      return use(both);
    case Op::kOr:
      return use(either);
    default:
      throw Error(Error::kInternal, "an operator without a meaning");
  }
}

/// The value of a literal: a number, perhaps with minuses before it.
inline double constant(const Step& step) {
  return step.op == Op::kNegate ? -constant(step.children.front()) : step.number;
}

}  // namespace asof
