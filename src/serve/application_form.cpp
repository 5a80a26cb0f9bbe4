#include "serve/application_form.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "sources/cells.h"
#include "sources/conform.h"

namespace asof {
namespace {

/// The member of the request that holds the application's own columns.
constexpr std::string_view kOwnColumns = "application";
constexpr std::string_view kExampleTime = "2024-01-01T00:00:00Z";
/// An answer names so many unknown fields at most, and suggests names only for those no longer than this.
constexpr std::size_t kUnknownFieldsMax = 20;
constexpr std::size_t kNameLengthMax = 100;

/// "an integer", as messages say it.
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

/// The schema's name of a type.
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

Column missing_column(std::string name, ColumnType type) {
  Column column{.name = std::move(name), .type = type};
  if (type == ColumnType::kReal) {
    column.reals = {kMissing};
  } else if (type == ColumnType::kText) {
    column.codes = {kMissingCode};
    column.dictionary = std::make_shared<const Dictionary>();
  } else {
    column.integers = {kMissingInteger};
  }
  return column;
}

/// A JSON value that `fits`, delivered as a source would: sentinels are missing, counts of a unit become times.
/// Throws CellError, or Error for a value that does not fit after all.
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
    table->columns.push_back(value == nullptr || value->is_null() ? missing_column(column.name, column.type())
                                                                  : read_own_column(column, *value, problems));
  }
  refuse_unknown(*values, known, format("/{}", kOwnColumns), problems);
  return table;
}

Column ApplicationForm::read_own_column(const OwnColumn& column, const Json& value, Problems& problems) const {
  const std::string pointer = format("/{}/{}", kOwnColumns, pointer_token(column.name));
  const auto refuse = [&](std::string_view reason) {
    problems.push_back({pointer, format("`{}`: {}", column.name, reason)});
    return missing_column(column.name, column.type());
  };
  if (!fits(column.spec, column.type(), value)) {
    problems.push_back({pointer, wrong_type(column.name, with_article(column.type()), value)});
    return missing_column(column.name, column.type());
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
    for (const OwnColumn& column : own_) {
      Json schema = schema_of(column.type());
      Json types = Json::Array{schema.at("type"), "null"};
      if (column.type() == ColumnType::kTime && column.spec.epoch != EpochUnit::kNone) types.push_back("number");
      schema["type"] = std::move(types);
      own[column.name] = std::move(schema);
    }
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
