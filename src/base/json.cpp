// The parser's grammar, UTF-8 check and depth limit are Boost.JSON's; its own reading of decimals is not
// exact to the last bit, so numbers are taken as text and read by the standard library, which is.
#include "base/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "asof/error.h"
#include "base/format.h"
#include "base/utf8.h"

namespace asof {
namespace {

/// Builds the value from the parser's events. Its errors are thrown; the parser is not used after one.
class Builder {
 public:
  // Names and limits that Boost.JSON's parser looks for.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  using Code = boost::json::error_code;
  using Text = boost::json::string_view;

  explicit Builder(const char* begin) : begin_(begin) {}

  Json take() { return std::move(root_); }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return open(Json::Array{}); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_object_begin(Code&) { return open(Json::Object{}); }
  bool on_object_end(std::size_t, Code&) {
    refuse_repeated_keys(open_.back().object);
    return close();
  }
  bool on_string_part(Text part, std::size_t, Code&) { return gather(part); }
  bool on_string(Text part, std::size_t, Code&) { return gather(part) && add(Json(std::exchange(text_, {}))); }
  bool on_key_part(Text part, std::size_t, Code&) { return gather(part); }
  bool on_key(Text part, std::size_t, Code&) {
    gather(part);
    open_.back().key = std::exchange(text_, {});
    return true;
  }
  bool on_number_part(Text part, Code&) { return gather(part); }
  bool on_int64(std::int64_t, Text part, Code&) { return gather(part) && add(number(part)); }
  bool on_uint64(std::uint64_t, Text part, Code&) { return gather(part) && add(number(part)); }
  bool on_double(double, Text part, Code&) { return gather(part) && add(number(part)); }
  bool on_bool(bool value, Code&) { return add(Json(value)); }
  bool on_null(Code&) { return add(Json()); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

 private:
  /// An array or object whose end has not come yet.
  struct Open {
    bool is_array;
    Json::Array array;
    Json::Object object;
    std::string key;
  };

  bool gather(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool open(const Json::Array&) {
    open_.push_back({true, {}, {}, {}});
    return true;
  }

  bool open(const Json::Object&) {
    open_.push_back({false, {}, {}, {}});
    return true;
  }

  bool close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    return add(closed.is_array ? Json(std::move(closed.array)) : Json(std::move(closed.object)));
  }

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_array) {
      open_.back().array.push_back(std::move(value));
    } else {
      open_.back().object.emplace_back(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  /// A text with a point or an exponent is a real, any other an integer.
  Json number(Text last_part) {
    const std::string text = std::exchange(text_, {});
    const char* end = text.data() + text.size();
    if (text.find_first_of(".eE") == std::string::npos) {
      std::int64_t integer = 0;
      if (std::from_chars(text.data(), end, integer).ec == std::errc{}) return Json(integer);
      throw Error(
          Error::kInvalidInput,
          format("invalid JSON at byte {}: the integer {} does not fit 64 bits (write it as a string or "
                 "with a decimal point)",
                 last_part.data() + last_part.size() - begin_ - static_cast<std::ptrdiff_t>(text.size()), text));
    }
    double real = 0.0;
    const auto result = std::from_chars(text.data(), end, real);
    if (result.ec == std::errc{}) return Json(real);
    if (is_tiny(text)) return Json(text.front() == '-' ? -0.0 : 0.0);
    throw Error(Error::kInvalidInput,
                format("invalid JSON at byte {}: the number {} is out of range (at most 1.8e308)",
                       last_part.data() + last_part.size() - begin_ - static_cast<std::ptrdiff_t>(text.size()), text));
  }

  /// Of a number out of a double's range: whether it is too close to zero rather than too large.
  static bool is_tiny(std::string_view text) {
    const std::size_t exponent = text.find_first_of("eE");
    if (exponent != std::string_view::npos) return text[exponent + 1] == '-';
    return text.substr(0, text.find('.')).find_first_of("123456789") == std::string_view::npos;
  }

  static void refuse_repeated_keys(const Json::Object& object) {
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const auto& [key, value] : object) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    const auto repeated = std::adjacent_find(keys.begin(), keys.end());
    if (repeated != keys.end())
      throw Error(Error::kInvalidInput, format("invalid JSON: the key {} is given twice", to_json(Json(*repeated))));
  }

  const char* begin_;
  std::vector<Open> open_;
  std::string text_;
  Json root_;
};

/// What Boost.JSON's codes mean to somebody who has to mend the text.
std::string explain(const boost::json::error_code& code, std::size_t depth_max) {
  using boost::json::error;
  if (code == error::too_deep) return format("nested more than {} deep", depth_max);
  if (code == error::incomplete) return "it ends too early";
  if (code == error::extra_data) return "something follows the value";
  return code.message();
}

/// Bytes that are no UTF-8 become U+FFFD, so that the output is JSON whatever came in.
void write_string(std::string_view text, std::string& out) {
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kEscapes = "\"\\bfnrt";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    const std::size_t escape = kEscaped.find(text[i]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (escape != std::string_view::npos) {
      out += {'\\', kEscapes[escape]};
    } else if (static_cast<unsigned char>(text[i]) < 0x20) {
      out += format("\\u{:04x}", static_cast<unsigned>(text[i]));
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

/// The shortest text that reads back as the same real, and as a real: 3 is written as 3.0.
void write_real(double value, std::string& out) {
  constexpr double kSmallestPlain = 1e-6;
  constexpr double kLargestPlain = 1e16;
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  const double size = std::abs(value);
  const bool plain = size == 0.0 || (size >= kSmallestPlain && size < kLargestPlain);
  char buffer[32];
  const auto end = plain ? std::to_chars(buffer, std::end(buffer), value, std::chars_format::fixed)
                         : std::to_chars(buffer, std::end(buffer), value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(end.ptr - buffer));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

/// Writes values one after the other; on one line unless `pretty`.
class Writer {
 public:
  Writer(bool pretty, std::string& out) : pretty_(pretty), out_(out) {}

  void write(const Json& value) {
    if (value.is_null()) {
      out_ += "null";
    } else if (value.is_bool()) {
      out_ += value.as_bool() ? "true" : "false";
    } else if (value.is_integer()) {
      out_ += std::to_string(value.as_integer());
    } else if (value.is_number()) {
      write_real(value.as_number(), out_);
    } else if (value.is_string()) {
      write_string(value.as_string(), out_);
    } else if (value.is_array()) {
      write_all(value.as_array(), '[', ']', [this](const Json& element) { write(element); });
    } else {
      write_all(value.as_object(), '{', '}', [this](const Json::Member& member) {
        write_string(member.first, out_);
        out_ += pretty_ ? ": " : ":";
        write(member.second);
      });
    }
  }

 private:
  template <class Values, class WriteOne>
  void write_all(const Values& values, char opening, char closing, WriteOne write_one) {
    out_ += opening;
    ++depth_;
    bool first = true;
    for (const auto& value : values) {
      if (!first) out_ += ',';
      first = false;
      break_line();
      write_one(value);
    }
    --depth_;
    if (!first) break_line();
    out_ += closing;
  }

  void break_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  bool pretty_;
  std::string& out_;
  std::size_t depth_ = 0;
};

[[noreturn]] void refuse_kind(std::string_view wanted, const Json& value) {
  throw Error(Error::kInvalidInput, format("expected JSON {}, found {}", wanted, value.kind()));
}

}  // namespace

Json::Json() noexcept = default;
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(Object value) : value_(std::move(value)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

std::string_view Json::kind() const {
  if (is_null()) return "null";
  if (is_bool()) return "boolean";
  if (is_integer()) return "integer";
  if (is_number()) return "number";
  if (is_string()) return "string";
  return is_array() ? "array" : "object";
}

bool Json::as_bool() const {
  if (!is_bool()) refuse_kind("boolean", *this);
  return std::get<bool>(value_);
}

std::int64_t Json::as_integer() const {
  if (!is_integer()) refuse_kind("integer", *this);
  return std::get<std::int64_t>(value_);
}

double Json::as_number() const {
  if (is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (is_integer()) return static_cast<double>(std::get<std::int64_t>(value_));
  if (!is_number()) refuse_kind("number", *this);
  return std::get<double>(value_);
}

const std::string& Json::as_string() const {
  if (!is_string()) refuse_kind("string", *this);
  return std::get<std::string>(value_);
}

const Json::Array& Json::as_array() const {
  if (!is_array()) refuse_kind("array", *this);
  return std::get<Array>(value_);
}

const Json::Object& Json::as_object() const {
  if (!is_object()) refuse_kind("object", *this);
  return std::get<Object>(value_);
}

const Json* Json::find(std::string_view key) const {
  for (const auto& [name, value] : as_object())
    if (name == key) return &value;
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  if (const Json* value = find(key)) return *value;
  std::vector<std::string> known;
  for (const auto& member : as_object()) known.push_back(member.first);
  throw Error(Error::kInvalidInput,
              format("JSON object has no key {}{}", to_json(Json(key)), did_you_mean(key, known)));
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Object{};
  if (!is_object()) refuse_kind("object", *this);
  auto& object = std::get<Object>(value_);
  for (auto& [name, value] : object)
    if (name == key) return value;
  return object.emplace_back(std::string(key), Json()).second;
}

void Json::push_back(Json value) {
  if (is_null()) value_ = Array{};
  if (!is_array()) refuse_kind("array", *this);
  std::get<Array>(value_).push_back(std::move(value));
}

Json parse_json(std::string_view text, const JsonLimits& limits) {
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::basic_parser<Builder> parser(options, text.data());
  boost::json::error_code code;
  std::size_t read = 0;
  if (text.empty()) {
    code = boost::json::error::incomplete;
  } else {
    read = parser.write_some(false, text.data(), text.size(), code);
    if (!code && read < text.size()) code = boost::json::error::extra_data;
  }
  if (code) throw Error(Error::kInvalidInput, format("invalid JSON at byte {}: {}", read, explain(code, limits.depth)));
  return parser.handler().take();
}

std::string to_json(const Json& value) {
  std::string text;
  Writer(false, text).write(value);
  return text;
}

std::string to_pretty_json(const Json& value) {
  std::string text;
  Writer(true, text).write(value);
  text += '\n';
  return text;
}

}  // namespace asof
