#include "serve/application_form.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "serve/json_cells.h"
#include "sources/cells.h"

namespace asof {
namespace {

/// The member of the request that holds the application's own columns.
constexpr std::string_view kOwnColumns = "application";
constexpr std::string_view kExampleTime = "2024-01-01T00:00:00Z";
/// An answer names so many unknown fields at most, and suggests names only for those no longer than this.
constexpr std::size_t kUnknownFieldsMax = 20;
constexpr std::size_t kNameLengthMax = 100;

void refuse_unknown(const Json& object, std::span<const std::string> known, std::string_view prefix,
                    std::vector<FieldProblem>& problems) {
  for (const auto& [name, value] : object.as_object()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    if (problems.size() >= kUnknownFieldsMax) return;
    const bool short_enough = name.size() <= kNameLengthMax;
    const std::string shown = short_enough ? name : name.substr(0, kNameLengthMax) + "...";
    problems.push_back({format("{}/{}", prefix, pointer_token(shown)),
                        format("unknown field `{}`{}", shown, short_enough ? did_you_mean(name, known) : "")});
  }
}

}  // namespace

ApplicationForm::ApplicationForm(const Bundle& bundle)
    : entity_(bundle.applications.entity), time_(bundle.applications.time) {
  if (!bundle.time_zone.empty()) zone_ = TimeZone::named(bundle.time_zone);
  for (const auto& [name, spec] : bundle.applications.columns) {
    if (name == entity_) {
      entity_type_ = spec.type.value_or(ColumnType::kInteger);
    } else if (name != time_) {
      own_.push_back({name, spec});
    }
  }
}

ApplicationRequest ApplicationForm::read(const Json& body) const {
  if (!body.is_object()) {
    throw Problem(
        {{"", format("the body must be a JSON object such as {}, but it is {}", to_json(schema().at("example")),
                     body.is_null() ? "null" : format("of the type {}", body.kind()))}});
  }
  Problems problems;
  std::vector<std::string> known = {entity_, time_};
  if (!own_.empty()) known.emplace_back(kOwnColumns);
  refuse_unknown(body, known, "", problems);

  ApplicationRequest request;
  request.application.entity = read_entity(body, problems);
  request.application.at = read_time(body, problems);
  if (!own_.empty()) {
    request.columns = read_own(body.find(kOwnColumns), problems);
    request.application.columns = request.columns.get();
  }
  if (!problems.empty()) throw Problem(std::move(problems));
  return request;
}

EntityKey ApplicationForm::read_entity(const Json& body, Problems& problems) const {
  const std::string pointer = "/" + pointer_token(entity_);
  const Json* value = body.find(entity_);
  if (value == nullptr) {
    problems.push_back(
        {pointer, format("`{}` is missing: {} that names whom to score", entity_, with_article(entity_type_))});
    return {};
  }
  if (!fits({}, entity_type_, *value)) {
    problems.push_back({pointer, wrong_type(entity_, with_article(entity_type_), *value)});
    return {};
  }
  if (entity_type_ == ColumnType::kInteger) {
    if (value->as_integer() == kMissingInteger) {
      problems.push_back({pointer, format("`{}` must be greater than {}", entity_, kMissingInteger)});
    }
    return value->as_integer();
  }
  if (value->as_string().empty()) problems.push_back({pointer, format("`{}` must not be empty", entity_)});
  return value->as_string();
}

Timestamp ApplicationForm::read_time(const Json& body, Problems& problems) const {
  const std::string pointer = "/" + pointer_token(time_);
  const Json* value = body.find(time_);
  if (value == nullptr) {
    problems.push_back(
        {pointer, format("`{}` is missing: the time of the application, such as \"{}\"", time_, kExampleTime)});
    return kNoTime;
  }
  if (!value->is_string()) {
    problems.push_back(
        {pointer,
         wrong_type(time_, format("{} such as \"{}\"", with_article(ColumnType::kTime), kExampleTime), *value)});
    return kNoTime;
  }
  try {
    return parse_timestamp(value->as_string(), zone_);
  } catch (const Error& error) {
    problems.push_back({pointer, format("`{}`: {}", time_, error.what())});
    return kNoTime;
  }
}

std::unique_ptr<const Table> ApplicationForm::read_own(const Json* values, Problems& problems) const {
  static const Json kNothing = Json::Object{};
  if (values == nullptr || values->is_null()) values = &kNothing;
  if (!values->is_object()) {
    problems.push_back({format("/{}", kOwnColumns), wrong_type(kOwnColumns, "an object", *values)});
    return nullptr;
  }
  std::vector<std::string> known;
  auto table = std::make_unique<Table>(Table{.name = std::string(kOwnColumns), .columns = {}, .rows = 1});
  for (const OwnColumn& column : own_) {
    known.push_back(column.name);
    const Json* value = values->find(column.name);
    table->columns.push_back(value == nullptr || value->is_null() ? missing_column(column.name, column.type(), 1)
                                                                  : read_own_column(column, *value, problems));
  }
  refuse_unknown(*values, known, format("/{}", kOwnColumns), problems);
  return table;
}

Column ApplicationForm::read_own_column(const OwnColumn& column, const Json& value, Problems& problems) const {
  const std::string pointer = format("/{}/{}", kOwnColumns, pointer_token(column.name));
  const auto refuse = [&](std::string_view reason) {
    problems.push_back({pointer, format("`{}`: {}", column.name, reason)});
    return missing_column(column.name, column.type(), 1);
  };
  if (!fits(column.spec, column.type(), value)) {
    problems.push_back({pointer, wrong_type(column.name, with_article(column.type()), value)});
    return missing_column(column.name, column.type(), 1);
  }
  try {
    const ColumnRequest request{
        .name = column.name, .type = column.type(), .epoch = column.spec.epoch, .missing = column.spec.missing};
    return column_of(value, request, zone_);
  } catch (const CellError& error) {
    return refuse(error.reason);
  } catch (const Error& error) {
    return refuse(error.what());
  }
}

Json ApplicationForm::schema() const {
  Json entity = schema_of(entity_type_);
  entity["description"] = "Whom to score";
  Json time = schema_of(ColumnType::kTime);
  time["description"] =
      zone_.given()
          ? format("As of when: only what was known before counts. Without an offset it is read as {}.", zone_.name())
          : "As of when: only what was known before counts. With an offset or `Z`.";
  Json properties = Json::Object{{entity_, std::move(entity)}, {time_, std::move(time)}};
  if (!own_.empty()) {
    Json own = Json::Object{};
    for (const OwnColumn& column : own_) own[column.name] = nullable_schema_of(column.spec, column.type());
    properties[kOwnColumns] = Json::Object{{"type", Json::Array{"object", "null"}},
                                           {"description", "The application's own columns; one left out is missing"},
                                           {"additionalProperties", false},
                                           {"properties", std::move(own)}};
  }
  const Json who = entity_type_ == ColumnType::kInteger ? Json(5) : Json("customer-5");
  return Json::Object{{"type", "object"},
                      {"required", Json::Array{entity_, time_}},
                      {"additionalProperties", false},
                      {"properties", std::move(properties)},
                      {"example", Json::Object{{entity_, who}, {time_, kExampleTime}}}};
}

}  // namespace asof
