// The rows of a person, taken out of the store.
#include <charconv>

#include "base/format.h"
#include "serve/endpoints.h"
#include "serve/problem.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {404, 503};

EntityKey user_of(const std::string& id, const Service& service) {
  if (service.form().entity_type() == ColumnType::kText) return id;
  std::int64_t number = 0;
  const char* end = id.data() + id.size();
  const auto [stop, error] = std::from_chars(id.data(), end, number);
  if (error != std::errc() || stop != end) throw Problem(404, "users are integers here, and this is none");
  return number;
}

HttpResponse handle(const HttpRequest& request, const Service& service) {
  const Erased erased = service.store().writer()->erase(user_of(request.path_parameters.at(0), service));
  Json rows = Json::Object{};
  for (const auto& [table, count] : erased.rows) rows[table] = count;
  return {.body = to_json(Json::Object{{"erased", std::move(rows)}, {"decisions", erased.decisions}}),
          .headers = {{"Cache-Control", "no-store"}}};
}

Json operation(const Service& service) {
  const Json id = Json::Object{
      {"name", "id"},
      {"in", "path"},
      {"required", true},
      {"schema", Json::Object{{"type", service.form().entity_type() == ColumnType::kText ? "string" : "integer"}}}};
  const Json count = Json::Object{{"type", "integer"}, {"minimum", 0}};
  Json decisions = count;
  decisions["description"] = "Logged decisions that say nothing of the user any more";
  const Json schema =
      Json::Object{{"type", "object"},
                   {"required", Json::Array{"erased", "decisions"}},
                   {"properties", Json::Object{{"erased", Json::Object{{"type", "object"},
                                                                       {"description", "Rows erased, by table"},
                                                                       {"additionalProperties", count}}},
                                               {"decisions", decisions}}}};
  return Json::Object{
      {"operationId", "erase_user"},
      {"description",
       "Removes the rows of a user from every table. When this answers 200, the store's files hold no byte of them; "
       "backups and the lender's own tables are not touched. Rewrites the store, which takes as long as copying it."},
      {"parameters", Json::Array{id}},
      {"responses",
       Json::Object{
           {"200", Json::Object{{"description", "Erased, or never there"},
                                {"content", Json::Object{{"application/json", Json::Object{{"schema", schema}}}}}}}}}};
}

}  // namespace

constinit const Endpoint erase_user = {.method = "DELETE",
                                       .path = "/v1/users/{id}",
                                       .summary = "Erase a user's rows",
                                       .scope = Permission::kErase,
                                       .writes_store = true,
                                       .problems = kProblems,
                                       .operation = operation,
                                       .handle = handle};

}  // namespace asof::endpoints
