// Faults planted on purpose, so that a pipeline can be shown to find or withstand them. None changes the truth.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "simulate/applicant.h"
#include "simulate/rows.h"

namespace asof::simulation {

/// What is about to be written about one applicant.
struct Export {
  const Applicant& applicant;
  std::uint64_t seed;
  Rows& rows;
  Attributes& attributes;
};

struct Plant {
  std::string_view name;
  std::string_view summary;
  bool needs_arrival;
  void (*spoil)(const Export& written);
};

std::span<const Plant> plants();

/// Throws Error::kUsage with the nearest names.
const Plant& plant_of(std::string_view name);

}  // namespace asof::simulation
