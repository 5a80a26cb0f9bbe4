// Whether the process is alive. Touches neither model nor store, so that a database that is away does not get the
// server restarted; /ready asks the store.
#include "serve/endpoints.h"
#include "serve/prediction.h"
#include "serve/schema.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

HttpResponse handle(const HttpRequest&, const Service& service) {
  const Json body = Json::Object{{"status", "ok"}, {"model", model_json(service.scorer().bundle())}};
  return {.body = to_json(body), .headers = {{"Cache-Control", "no-store"}}};
}

Json operation(const Service&) {
  const Json status = Json::Object{{"type", "string"}, {"const", "ok"}};
  return Json::Object{
      {"operationId", "health"},
      {"description", "For a supervisor: the process answers. Says nothing of the database."},
      {"responses", schema::answer("Alive", schema::object("Alive", {{"status", status}, {"model", model_schema()}}))}};
}

}  // namespace

constinit const Endpoint health = {.method = "GET",
                                   .path = "/health",
                                   .summary = "Is the process alive",
                                   .scope = Permission::kPublic,
                                   .operation = operation,
                                   .handle = handle};

}  // namespace asof::endpoints
