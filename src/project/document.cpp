// The library's events become the tree. Its own tree is not used: it takes the first of two equal names without a word.
#include "project/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/format.h"

namespace asof {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kShown = 100;  // characters of a line in a message

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The text up to `characters` characters.
std::string_view first_characters(std::string_view text, std::size_t characters) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (continues_character(text[end])) continue;
    if (characters == 0) break;
    --characters;
  }
  return text.substr(0, end);
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].text == name) return items[i].shape == Shape::kNothing ? nullptr : &items[i];
  }
  return nullptr;
}

std::string describe(const Value& value) {
  switch (value.shape) {
    case Value::Shape::kNothing:
      return "nothing";
    case Value::Shape::kScalar:
      return value.quoted ? format("the text '{}'", value.text) : format("`{}`", value.text);
    case Value::Shape::kList:
      return "a list";
    case Value::Shape::kMapping:
      return "a mapping";
  }
  return {};
}

/// Receives what the library reads. `open_` holds the lists and mappings that have begun and not ended.
class Document::Builder : public YAML::EventHandler {
 public:
  explicit Builder(const Document& document) : document_(document) {}

  Value take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add({.shape = Value::Shape::kNothing, .place = place(mark)});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { refuse_anchor(mark, anchor); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    Value value{.shape = Value::Shape::kScalar, .place = place(mark), .text = text, .quoted = tag == "!"};
    if (!value.quoted && (text.empty() || text == "~" || text == "null")) value.shape = Value::Shape::kNothing;
    add(std::move(value));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open_.push_back({.shape = Value::Shape::kList, .place = place(mark)});
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open_.push_back({.shape = Value::Shape::kMapping, .place = place(mark)});
  }

  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  Place place(const YAML::Mark& mark) const {
    const auto row = static_cast<std::size_t>(std::max(mark.line, 0));
    const auto bytes = static_cast<std::size_t>(std::max(mark.column, 0));
    const std::string_view before = document_.line(row + 1).substr(0, bytes);
    const auto continuing = static_cast<std::size_t>(std::ranges::count_if(before, continues_character));
    return {row + 1, bytes + 1 - continuing};
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor == YAML::NullAnchor) return;
    document_.fail(place(mark),
                   "anchors and aliases (`&name`, `*name`) are not read here; expected the value written out");
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    document_.fail(place(mark), format("the tag `{}` is not read here; expected a value without a tag", tag));
  }

  void close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    add(std::move(value));
  }

  void add(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Value& parent = open_.back();
    if (parent.shape != Value::Shape::kMapping || parent.names.size() > parent.items.size()) {
      if (value.shape == Value::Shape::kNothing && parent.shape == Value::Shape::kMapping)
        value.place = parent.names.back().place;
      parent.items.push_back(std::move(value));
      return;
    }
    if (!value.is_scalar()) document_.fail(value.place, format("{} cannot be a key; expected a name", describe(value)));
    for (const Value& name : parent.names) {
      if (name.text != value.text) continue;
      document_.fail(value.place,
                     format("`{}` is given twice; the first one is in line {}", value.text, name.place.line));
    }
    parent.names.push_back(std::move(value));
  }

  const Document& document_;
  std::vector<Value> open_;
  Value root_;
};

Document::Document(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {
  if (text_.starts_with(kByteOrderMark)) text_.erase(0, kByteOrderMark.size());
  try {
    std::istringstream stream(text_);
    YAML::Parser parser(stream);
    Builder builder(*this);
    if (!parser.HandleNextDocument(builder)) return;
    root_ = builder.take_root();
    Builder rest(*this);
    if (parser.HandleNextDocument(rest)) {
      throw Error(Error::kInvalidInput, format("{}: a second document begins after `---`; expected one", file_));
    }
  } catch (const YAML::Exception& error) {
    const Place place{static_cast<std::size_t>(std::max(error.mark.line, 0)) + 1,
                      static_cast<std::size_t>(std::max(error.mark.column, 0)) + 1};
    fail(place, format("this is not YAML: {}", error.msg));
  }
}

std::string_view Document::line(std::size_t number) const {
  std::string_view rest = text_;
  for (std::size_t i = 1; i < number; ++i) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

void Document::fail(Place place, std::string_view message) const {
  const std::string where = format("{} line {}, column {}: {}", file_, place.line, place.column, message);
  // The end of a long line matters less than the place, which must be in what is shown.
  std::string_view shown = line(place.line);
  const std::size_t skipped = place.column > kShown ? place.column - kShown / 2 : 0;
  shown.remove_prefix(first_characters(shown, skipped).size());
  shown = first_characters(shown, kShown);
  if (shown.empty()) throw Error(Error::kInvalidInput, where);
  throw Error(Error::kInvalidInput,
              format("{}\n    {}\n    {}^", where, shown, std::string(place.column - 1 - skipped, ' ')));
}

void Document::fail_without_excerpt(Place place, std::string_view message) const {
  throw Error(Error::kInvalidInput, format("{} line {}, column {}: {}", file_, place.line, place.column, message));
}

}  // namespace asof
