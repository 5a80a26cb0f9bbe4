// The description of the API for programs.
#include "serve/endpoints.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

HttpResponse handle(const HttpRequest&, const Service& service) { return {.body = service.openapi_text()}; }

Json operation(const Service&) {
  const Json content = Json::Object{{"application/json", Json::Object{{"schema", Json::Object{{"type", "object"}}}}}};
  return Json::Object{
      {"operationId", "openapi"},
      {"responses", Json::Object{{"200", Json::Object{{"description", "OpenAPI 3.1"}, {"content", content}}}}}};
}

}  // namespace

constinit const Endpoint openapi = {.method = "GET",
                                    .path = "/openapi.json",
                                    .summary = "This description",
                                    .scope = Permission::kPublic,
                                    .operation = operation,
                                    .handle = handle};

}  // namespace asof::endpoints
