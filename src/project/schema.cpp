// The list of keys as JSON Schema for editors, and as tables for people.
#include <string>
#include <utility>
#include <vector>

#include "asof/error.h"
#include "base/format.h"
#include "base/json.h"
#include "project/conformance.h"
#include "project/keys.h"
#include "project/project.h"

namespace asof {
namespace {

constexpr std::string_view kDialect = "https://json-schema.org/draft/2020-12/schema";

/// The groups in the order in which a reader meets them, each once.
void collect_groups(const KeyGroup& group, std::vector<const KeyGroup*>& groups) {
  groups.push_back(&group);
  for (const Key& key : group.keys) {
    if (key.group != nullptr) collect_groups(*key.group, groups);
  }
}

std::vector<const KeyGroup*> all_groups() {
  std::vector<const KeyGroup*> groups;
  collect_groups(project_keys(), groups);
  return groups;
}

Json schema_of_name(ValueKind kind) { return parse_json(format("{{{}}}", rule_of(kind).schema)); }

Json schema_of_one(const Key& key) {
  if (key.group != nullptr) return Json::Object{{"$ref", format("#/$defs/{}", key.group->title)}};
  Json schema = schema_of_name(key.kind);
  if (key.kind == ValueKind::kChoice) schema["enum"] = Json::array(key.choices);
  if (key.kind == ValueKind::kInteger) {
    schema["minimum"] = key.least;
    schema["maximum"] = key.most;
  }
  return schema;
}

Json schema_of_list(const Key& key) {
  Json schema;
  schema["anyOf"].push_back(Json::Object{{"type", "array"}, {"items", schema_of_one(key)}});
  schema["anyOf"].push_back(schema_of_one(key));
  return schema;
}

Json schema_of_named(const Key& key, Json item) {
  Json schema;
  schema["type"] = "object";
  schema["minProperties"] = 1;
  schema["propertyNames"] = schema_of_name(key.names);
  schema["additionalProperties"] = std::move(item);
  return schema;
}

Json one_or_named(const Key& key) {
  Json schema;
  schema["anyOf"].push_back(schema_of_one(key));
  schema["anyOf"].push_back(schema_of_named(key, schema_of_one(key)));
  return schema;
}

Json schema_of_key(const Key& key) {
  switch (key.holds) {
    case Holds::kOne:
      return schema_of_one(key);
    case Holds::kList:
      return schema_of_list(key);
    case Holds::kNamed:
      return schema_of_named(key, schema_of_one(key));
    case Holds::kNamedLists:
      return schema_of_named(key, schema_of_list(key));
    case Holds::kFamilies:
      return schema_of_named(key, one_or_named(key));
  }
  throw Error(Error::kInternal, "a key holds what has no schema");
}

/// The default as a JSON value: `false`, `0.2` and `42` as what they are, words as texts.
Json standard_of(const Key& key) {
  const bool plain =
      key.kind == ValueKind::kBoolean || key.kind == ValueKind::kInteger || key.kind == ValueKind::kShare;
  return plain ? parse_json(key.standard) : Json(key.standard);
}

Json schema_of_group(const KeyGroup& group) {
  Json object;
  object["type"] = "object";
  object["description"] = group.doc;
  object["additionalProperties"] = false;
  Json required{Json::Array{}};
  for (const Key& key : group.keys) {
    Json schema = schema_of_key(key);
    schema["description"] = key.doc;
    if (!key.standard.empty()) schema["default"] = standard_of(key);
    object["properties"][key.name] = std::move(schema);
    if (key.required) required.push_back(key.name);
  }
  if (!required.as_array().empty()) object["required"] = std::move(required);
  if (group.short_form.empty()) return object;
  Json either;
  either["anyOf"].push_back(std::move(object));
  either["anyOf"].push_back(schema_of_key(*group.find(group.short_form)));
  return either;
}

std::string type_in_words(const Key& key) {
  std::string one(rule_of(key.kind).title);
  if (key.kind == ValueKind::kChoice) {
    one.clear();
    for (const std::string_view word : key.choices) one += format("{}`{}`", one.empty() ? "" : ", ", word);
  }
  if (key.kind == ValueKind::kInteger && key.least > 0) one = format("{}, {} or more", one, key.least);
  switch (key.holds) {
    case Holds::kOne:
      return one;
    case Holds::kList:
      return format("list of: {}", one);
    case Holds::kNamed:
      return format("name → {}", one);
    case Holds::kNamedLists:
      return format("name → list of: {}", one);
    case Holds::kFamilies:
      return format("name → {0}, or family → name → {0}", one);
  }
  return one;
}

}  // namespace

std::string project_schema() {
  Json schema;
  schema["$schema"] = kDialect;
  schema["title"] = "asof project file";
  for (const KeyGroup* group : all_groups()) {
    Json described = schema_of_group(*group);
    if (group != &project_keys()) {
      schema["$defs"][group->title] = std::move(described);
      continue;
    }
    for (const auto& [name, value] : described.as_object()) schema[name] = value;
  }
  return to_pretty_json(schema);
}

std::string project_keys_markdown() {
  std::string text;
  for (const KeyGroup* group : all_groups()) {
    const std::string heading = group->path.empty() ? "Top of the file" : format("`{}`", group->path);
    text += format("{}### {}\n\n{}\n\n| key | value | default | meaning |\n|---|---|---|---|\n",
                   text.empty() ? "" : "\n", heading, group->doc);
    for (const Key& key : group->keys) {
      const std::string standard = key.required ? "required" : key.standard.empty() ? "" : format("`{}`", key.standard);
      text += format("| `{}` | {} | {} | {} |\n", key.name, type_in_words(key), standard, key.doc);
    }
  }
  return text;
}

}  // namespace asof
