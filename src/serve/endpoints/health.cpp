// Whether the process is alive. Touches neither model nor store, so that a database that is away does not get the
// server restarted; /ready asks the store.
#include "serve/endpoints.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

HttpResponse handle(const HttpRequest&, const Service& service) {
  const Bundle& bundle = service.scorer().bundle();
  const Json body =
      Json::Object{{"status", "ok"},
                   {"model", Json::Object{{"name", bundle.name}, {"version", bundle.version}, {"kind", bundle.kind}}}};
  return {.body = to_json(body), .headers = {{"Cache-Control", "no-store"}}};
}

Json operation(const Service&) {
  const Json text = Json::Object{{"type", "string"}};
  const Json schema = Json::Object{
      {"type", "object"},
      {"required", Json::Array{"status", "model"}},
      {"properties",
       Json::Object{
           {"status", Json::Object{{"type", "string"}, {"const", "ok"}}},
           {"model", Json::Object{{"type", "object"},
                                  {"required", Json::Array{"name", "version", "kind"}},
                                  {"properties", Json::Object{{"name", text}, {"version", text}, {"kind", text}}}}}}}};
  return Json::Object{
      {"operationId", "health"},
      {"description", "For a supervisor: the process answers. Says nothing of the database."},
      {"responses",
       Json::Object{
           {"200", Json::Object{{"description", "Alive"},
                                {"content", Json::Object{{"application/json", Json::Object{{"schema", schema}}}}}}}}}};
}

}  // namespace

constinit const Endpoint health = {.method = "GET",
                                   .path = "/health",
                                   .summary = "Is the process alive",
                                   .scope = Permission::kPublic,
                                   .operation = operation,
                                   .handle = handle};

}  // namespace asof::endpoints
