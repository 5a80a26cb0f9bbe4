// Every plant has draws of its own, so that planting one does not change another.
#include "simulate/plants.h"

#include <vector>

#include "asof/error.h"
#include "base/format.h"
#include "simulate/draws.h"
#include "simulate/history.h"
#include "simulate/names.h"

namespace asof::simulation {
namespace {

/// The stream of a user for plants is cut into one per plant by the seed.
Draws draws_for(const Export& written, std::uint64_t plant) {
  constexpr std::uint64_t kSeedStep = 0x9E3779B97F4A7C15;
  return {written.seed + plant * kSeedStep, written.applicant.person.number, Purpose::kPlants};
}

void plant_undated(const Export& written) {
  constexpr std::size_t kFeature9 = 8;
  Draws draws = draws_for(written, 1);
  written.attributes[kFeature9] += static_cast<double>(draws.poisson(written.applicant.repaid ? .1 : .6));
}

void plant_clock(const Export& written) {
  constexpr Duration kLate{3 * kHour.microseconds};
  for (Event& event : written.rows.events) event.time = event.time + kLate;
}

template <class Row>
void repeat_some(std::vector<Row>& rows, Draws& draws) {
  constexpr double kShareRepeated = .02;
  const std::size_t count = rows.size();
  for (std::size_t i = 0; i < count; ++i)
    if (draws.chance(kShareRepeated)) rows.push_back(Row(rows[i]));
}

void plant_duplicates(const Export& written) {
  Draws draws = draws_for(written, 2);
  repeat_some(written.rows.events, draws);
  repeat_some(written.rows.fixes, draws);
}

void plant_known_late(const Export& written) {
  constexpr double kHoursBefore = 5 * 24.0;
  constexpr double kHoursAfter = 20 * 24.0;
  constexpr double kHoursMore = 10 * 24.0;
  Draws draws = draws_for(written, 3);
  const Timestamp applied = written.applicant.person.application_at;
  const std::int64_t notes = draws.poisson(written.applicant.repaid ? .1 : 1.6);
  for (std::int64_t i = 0; i < notes; ++i) {
    Event note;
    note.time = applied - from_hours(kHoursBefore * draws.unit());
    note.received_at = applied + from_hours(kHoursAfter + draws.exponential(kHoursMore));
    note.id = written.rows.events.back().id + 1;
    note.screen = kNoticeScreen;
    note.action = kCollectorCall;
    written.rows.events.push_back(note);
  }
}

constexpr Plant kPlants[] = {
    {"undated", "feature_9 was snapshotted after the outcome", false, plant_undated},
    {"clock", "the clock of the event log is 3 h late", false, plant_clock},
    {"known_late", "collectors' notes dated to before the application, received after it", true, plant_known_late},
    {"duplicates", "2 % of the rows of the logs are there twice", false, plant_duplicates},
};

}  // namespace

std::span<const Plant> plants() { return kPlants; }

const Plant& plant_of(std::string_view name) {
  std::vector<std::string> known;
  for (const Plant& plant : kPlants) {
    if (plant.name == name) return plant;
    known.emplace_back(plant.name);
  }
  throw Error(Error::kUsage, format("unknown plant `{}`{}", name, did_you_mean(name, known)));
}

}  // namespace asof::simulation
