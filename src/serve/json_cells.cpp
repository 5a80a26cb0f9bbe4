#include "serve/json_cells.h"

#include "base/format.h"
#include "sources/cells.h"
#include "sources/conform.h"

namespace asof {

std::string_view with_article(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "an integer";
    case ColumnType::kReal:
      return "a number";
    case ColumnType::kBoolean:
      return "true or false";
    case ColumnType::kText:
      return "a string";
    case ColumnType::kTime:
      return "an ISO 8601 time as a string";
  }
  return "a value";
}

std::string wrong_type(std::string_view field, std::string_view expected, const Json& value) {
  const std::string_view kind = value.kind();
  return format("`{}` must be {}, but it is {}", field, expected,
                value.is_null()
                    ? "null"
                    : format("{} {}", kind == "integer" || kind == "array" || kind == "object" ? "an" : "a", kind));
}

Json schema_of(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return Json::Object{{"type", "integer"}, {"format", "int64"}};
    case ColumnType::kReal:
      return Json::Object{{"type", "number"}, {"format", "double"}};
    case ColumnType::kBoolean:
      return Json::Object{{"type", "boolean"}};
    case ColumnType::kText:
      return Json::Object{{"type", "string"}};
    case ColumnType::kTime:
      return Json::Object{{"type", "string"}, {"format", "date-time"}};
  }
  return Json::Object{};
}

bool fits(const ColumnSpec& spec, ColumnType type, const Json& value) {
  switch (type) {
    case ColumnType::kInteger:
      return value.is_integer();
    case ColumnType::kReal:
      return value.is_number();
    case ColumnType::kBoolean:
      return value.is_bool();
    case ColumnType::kText:
      return value.is_string();
    case ColumnType::kTime:
      return value.is_string() || (value.is_number() && spec.epoch != EpochUnit::kNone);
  }
  return false;
}

Column column_of(const Json& value, const ColumnRequest& request, const TimeZone& zone) {
  if (value.is_string()) {
    const std::string& text = value.as_string();
    const std::int32_t ends[] = {0, static_cast<std::int32_t>(text.size())};
    const TextCells cell{.rows = 1, .bytes = text.data(), .ends = ends};
    return read_cells({&cell, 1}, request, zone, 1);
  }
  Column column;
  if (value.is_bool()) {
    column = {.type = ColumnType::kBoolean, .integers = {value.as_bool() ? 1 : 0}};
  } else if (value.is_integer()) {
    column = {.type = ColumnType::kInteger, .integers = {value.as_integer()}};
  } else {
    column = {.type = ColumnType::kReal, .reals = {value.as_number()}};
  }
  return conform(std::move(column), request, zone);
}

Json nullable_schema_of(const ColumnSpec& spec, ColumnType type) {
  Json schema = schema_of(type);
  Json types = Json::Array{schema.at("type"), "null"};
  if (type == ColumnType::kTime && spec.epoch != EpochUnit::kNone) types.push_back("number");
  schema["type"] = std::move(types);
  return schema;
}

}  // namespace asof
