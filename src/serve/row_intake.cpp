#include "serve/row_intake.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "serve/json_body.h"
#include "serve/problem.h"
#include "serve/row_form.h"
#include "serve/service.h"

namespace asof {
namespace {

const StoredTable& table_named(const std::string& name, const Service& service) {
  std::vector<std::string> known;
  for (const StoredTable& table : service.store().writer()->tables()) {
    if (table.spec.name == name) return table;
    known.push_back(table.spec.name);
  }
  throw Problem(404, format("there is no table `{}`{}", name, did_you_mean(name, known)));
}

bool is_partial(std::string_view query) {
  if (query.empty() || query == "partial=false") return false;
  if (query == "partial=true") return true;
  throw Problem(400, "the only parameter of this route is `partial`, which is `true` or `false`");
}

/// One JSON value per line.
std::vector<Json> ndjson_rows(const HttpRequest& request) {
  std::vector<Json> rows;
  for (const BodyLine& line : ndjson_lines(request, kRowsMax)) {
    try {
      rows.push_back(parse_json(line.text));
    } catch (const Error& error) {
      throw Problem(400, format("line {}: {}", line.number, error.what()));
    }
  }
  return rows;
}

std::vector<Json> rows_of(const HttpRequest& request) {
  if (is_ndjson(request)) return ndjson_rows(request);
  const Json body = json_body(request);
  if (!body.is_array()) {
    throw Problem(
        {{"", format("the body must be a JSON array of rows, or one row per line with `Content-Type: {}`, but "
                     "it is of the type {}",
                     kNdjson, body.kind())}});
  }
  if (body.as_array().size() > kRowsMax)
    throw Problem(413, format("more than {} rows; send them in several requests", kRowsMax));
  return body.as_array();
}

/// Nothing was stored: every rejected row, as a problem with the place of its field in the body.
[[noreturn]] void refuse(const std::vector<RejectedRow>& rejected, std::size_t sent) {
  std::vector<FieldProblem> fields;
  fields.reserve(rejected.size());
  for (const RejectedRow& row : rejected) {
    const std::string field = row.column.empty() ? "" : "/" + pointer_token(row.column);
    fields.push_back({format("/{}{}", row.row, field), row.reason});
  }
  const bool all_there = std::ranges::all_of(rejected, &RejectedRow::other_there);
  throw Problem(all_there ? 409 : 422,
                format("{} of {} rows are rejected, and none is stored; `?partial=true` stores the others",
                       rejected.size(), sent),
                std::move(fields));
}

Json in_words(const std::vector<RejectedRow>& rejected) {
  Json::Array list;
  for (const RejectedRow& row : rejected)
    list.emplace_back(Json::Object{{"index", row.row}, {"field", row.column}, {"reason", row.reason}});
  return list;
}

Json counted(const char* description) {
  return Json::Object{{"type", "integer"}, {"minimum", 0}, {"description", description}};
}

Json answer_schema() {
  const Json text = Json::Object{{"type", "string"}};
  const Json rejected = Json::Object{
      {"type", "object"},
      {"required", Json::Array{"index", "field", "reason"}},
      {"properties",
       Json::Object{{"index", counted("Which of the rows sent, from 0")}, {"field", text}, {"reason", text}}}};
  return Json::Object{
      {"type", "object"},
      {"required", Json::Array{"stored", "already_there", "rejected"}},
      {"properties",
       Json::Object{
           {"stored", counted("Rows that are new")},
           {"already_there", counted("Rows that had been stored before")},
           {"rejected", Json::Object{{"type", "array"},
                                     {"description", "Only with `partial`; without it nothing is rejected here"},
                                     {"items", rejected}}}}}};
}

}  // namespace

HttpResponse take_rows(const HttpRequest& request, const Service& service) {
  const StoredTable& table = table_named(request.path_parameters.at(0), service);
  const bool partial = is_partial(request.query);
  const std::vector<Json> sent = rows_of(request);
  ReadRows read = read_rows(table, sent);
  if (!read.rejected.empty() && !partial) refuse(read.rejected, sent.size());

  Delivered delivered =
      service.store().writer()->write({.table = table.spec.name, .rows = std::move(read.rows), .partial = partial});
  for (RejectedRow& row : delivered.rejected) {
    row.row = read.places[row.row];
    read.rejected.push_back(std::move(row));
  }
  if (!read.rejected.empty() && !partial) refuse(read.rejected, sent.size());
  std::ranges::sort(read.rejected, {}, &RejectedRow::row);
  const Json answer = Json::Object{
      {"stored", delivered.stored}, {"already_there", delivered.already_there}, {"rejected", in_words(read.rejected)}};
  return {.body = to_json(answer), .headers = {{"Cache-Control", "no-store"}}};
}

Json rows_operation(const Service& service, std::string_view operation_id) {
  Json names = Json::Array{};
  Json schemas = Json::Array{};
  for (const StoredTable& table : service.store().writer()->tables()) {
    names.push_back(table.spec.name);
    schemas.push_back(row_schema(table));
  }
  const Json row = Json::Object{{"anyOf", std::move(schemas)}};
  const Json rows = Json::Object{{"type", "array"}, {"maxItems", kRowsMax}, {"items", row}};
  const Json table = Json::Object{{"name", "table"},
                                  {"in", "path"},
                                  {"required", true},
                                  {"schema", Json::Object{{"type", "string"}, {"enum", std::move(names)}}}};
  const Json partial = Json::Object{{"name", "partial"},
                                    {"in", "query"},
                                    {"description", "Store the other rows when some are rejected"},
                                    {"schema", Json::Object{{"type", "boolean"}, {"default", false}}}};
  const auto content = [](const Json& schema) { return Json(Json::Object{{"schema", schema}}); };
  return Json::Object{
      {"operationId", operation_id},
      {"description",
       "When this answers 200, the rows survive a loss of power. Sending a row again changes nothing, so whatever "
       "failed can be sent again. A row that is stored with other values is rejected: rows are never changed."},
      {"parameters", Json::Array{table, partial}},
      {"requestBody", Json::Object{{"required", true},
                                   {"content", Json::Object{{"application/json", content(rows)},
                                                            {std::string(kNdjson), content(row)}}}}},
      {"responses",
       Json::Object{{"200", Json::Object{{"description", "Stored"},
                                         {"content", Json::Object{{"application/json", content(answer_schema())}}}}}}}};
}

}  // namespace asof
