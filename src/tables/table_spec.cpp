// A table's declaration as JSON. Only what was declared is written, so that a bundle of a plain table stays plain; what
// an older reader does not know would change what the rows mean, so an unknown member is refused.
#include "tables/table_spec.h"

#include <array>
#include <span>
#include <utility>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

template <class T>
using Named = std::pair<T, std::string_view>;

constexpr std::array<Named<TableRole>, 4> kRoles = {{{TableRole::kApplications, "applications"},
                                                     {TableRole::kEvents, "events"},
                                                     {TableRole::kDated, "dated"},
                                                     {TableRole::kUndated, "undated"}}};

constexpr std::array<Named<EpochUnit>, 4> kEpochs = {{{EpochUnit::kNone, "none"},
                                                      {EpochUnit::kSeconds, "seconds"},
                                                      {EpochUnit::kMilliseconds, "milliseconds"},
                                                      {EpochUnit::kMicroseconds, "microseconds"}}};

constexpr std::array kColumnTypes = {ColumnType::kInteger, ColumnType::kReal, ColumnType::kBoolean, ColumnType::kText,
                                     ColumnType::kTime};

template <class T>
std::string_view name_of(std::span<const Named<T>> names, T value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  throw Error(Error::kInternal, "a table's declaration holds a value without a name");
}

template <class T>
std::optional<T> value_of(std::span<const Named<T>> names, std::string_view name) {
  for (const auto& [value, known] : names) {
    if (known == name) return value;
  }
  return std::nullopt;
}

/// The value of that name, or a refusal that names the member.
template <class T>
T expect(std::optional<T> value, std::string_view member, std::string_view name) {
  if (value) return *value;
  throw Error(Error::kIncompatible,
              format("a table's declaration has `{}`: `{}`, which this asof does not know", member, name));
}

Json to_json_value(const ColumnSpec& column) {
  Json json{Json::Object{}};
  if (column.type) json["type"] = to_string(*column.type);
  if (column.epoch != EpochUnit::kNone) json["epoch"] = to_string(column.epoch);
  if (!column.missing.empty()) json["missing"] = Json::array(column.missing);
  return json;
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> result;
  for (const Json& text : list.as_array()) result.push_back(text.as_string());
  return result;
}

// One reader per member: a list of what can stand in the JSON, and what it sets.
struct ColumnMember {
  std::string_view name;
  void (*set)(ColumnSpec& column, const Json& value);
};

constexpr ColumnMember kColumnMembers[] = {
    {"type",
     [](ColumnSpec& column, const Json& value) {
       column.type = expect(column_type_named(value.as_string()), "type", value.as_string());
     }},
    {"epoch",
     [](ColumnSpec& column, const Json& value) {
       column.epoch = expect(epoch_unit_named(value.as_string()), "epoch", value.as_string());
     }},
    {"missing", [](ColumnSpec& column, const Json& value) { column.missing = texts(value); }},
};

template <class Spec, class Member>
void set_members(Spec& spec, const Json& json, std::span<const Member> members) {
  for (const auto& [name, value] : json.as_object()) {
    const Member* found = nullptr;
    for (const Member& member : members) {
      if (member.name == name) found = &member;
    }
    if (found == nullptr) {
      throw Error(Error::kIncompatible, format("a table's declaration has `{}`, which this asof does not know", name));
    }
    found->set(spec, value);
  }
}

Timestamp moment(const Json& value) { return parse_timestamp(value.as_string(), TimeZone()); }

struct OutcomeMember {
  std::string_view name;
  void (*set)(OutcomeSpec& outcome, const Json& value);
};

constexpr OutcomeMember kOutcomeMembers[] = {
    {"label", [](OutcomeSpec& outcome, const Json& value) { outcome.label = value.as_string(); }},
    {"good", [](OutcomeSpec& outcome, const Json& value) { outcome.good = value.as_string(); }},
    {"indeterminate", [](OutcomeSpec& outcome, const Json& value) { outcome.indeterminate = texts(value); }},
    {"known_at", [](OutcomeSpec& outcome, const Json& value) { outcome.known_at = value.as_string(); }},
    {"performance_window",
     [](OutcomeSpec& outcome, const Json& value) { outcome.performance_window = parse_duration(value.as_string()); }},
    {"observed_until", [](OutcomeSpec& outcome, const Json& value) { outcome.observed_until = moment(value); }},
};

