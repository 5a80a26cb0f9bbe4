// The JSON Schemas of the API's description, in few words.
#pragma once

#include <string_view>
#include <utility>

#include "base/json.h"

namespace asof::schema {

inline Json typed(std::string_view type, std::string_view description) {
  return Json::Object{{"type", type}, {"description", description}};
}

/// An object that always has all of `properties`.
inline Json object(std::string_view description, Json::Object properties) {
  Json json = typed("object", description);
  Json required = Json::Array{};
  for (const auto& [name, property] : properties) required.push_back(name);
  json["required"] = std::move(required);
  json["properties"] = std::move(properties);
  return json;
}

inline Json array(std::string_view description, Json items) {
  Json json = typed("array", description);
  json["items"] = std::move(items);
  return json;
}

/// The same, or null.
inline Json nullable(Json json) {
  json["type"] = Json::Array{json.at("type"), "null"};
  return json;
}

/// A 200 answer whose body is JSON.
inline Json answer(std::string_view description, Json schema) {
  return Json::Object{
      {"200",
       Json::Object{{"description", description},
                    {"content", Json::Object{{"application/json", Json::Object{{"schema", std::move(schema)}}}}}}}};
}

}  // namespace asof::schema
