// JSON values that keep the order of their keys and the exact bits of their doubles, and a strict parser (RFC 8259).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace asof {

/// A JSON value. Integers and reals are told apart, so that an id never passes through a double.
/// A real that is NaN or infinite is written as null.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  // What copies or frees is compiled once, since nearly every file does.
  Json() noexcept;  // null
  Json(std::nullptr_t) : Json() {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(unsigned value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : value_(value) {}
  Json(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}
  Json(double value) : value_(value) {}
  Json(const char* value);
  Json(std::string_view value);
  Json(std::string value);
  Json(Array value);
  Json(Object value);

  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  /// Makes an array of anything that a Json can be made of.
  template <class Range>
  static Json array(const Range& range) {
    Array values;
    for (const auto& value : range) values.emplace_back(Json(value));
    return values;
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  /// "null", "boolean", "integer", "number", "string", "array" or "object".
  std::string_view kind() const;

  /// The value, or Error::kInvalidInput saying what it is instead.
  bool as_bool() const;
  std::int64_t as_integer() const;
  double as_number() const;  // null reads as NaN, the inverse of writing one
  const std::string& as_string() const;
  const Array& as_array() const;
  const Object& as_object() const;

  /// A member of an object, or null when absent (find), or Error::kInvalidInput (at).
  const Json* find(std::string_view key) const;
  const Json& at(std::string_view key) const;

  /// Sets a member, keeping the order of first insertion. A null becomes an object first.
  Json& operator[](std::string_view key);
  void push_back(Json value);

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Limits keep hostile input from exhausting memory or stack.
struct JsonLimits {
  std::size_t depth = 64;
};

/// Throws Error::kInvalidInput with the byte offset. A key given twice is an error; so is anything after the value.
Json parse_json(std::string_view text, const JsonLimits& limits = {});

/// Without spaces, on one line.
std::string to_json(const Json& value);

/// Indented by two spaces, ending with a line break: for files that people read.
std::string to_pretty_json(const Json& value);

}  // namespace asof
