// HTML and SVG under construction. Text becomes markup only by being escaped, so a table or a column with a hostile
// name cannot put anything into a report.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace asof {

/// A well-formed piece of HTML. There is no way from a string to it but the three functions below.
class Markup {
 public:
  Markup() = default;

  const std::string& html() const { return html_; }

  Markup& operator+=(const Markup& next) {
    html_ += next.html_;
    return *this;
  }
  friend Markup operator+(Markup first, const Markup& next) { return first += next; }

 private:
  friend Markup text(std::string_view);
  friend Markup trusted(std::string_view);

  std::string html_;
};

using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

/// Text as it is read: `<`, `>`, `&` and quotes escaped, control characters (which HTML forbids) replaced by U+FFFD.
Markup text(std::string_view plain);

/// `<tag attributes>content</tag>`; attribute values are escaped. Tags and attribute names are constants.
Markup element(std::string_view tag, Attributes attributes, const Markup& content = {});

/// Markup that is part of the program, such as its style sheet.
Markup trusted(std::string_view html);

}  // namespace asof