Json to_json_value(const OutcomeSpec& outcome) {
  Json json{Json::Object{{"label", outcome.label}, {"good", outcome.good}}};
  if (!outcome.indeterminate.empty()) json["indeterminate"] = Json::array(outcome.indeterminate);
  if (!outcome.known_at.empty()) json["known_at"] = outcome.known_at;
  if (outcome.performance_window) json["performance_window"] = to_string(*outcome.performance_window);
  if (outcome.observed_until != kNoTime) json["observed_until"] = to_string(outcome.observed_until);
  return json;
}

struct TableMember {
  std::string_view name;
  void (*set)(TableSpec& spec, const Json& value);
};

constexpr TableMember kTableMembers[] = {
    {"name", [](TableSpec& spec, const Json& value) { spec.name = value.as_string(); }},
    {"role",
     [](TableSpec& spec, const Json& value) {
       spec.role = expect(table_role_named(value.as_string()), "role", value.as_string());
     }},
    {"entity", [](TableSpec& spec, const Json& value) { spec.entity = value.as_string(); }},
    {"time", [](TableSpec& spec, const Json& value) { spec.time = value.as_string(); }},
    {"id", [](TableSpec& spec, const Json& value) { spec.id = value.as_string(); }},
    {"known_at", [](TableSpec& spec, const Json& value) { spec.known_at = value.as_string(); }},
    {"known_at_required", [](TableSpec& spec, const Json& value) { spec.known_at_required = value.as_bool(); }},
    {"delay", [](TableSpec& spec, const Json& value) { spec.delay = parse_duration(value.as_string()); }},
    {"valid_from", [](TableSpec& spec, const Json& value) { spec.valid_from = moment(value); }},
    {"valid_to", [](TableSpec& spec, const Json& value) { spec.valid_to = moment(value); }},
    {"where", [](TableSpec& spec, const Json& value) { spec.where = value.as_string(); }},
    {"allow_undated", [](TableSpec& spec, const Json& value) { spec.allow_undated = value.as_bool(); }},
    {"outcome",
     [](TableSpec& spec, const Json& value) {
       set_members(spec.outcome.emplace(), value, std::span<const OutcomeMember>(kOutcomeMembers));
     }},
    {"columns",
     [](TableSpec& spec, const Json& value) {
       for (const auto& [name, column] : value.as_object()) {
         set_members(spec.columns[name], column, std::span<const ColumnMember>(kColumnMembers));
       }
     }},
};

}  // namespace

std::string_view to_string(TableRole role) { return name_of<TableRole>(kRoles, role); }
std::string_view to_string(EpochUnit epoch) { return name_of<EpochUnit>(kEpochs, epoch); }

std::optional<TableRole> table_role_named(std::string_view name) { return value_of<TableRole>(kRoles, name); }
std::optional<EpochUnit> epoch_unit_named(std::string_view name) { return value_of<EpochUnit>(kEpochs, name); }

std::optional<ColumnType> column_type_named(std::string_view name) {
  for (const ColumnType type : kColumnTypes) {
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

Json to_json_value(const TableSpec& spec) {
  Json json{Json::Object{}};
  const auto set_text = [&json](std::string_view key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  json["name"] = spec.name;
  json["role"] = to_string(spec.role);
  json["entity"] = spec.entity;
  set_text("time", spec.time);
  set_text("id", spec.id);
  set_text("known_at", spec.known_at);
  if (spec.known_at_required) json["known_at_required"] = true;
  if (spec.delay != Duration{}) json["delay"] = to_string(spec.delay);
  if (spec.valid_from != kNoTime) json["valid_from"] = to_string(spec.valid_from);
  if (spec.valid_to != kNoTime) json["valid_to"] = to_string(spec.valid_to);
  set_text("where", spec.where);
  if (spec.allow_undated) json["allow_undated"] = true;
  if (spec.outcome) json["outcome"] = to_json_value(*spec.outcome);
  for (const auto& [name, column] : spec.columns) json["columns"][name] = to_json_value(column);
  return json;
}

TableSpec table_spec_from_json(const Json& value) {
  for (const std::string_view required : {"name", "role", "entity"}) static_cast<void>(value.at(required));
  TableSpec spec;
  set_members(spec, value, std::span<const TableMember>(kTableMembers));
  return spec;
}

}  // namespace asof
