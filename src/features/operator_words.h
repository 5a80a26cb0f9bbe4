// What the operators of the language are called in English.
#pragma once

#include <algorithm>
#include <string_view>

namespace asof {

struct OperatorWords {
  std::string_view symbol;
  std::string_view words;
};

inline constexpr OperatorWords kOperatorWords[] = {
    {"+", "plus"},         {"-", "minus"},        {"*", "times"},        {"/", "divided by"},
    {"=", "is"},           {"!=", "is not"},      {"<", "is less than"}, {"<=", "is at most"},
    {">", "is more than"}, {">=", "is at least"}, {"and", "and"},        {"or", "or"},
};

inline std::string_view operator_words(std::string_view symbol) {
  return std::ranges::find(kOperatorWords, symbol, &OperatorWords::symbol)->words;
}

}  // namespace asof
