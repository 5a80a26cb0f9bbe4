#include "features/window_facts.h"

namespace asof {
namespace {

/// Rows are in order of time.
void lengths_by_id(const Window& window, const ValueCounts& counts, std::vector<std::int64_t>& lengths) {
  for (const ValueCounts::Entry& id : counts.entries())
    lengths.push_back(window.times[id.last - window.first] - window.times[id.first - window.first]);
}

void lengths_by_silence(const Window& window, std::vector<std::int64_t>& lengths) {
  std::int64_t began = 0;
  for (std::size_t i = 0; i < window.size; ++i) {
    const bool begins = i == 0 || static_cast<double>(window.times[i] - window.times[i - 1]) >= window.settings[0];
    if (begins) {
      began = window.times[i];
      lengths.push_back(0);
    }
    lengths.back() = window.times[i] - began;
  }
}

}  // namespace

const ValueCounts& WindowFacts::counts(const Window& window) {
  const Of wanted{.begin = window.first, .end = window.first + window.size};
  if (!counted_ || wanted.begin > counted_->begin || wanted.end < counted_->end) {
    counts_.begin(window.size, window.codes);
    counted_ = {.begin = wanted.begin, .end = wanted.begin};
  }
  const std::size_t before = counted_->begin - wanted.begin;
  const std::size_t until = counted_->end - wanted.begin;
  counts_.add(window.values.first(before), wanted.begin);
  counts_.add(window.values.subspan(until), counted_->end);
  counted_ = wanted;
  return counts_;
}

const Places& WindowFacts::places(const Window& window) {
  const Of wanted{.begin = window.first, .end = window.first + window.size, .setting = window.settings[0]};
  if (places_of_ != wanted) places_ = places_of(window.points, window.settings[0]);
  places_of_ = wanted;
  return places_;
}

std::span<const std::int64_t> WindowFacts::session_lengths(const Window& window) {
  const Of wanted{.begin = window.first, .end = window.first + window.size, .setting = window.settings[0]};
  if (lengths_of_ == wanted) return lengths_;
  lengths_of_ = wanted;
  lengths_.clear();
  if (window.values.empty()) {
    lengths_by_silence(window, lengths_);
  } else {
    lengths_by_id(window, counts(window), lengths_);
  }
  return lengths_;
}

}  // namespace asof
