#include "evaluate/markup.h"

#include <algorithm>
#include <array>

namespace asof {
namespace {

/// Elements that have no end tag in HTML.
constexpr std::array<std::string_view, 3> kWithoutEnd = {"meta", "br", "col"};

}  // namespace

Markup text(std::string_view plain) {
  Markup result;
  for (const char c : plain) {
    switch (c) {
      case '&':
        result.html_ += "&amp;";
        break;
      case '<':
        result.html_ += "&lt;";
        break;
      case '>':
        result.html_ += "&gt;";
        break;
      case '"':
        result.html_ += "&quot;";
        break;
      case '\'':
        result.html_ += "&#39;";
        break;
      case '\n':
      case '\t':
        result.html_ += c;
        break;
      default:
        if ((c >= 0 && c < ' ') || c == '\x7f') {
          result.html_ += "\xEF\xBF\xBD";
        } else {
          result.html_ += c;
        }
    }
  }
  return result;
}

Markup trusted(std::string_view html) {
  Markup result;
  result.html_ = html;
  return result;
}

Markup element(std::string_view tag, Attributes attributes, const Markup& content) {
  std::string html = "<";
  html += tag;
  for (const auto& [name, value] : attributes) {
    html += ' ';
    html += name;
    html += "=\"";
    html += text(value).html();
    html += '"';
  }
  html += '>';
  if (std::ranges::find(kWithoutEnd, tag) == kWithoutEnd.end()) {
    html += content.html();
    html += "</";
    html += tag;
    html += '>';
  }
  return trusted(html);
}

}  // namespace asof
