// Makes logged decisions again: the rows as the store knew them, the bundle of then, and the one Scorer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/decision_log.h"

namespace asof {

/// The first decision that came out differently, and how.
struct ReplayFault {
  std::int64_t sequence = 0;
  std::string what;
};

class Replay {
 public:
  /// Throws what loading the bundles and opening the store throws.
  Replay(const std::vector<std::filesystem::path>& bundles, std::filesystem::path store);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  void check(std::int64_t sequence, const Decision& decision);

  std::int64_t replayed() const { return replayed_; }
  std::int64_t differing() const { return differing_; }
  const std::optional<ReplayFault>& first_fault() const { return first_fault_; }
  /// "lender 498394ccafa616d1" and how many decisions were made by it, for bundles that are not at hand.
  const std::map<std::string, std::int64_t>& missing_bundles() const { return missing_bundles_; }

 private:
  struct Maker;
  const Maker* maker_of(const Decision& decision);

  std::filesystem::path store_;
  std::map<std::string, std::filesystem::path> bundles_;                           // by version
  std::map<std::pair<std::string, double>, std::unique_ptr<const Maker>> makers_;  // by version and prior
  std::int64_t replayed_ = 0;
  std::int64_t differing_ = 0;
  std::optional<ReplayFault> first_fault_;
  std::map<std::string, std::int64_t> missing_bundles_;
};

}  // namespace asof
