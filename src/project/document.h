// A YAML text as a tree that knows where everything stands. The one place where the YAML library is spoken to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace asof {

/// Line and column as editors count them, from 1; the column in characters.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// A scalar, a list or a mapping. Texts are as written: `no` is the text "no", `007` is not 7.
struct Value {
  enum class Shape { kNothing, kScalar, kList, kMapping };

  Shape shape = Shape::kNothing;
  Place place;
  std::string text;          ///< of a scalar
  bool quoted = false;       ///< a scalar in quotes or a block is a text, whatever it looks like
  std::vector<Value> names;  ///< of a mapping: scalars, one per item, in the file's order
  std::vector<Value> items;  ///< of a list or a mapping

  bool is_scalar() const { return shape == Shape::kScalar; }

  /// The item of that name of a mapping; null when absent or null.
  const Value* find(std::string_view name) const;
};

/// "nothing", "a list", "a mapping" or "`text`": what messages say was found.
std::string describe(const Value& value);

class Document {
 public:
  /// Throws Error::kInvalidInput with line and column for a text that is not one YAML document, for a name given twice
  /// in a mapping, and for anchors and tags: a value stands where it is read. `file` is what messages call the text.
  Document(std::string file, std::string text);

  const Value& root() const { return root_; }

  /// Throws Error::kInvalidInput: "asof.yaml line 12, column 5: message", then the line with a caret below the column.
  [[noreturn]] void fail(Place place, std::string_view message) const;

  /// The same without showing the line: it holds a secret.
  [[noreturn]] void fail_without_excerpt(Place place, std::string_view message) const;

 private:
  class Builder;

  std::string_view line(std::size_t number) const;

  std::string file_;
  std::string text_;
  Value root_;
};

}  // namespace asof
