#include "tables/text_counts.h"

#include <algorithm>

namespace asof {

TextCounts count_texts(const Column& column) {
  TextCounts counted{.texts = column.dictionary, .counts = std::vector<std::size_t>(column.dictionary->size())};
  for (const std::int32_t code : column.codes) {
    if (code != kMissingCode) ++counted.counts[static_cast<std::size_t>(code)];
  }
  return counted;
}

std::vector<std::string> frequent_texts(const TextCounts& counted, std::size_t limit) {
  const std::vector<std::size_t>& counts = counted.counts;
  std::vector<std::size_t> order;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] > 0) order.push_back(code);
  }
  const Dictionary& texts = *counted.texts;
  const auto more_frequent = [&](std::size_t a, std::size_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : texts[a] < texts[b];
  };
  const std::size_t kept = std::min(order.size(), limit);
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(kept), more_frequent);
  order.resize(kept);
  std::vector<std::string> frequent;
  for (const std::size_t code : order) frequent.push_back(texts[code]);
  std::ranges::sort(frequent);
  return frequent;
}

}  // namespace asof
