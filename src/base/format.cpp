// Lists, suggestions and numbers as messages and files show them.
#include "base/format.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>

namespace asof {
namespace {

// A message names this many known names; a longer list would bury the sentence.
constexpr std::size_t kKnownShown = 20;
constexpr std::size_t kSuggestionsShown = 3;
// Texts shorter than this are part of too many names to suggest anything.
constexpr std::size_t kShortestPart = 3;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

struct Suggestion {
  std::size_t distance;
  std::string_view name;
};

/// The known names near `unknown`, nearest first; equally near ones in the order given.
std::vector<Suggestion> suggestions(std::string_view unknown, std::span<const std::string> known) {
  const std::string wanted = lower(unknown);
  std::vector<Suggestion> near;
  for (const std::string& name : known) {
    const std::string candidate = lower(name);
    const std::size_t distance = edit_distance(wanted, candidate);
    const bool similar = 3 * distance <= std::max(wanted.size(), candidate.size());
    const bool part = std::min(wanted.size(), candidate.size()) >= kShortestPart &&
                      (candidate.find(wanted) != std::string::npos || wanted.find(candidate) != std::string::npos);
    if (similar || part) near.push_back({distance, name});
  }
  std::ranges::stable_sort(near, {}, &Suggestion::distance);
  near.resize(std::min(near.size(), kSuggestionsShown));
  return near;
}

}  // namespace

std::string join(std::span<const std::string> texts, std::string_view separator) {
  std::string result;
  for (const std::string& text : texts) {
    if (&text != texts.data()) result += separator;
    result += text;
  }
  return result;
}

std::string did_you_mean(std::string_view unknown, std::span<const std::string> known) {
  if (known.empty()) return {};
  const std::vector<Suggestion> near = suggestions(unknown, known);
  if (near.empty()) {
    const auto shown = known.first(std::min(known.size(), kKnownShown));
    const std::string rest = shown.size() < known.size() ? format(", ... ({} in all)", known.size()) : std::string();
    return format("; known: {}{}", join(shown), rest);
  }
  std::string result = "; did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (i > 0) result += i + 1 == near.size() ? " or " : ", ";
    result += format("`{}`", near[i].name);
  }
  return result + "?";
}

std::string round_trippable(double value) {
  if (std::isnan(value)) return "nan";  // without the sign that fmt would show
  return format("{}", value);
}

}  // namespace asof
