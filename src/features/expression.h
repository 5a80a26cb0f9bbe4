// The definition language as a tree, and the parser that makes it. Grammar (docs/features.md has it with examples):
//
// clang-format off
//   expression  = conjunction { "or" conjunction }
//   conjunction = negation { "and" negation }
//   negation    = "not" negation | comparison
//   comparison  = sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum
//                     | "is" ["not"] "missing"
//                     | ["not"] "in" "(" literal { "," literal } ")" ]
//   sum         = product { ("+" | "-") product }
//   product     = unary { ("*" | "/") unary }
//   unary       = "-" unary | primary
//   primary     = number | 'text' | true | false | missing | name | table "." column | call | "(" expression ")"
//   text        = any characters; '' is one quote
//   call        = function "(" expression { "," expression } ")"
//               | aggregation "(" expression { "," argument } [ "over" window ] [ "where" expression ] ")"
//   argument    = duration | expression
//   window      = ( duration | "all" | "last" integer "rows" ) [ "ending" duration "before" ]
// clang-format on
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asof/time.h"
#include "features/feature_set.h"

namespace asof {

struct Aggregation;
struct Function;

/// Rows of `[T - ending - length, T - ending)`, or the last `rows` of the rows before `T - ending` for which the
/// condition holds.
struct WindowSpec {
  std::optional<Duration> length;  ///< absent: everything before the end
  Duration ending;                 ///< how long before T the window ends
  std::optional<std::size_t> rows;

  bool operator==(const WindowSpec&) const = default;
};

enum class NodeKind {
  kNumber,     ///< number
  kText,       ///< text
  kName,       ///< text: a feature, `application_at`, a column of the rows at hand, or a table
  kColumn,     ///< table, text (the column)
  kUnary,      ///< text: "-" or "not"
  kBinary,     ///< text: "+", "<", "and", ...
  kIsMissing,  ///< children[0]
  kIn,         ///< children[0] in children[1..]
  kFunction,   ///< function, children
  kAggregate,  ///< aggregation, children[0] (over what), arguments, window, where
  kLength,     ///< number: microseconds; only as an argument of an aggregation
};

struct Node {
  NodeKind kind;
  std::size_t begin = 0;  ///< where it stands in the text, in bytes: for carets
  std::size_t end = 0;
  double number = 0.0;
  std::string text;
  std::string table;
  const Function* function = nullptr;
  const Aggregation* aggregation = nullptr;
  WindowSpec window;
  std::vector<Node> children;
  std::vector<Node> arguments;  ///< of an aggregation, what stands after the first comma
  std::vector<Node> where;      ///< of an aggregation: none or one
};

/// The tree of a definition's expression. Throws Error::kInvalidInput that shows the place with a caret, says what was
/// expected, and names the nearest known names.
Node parse_expression(const Definition& definition);

/// The error for a place of a definition: origin and line, message, the text, and a caret below it.
[[noreturn]] void fail_at(const Definition& definition, std::size_t begin, std::size_t end, std::string_view message);

}  // namespace asof
