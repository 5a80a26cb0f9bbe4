#include "features/sessions.h"

#include <unordered_map>

namespace asof {
namespace {

Sessions by_id(const Window& window) {
  std::unordered_map<double, std::int64_t> began;  // rows are in order of time
  std::unordered_map<double, std::int64_t> ended;
  for (std::size_t i = 0; i < window.size; ++i) {
    began.try_emplace(window.values[i], window.times[i]);
    ended[window.values[i]] = window.times[i];
  }
  Sessions sessions;
  for (const auto& [id, begin] : began) sessions.lengths.push_back(ended[id] - begin);
  return sessions;
}

}  // namespace

Sessions sessions_of(const Window& window) {
  if (!window.values.empty()) return by_id(window);
  Sessions sessions;
  std::int64_t began = 0;
  for (std::size_t i = 0; i < window.size; ++i) {
    const bool begins = i == 0 || static_cast<double>(window.times[i] - window.times[i - 1]) >= window.settings[0];
    if (begins) {
      began = window.times[i];
      sessions.lengths.push_back(0);
    }
    sessions.lengths.back() = window.times[i] - began;
  }
  return sessions;
}

}  // namespace asof
