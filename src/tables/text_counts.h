// How often the texts of a column occur.
#pragma once

#include <memory>
#include <vector>

#include "asof/table.h"

namespace asof {

/// `counts[c]`: of text number c.
struct TextCounts {
  std::shared_ptr<const Dictionary> texts;
  std::vector<std::size_t> counts;
};

TextCounts count_texts(const Column& column);

/// At most `limit` texts that occur, the most frequent ones (of equals the first in order of text), in order of text.
std::vector<std::string> frequent_texts(const TextCounts& counted, std::size_t limit);

}  // namespace asof
