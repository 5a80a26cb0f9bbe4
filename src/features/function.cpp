#include "features/function.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>

#include "asof/table.h"
#include "base/elementary.h"
#include "features/local_calendar.h"

namespace asof {
namespace {

using Arguments = std::span<const double>;

constexpr ValueType kOneNumber[] = {ValueType::kNumber};
constexpr ValueType kTwoNumbers[] = {ValueType::kNumber, ValueType::kNumber};
constexpr ValueType kOneTime[] = {ValueType::kTime};
constexpr ValueType kChoice[] = {ValueType::kCondition, ValueType::kNumber, ValueType::kNumber};

/// What clocks of the declared zone show, in microseconds.
std::int64_t local(double time, const Moment& moment) {
  return local_microseconds(static_cast<std::int64_t>(time), moment.zone);
}

double absolute(Arguments x, const Moment&) { return std::abs(x[0]); }
double square_root(Arguments x, const Moment&) { return x[0] < 0 ? kMissing : std::sqrt(x[0]); }
double exponential(Arguments x, const Moment&) { return portable_exp(x[0]); }
double logarithm(Arguments x, const Moment&) { return x[0] > 0 ? portable_log(x[0]) : kMissing; }
double logarithm_1p(Arguments x, const Moment&) { return x[0] > -1 ? portable_log1p(x[0]) : kMissing; }

/// A missing argument is passed over; missing when all are.
double least(Arguments x, const Moment&) {
  double best = kMissing;
  for (const double value : x) best = is_missing(best) || value < best ? value : best;
  return best;
}

double greatest(Arguments x, const Moment&) {
  double best = kMissing;
  for (const double value : x) best = is_missing(best) || value > best ? value : best;
  return best;
}

double choose(Arguments x, const Moment&) { return is_missing(x[0]) ? kMissing : x[0] != 0 ? x[1] : x[2]; }
double coalesce(Arguments x, const Moment&) { return is_missing(x[0]) ? x[1] : x[0]; }

double hour(Arguments x, const Moment& moment) {
  return is_missing(x[0]) ? kMissing : static_cast<double>(hour_of(local(x[0], moment)));
}

double weekday(Arguments x, const Moment& moment) {
  return is_missing(x[0]) ? kMissing : static_cast<double>(weekday_of(local(x[0], moment)));
}

// A time of the day, week or month as a place on a circle, so that its last moment is near to its first.
double day_angle(double time, const Moment& moment) {
  const std::int64_t at = local(time, moment);
  const std::int64_t of_day = at - divide_down(at, kDay.microseconds) * kDay.microseconds;
  return 2.0 * std::numbers::pi * in_days(Duration{of_day});
}

double week_angle(double time, const Moment& moment) {
  constexpr double kDaysPerWeek = 7.0;
  return 2.0 * std::numbers::pi * static_cast<double>(weekday_of(local(time, moment))) / kDaysPerWeek;
}

double month_angle(double time, const Moment& moment) {
  const std::chrono::days day(divide_down(local(time, moment), kDay.microseconds));
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const auto length = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  return 2.0 * std::numbers::pi * (static_cast<unsigned>(date.day()) - 1U) / length;
}

template <double (*kAngle)(double, const Moment&), double (*kCoordinate)(double)>
double on_circle(Arguments x, const Moment& moment) {
  return is_missing(x[0]) ? kMissing : kCoordinate(kAngle(x[0], moment));
}

double age_days(Arguments x, const Moment& moment) {
  if (is_missing(x[0])) return kMissing;
  return in_days(moment.cutoff - Timestamp{static_cast<std::int64_t>(x[0])});
}

/// ln(1 + x) as it stands loses a small x; divided by what became of x, the loss cancels.
constexpr std::string_view kLog1p =
    "case when 1 + {1} = 1 then {1} when {1} > -1 then ln(1 + {1}) * {1} / ((1 + {1}) - 1) end";

constexpr auto kFunctions = std::to_array<Function>({
    {"abs",
     "The value without its sign.",
     {.phrase = "absolute value of {1}", .unit = "{value}"},
     kOneNumber,
     ValueType::kNumber,
     false,
     absolute,
     "abs({1})"},
    {"sqrt",
     "Square root; missing below 0.",
     {.phrase = "square root of {1}"},
     kOneNumber,
     ValueType::kNumber,
     false,
     square_root,
     "case when {1} >= 0 then sqrt({1}) end"},
    {"exp",
     "e to the power of the value.",
     {.phrase = "exponential of {1}"},
     kOneNumber,
     ValueType::kNumber,
     false,
     exponential,
     "exp({1})"},
    {"log",
     "Natural logarithm; missing at 0 and below.",
     {.phrase = "logarithm of {1}"},
     kOneNumber,
     ValueType::kNumber,
     false,
     logarithm,
     "case when {1} > 0 then ln({1}) end"},
    {"log1p",
     "Natural logarithm of 1 + value; missing at -1 and below.",
     {.phrase = "logarithm of 1 plus {1}"},
     kOneNumber,
     ValueType::kNumber,
     false,
     logarithm_1p,
     kLog1p},
    {"least",
     "The smallest of the values; missing ones are passed over.",
     {.phrase = "minimum of {all}", .unit = "{value}"},
     kTwoNumbers,
     ValueType::kNumber,
     true,
     least,
     "least({all})"},
    {"greatest",
     "The largest of the values; missing ones are passed over.",
     {.phrase = "maximum of {all}", .unit = "{value}"},
     kTwoNumbers,
     ValueType::kNumber,
     true,
     greatest,
     "greatest({all})"},
    {"if",
     "The second value where the condition is true, else the third; missing where the condition is.",
     {.phrase = "{2} if {1}, else {3}", .unit = "{value}"},
     kChoice,
     ValueType::kNumber,
     false,
     choose,
     "case when {1} then {2} when not {1} then {3} end"},
    {"coalesce",
     "The first value, or the second where the first is missing.",
     {.phrase = "{1}, or {2} where that is unknown", .unit = "{value}"},
     kTwoNumbers,
     ValueType::kNumber,
     false,
     coalesce,
     "coalesce({1}, {2})"},
    {"hour",
     "Hour of the day, 0 to 23, in the project's time zone.",
     {.phrase = "hour of the day{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     hour,
     "extract(hour from {local})"},
    {"weekday",
     "Day of the week in the project's time zone: Monday is 0.",
     {.phrase = "day of the week{at}, Monday being 0,", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     weekday,
     "extract(isodow from {local}) - 1"},
    {"hour_sin",
     "Sine of the hour of the day (with minutes and seconds) on a circle, in the project's time zone.",
     {.phrase = "sine of the hour of the day{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     on_circle<day_angle, portable_sin>},
    {"hour_cos",
     "Cosine of the hour of the day (with minutes and seconds) on a circle, in the project's time zone.",
     {.phrase = "cosine of the hour of the day{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     on_circle<day_angle, portable_cos>},
    {"weekday_sin",
     "Sine of the day of the week on a circle, in the project's time zone.",
     {.phrase = "sine of the day of the week{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     on_circle<week_angle, portable_sin>},
    {"weekday_cos",
     "Cosine of the day of the week on a circle, in the project's time zone.",
     {.phrase = "cosine of the day of the week{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     on_circle<week_angle, portable_cos>},
    {"month_day_sin",
     "Sine of the day of the month on a circle, in the project's time zone.",
     {.phrase = "sine of the day of the month{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     on_circle<month_angle, portable_sin>},
    {"month_day_cos",
     "Cosine of the day of the month on a circle, in the project's time zone.",
     {.phrase = "cosine of the day of the month{at}", .degree = Degree::kNone},
     kOneTime,
     ValueType::kNumber,
     false,
     on_circle<month_angle, portable_cos>},
    {"age_days",
     "Days from the time to the application.",
     {.phrase = "time from {1} to the application", .unit = "days", .degree = Degree::kShort},
     kOneTime,
     ValueType::kNumber,
     false,
     age_days,
     "({cutoff} - {1}) / 86400e6",
     true},
});

}  // namespace

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::kNumber:
      return "a number";
    case ValueType::kCondition:
      return "a condition";
    case ValueType::kTime:
      return "a time";
    case ValueType::kText:
      break;
  }
  return "a text";
}

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name) {
  const auto place = std::ranges::find(kFunctions, name, &Function::name);
  return place == kFunctions.end() ? nullptr : &*place;
}

}  // namespace asof
