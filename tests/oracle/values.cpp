// Aggregations that only ask whether values are the same, and which came first.
#include <cmath>
#include <map>

#include "tests/oracle/oracle.h"

namespace oracle {
namespace {

bool same(const Row& a, const Row& b) { return a.cell == b.cell; }

std::size_t times_seen(const Window& window, const Row& row) {
  std::size_t count = 0;
  for (const Row& other : window.rows) count += same(row, other) ? 1U : 0U;
  return count;
}

std::size_t most_seen(const Window& window) {
  std::size_t most = 0;
  for (const Row& row : window.rows) most = std::max(most, times_seen(window, row));
  return most;
}

/// Whether no row before it has its value.
bool is_new(const Window& window, std::size_t i) {
  for (std::size_t before = 0; before < i; ++before) {
    if (same(window.rows[before], window.rows[i])) return false;
  }
  return true;
}

Answer as_it_is(const Row& row) { return {.cell = row.cell, .exact = true}; }

Answer count(const Window& window) { return counted(window.size()); }

Answer share(const Window& window) {
  if (window.size() == 0) return missing();
  std::size_t held = 0;
  for (const Row& row : window.rows) held += row.holds ? 1U : 0U;
  return rounded(static_cast<long double>(held) / static_cast<long double>(window.size()));
}

Answer distinct(const Window& window) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < window.size(); ++i) count += is_new(window, i) ? 1U : 0U;
  return counted(count);
}

Answer first(const Window& window) { return window.size() == 0 ? missing() : as_it_is(window.rows.front()); }

Answer last(const Window& window) { return window.size() == 0 ? missing() : as_it_is(window.rows.back()); }

Answer previous(const Window& window) {
  return window.size() < 2 ? missing() : as_it_is(window.rows[window.size() - 2]);
}

Answer changes(const Window& window) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < window.size(); ++i) count += same(window.rows[i - 1], window.rows[i]) ? 0U : 1U;
  return counted(count);
}

Answer mode(const Window& window) {
  for (std::size_t i = window.size(); i > 0; --i) {
    if (times_seen(window, window.rows[i - 1]) == most_seen(window)) return as_it_is(window.rows[i - 1]);
  }
  return missing();
}

Answer mode_share(const Window& window) {
  if (window.size() == 0) return missing();
  return rounded(static_cast<long double>(most_seen(window)) / static_cast<long double>(window.size()));
}

Answer entropy(const Window& window) {
  if (window.size() == 0) return missing();
  long double entropy = 0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    if (!is_new(window, i)) continue;
    const long double share =
        static_cast<long double>(times_seen(window, window.rows[i])) / static_cast<long double>(window.size());
    entropy -= share * std::log(share);
  }
  return rounded(entropy);
}

Answer sequence(const Window& window) {
  const std::vector<std::string>& texts = window.question.texts;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin + texts.size() <= window.size(); ++begin) {
    bool matches = true;
    for (std::size_t i = 0; i < texts.size(); ++i) matches &= window.rows[begin + i].cell == Cell(texts[i]);
    count += matches ? 1U : 0U;
  }
  return counted(count);
}

Answer pair(const Row& first, const Row& second) {
  return {.cell = std::get<std::string>(first.cell) + " > " + std::get<std::string>(second.cell), .exact = true};
}

std::size_t times_followed(const Window& window, const Row& first, const Row& second) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < window.size(); ++i)
    count += same(window.rows[i - 1], first) && same(window.rows[i], second) ? 1U : 0U;
  return count;
}

Answer top_bigram(const Window& window) {
  std::size_t most = 0;
  Answer top = missing();
  for (std::size_t i = 1; i < window.size(); ++i) {
    const std::size_t times = times_followed(window, window.rows[i - 1], window.rows[i]);
    if (times < most) continue;
    most = times;
    top = pair(window.rows[i - 1], window.rows[i]);
  }
  return top;
}

Answer last_bigram(const Window& window) {
  return window.size() < 2 ? missing() : pair(window.rows[window.size() - 2], window.rows[window.size() - 1]);
}

}  // namespace

Function value_function_named(std::string_view name) {
  static const std::map<std::string_view, Function> all = {
      {"count", count},
      {"share", share},
      {"distinct", distinct},
      {"first", first},
      {"last", last},
      {"previous", previous},
      {"changes", changes},
      {"mode", mode},
      {"mode_share", mode_share},
      {"entropy", entropy},
      {"sequence", sequence},
      {"top_bigram", top_bigram},
      {"last_bigram", last_bigram},
  };
  const auto place = all.find(name);
  return place == all.end() ? nullptr : place->second;
}

}  // namespace oracle
