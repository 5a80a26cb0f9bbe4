// Local days and hours of moments.
#include "simulate/rows.h"

namespace asof::simulation {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

Timestamp local_midnight(Timestamp time) {
  const std::int64_t day = floor_divide((time + kLocalOffset).microseconds, kDay.microseconds);
  return Timestamp{day * kDay.microseconds} - kLocalOffset;
}

int local_hour(Timestamp time) {
  return static_cast<int>((time - local_midnight(time)).microseconds / kHour.microseconds);
}

bool at_night(Timestamp time) {
  constexpr int kNightEndsAtHour = 6;
  return local_hour(time) < kNightEndsAtHour;
}

}  // namespace asof::simulation
