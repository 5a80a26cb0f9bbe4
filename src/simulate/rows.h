// The rows of the phone's logs as the simulator handles them, before they become tables.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "asof/time.h"

namespace asof::simulation {

/// The lender's clocks show UTC + 3 h all year; days and hours below are days and hours there.
inline constexpr Duration kLocalOffset{3 * kHour.microseconds};

/// Midnight at the start of the local day of `time`.
Timestamp local_midnight(Timestamp time);

/// 0 to 23.
int local_hour(Timestamp time);

/// From 0 h to before 6 h local time.
bool at_night(Timestamp time);

inline constexpr std::uint16_t kNoName = 0xFFFF;
inline constexpr std::uint32_t kNoSession = 0;

/// Names are indices into the lists of names.h.
struct Event {
  Timestamp time;
  Timestamp received_at = kNoTime;
  std::int64_t id = 0;
  std::uint32_t session = kNoSession;  // the user's own numbering, from 1
  std::uint32_t batch = 0;             // events sent by the phone together
  std::uint16_t screen = 0;
  std::uint16_t action = 0;
  std::uint16_t network = kNoName;
};

struct Fix {
  Timestamp time;
  Timestamp received_at = kNoTime;
  std::int64_t id = 0;
  double accuracy_metres = 0.0;
  double speed = 0.0;  // metres per second; -1: unknown
  double latitude = 0.0;
  double longitude = 0.0;
  std::uint16_t provider = 0;
};

inline constexpr double kUnknownSpeed = -1.0;

struct Rows {
  std::vector<Event> events;
  std::vector<Fix> fixes;
};

}  // namespace asof::simulation
