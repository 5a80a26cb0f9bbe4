// Times and lengths of time as texts: whatever the text, it is read or refused with an Error; what was read can be
// written and read again, and the memory of the last zone used changes no answer.
#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "asof/error.h"
#include "asof/time.h"
#include "fuzz/target.h"

namespace asof {
namespace {

constexpr Timestamp kYear1{-62'135'596'800'000'000};
constexpr Timestamp kYear10000{253'402'300'800'000'000};

/// The zones: UTC, none, without changes of the clock, with whole hours, with half an hour, behind UTC.
const std::array<TimeZone, 6>& zones() {
  static const std::array<TimeZone, 6> all = {TimeZone::named("UTC"),
                                              TimeZone(),
                                              TimeZone::named("Africa/Nairobi"),
                                              TimeZone::named("Europe/Berlin"),
                                              TimeZone::named("Australia/Lord_Howe"),
                                              TimeZone::named("America/New_York")};
  return all;
}

/// Nothing when `work` refuses with an Error; everything else that it throws is a finding.
template <class Work>
auto unless_refused(const Work& work) -> std::optional<decltype(work())> {
  try {
    return work();
  } catch (const Error&) {
    return std::nullopt;
  }
}

void expect(bool holds, std::string_view text, const std::string& what) {
  if (!holds) throw std::logic_error("`" + std::string(text) + "`: " + what);
}

void read_in(std::string_view text, const TimeZone& zone) {
  const auto parse = [&] { return parse_timestamp(text, zone); };
  const std::optional<Timestamp> time = unless_refused(parse);
  expect(time == unless_refused(parse), text, "read twice in " + zone.name() + ", two answers");
  if (!time) return;
  const std::string written = to_string(*time);
  if (kYear1 <= *time && *time < kYear10000)
    expect(parse_timestamp(written, TimeZone()) == *time, text, "written as " + written + ", read as another time");
  if (!zone.given()) return;
  const std::optional<std::int64_t> local = unless_refused([&] { return zone.to_local(*time); });
  if (!local) return;
  // Refused where clocks show the local time twice.
  const std::optional<Timestamp> back = unless_refused([&] { return zone.to_utc(*local); });
  expect(!back || *back == *time, text, "another time after a visit to " + zone.name());
}

/// What is no time in UTC is none in any zone: most texts end there, so that more of them can be tried.
void read_time(std::string_view text) {
  if (!unless_refused([&] { return parse_timestamp(text, zones().front()); })) return;
  for (const TimeZone& zone : zones()) read_in(text, zone);
}

void read_duration(std::string_view text) {
  const std::optional<Duration> length = unless_refused([&] { return parse_duration(text); });
  if (length) expect(parse_duration(to_string(*length)) == *length, text, "written and read as another length");
}

}  // namespace
}  // namespace asof

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  asof::read_time(text);
  asof::read_duration(text);
  return 0;
}
