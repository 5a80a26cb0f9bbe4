// The values that `for action in top(20, events.action):` stands for. They are learnt from training rows alone and are
// written out into ordinary definitions, which the bundle holds: scoring needs nothing else.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/labelled_applications.h"

namespace asof {

class FrequentValues {
 public:
  /// Reads nothing yet. `project` outlives it. Threads never change the result.
  FrequentValues(const Project& project, int threads) : project_(project), threads_(threads) {}

  /// At most `count` values of a column of texts, integers or booleans, as the source shows them, the most frequent
  /// first, equally frequent ones in the order of their texts. Counted are the rows known as of an application that no
  /// hold-out tests (`never_held_out`), each once. Throws Error::kInvalidInput, also when there is no value.
  std::vector<std::string> top(std::size_t count, std::string_view table, std::string_view column);

 private:
  using Counts = std::map<std::string, std::size_t>;

  const TableSpec& spec_of(std::string_view table, const std::string& column) const;
  void read_applications();
  Counts count(const TableSpec& spec, const std::string& column) const;

  const Project& project_;
  int threads_;
  std::optional<LabelledApplications> labelled_;
  std::vector<Timestamp> latest_;  ///< per entity: its last application that counts, kNoTime without one
};

}  // namespace asof
