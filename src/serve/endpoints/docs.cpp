// The description of the API for people: Swagger UI, from this server alone.
#include "serve/endpoints.h"
#include "serve/web_asset.h"

namespace asof::endpoints {
namespace {

HttpResponse handle(const HttpRequest&, const Service&) { return web_asset("docs.html"); }

Json operation(const Service&) {
  const Json content = Json::Object{{"text/html", Json::Object{{"schema", Json::Object{{"type", "string"}}}}}};
  return Json::Object{
      {"operationId", "docs"},
      {"responses", Json::Object{{"200", Json::Object{{"description", "A page"}, {"content", content}}}}}};
}

}  // namespace

constinit const Endpoint docs = {.method = "GET",
                                 .path = "/docs",
                                 .summary = "This description as a page",
                                 .scope = Permission::kPublic,
                                 .operation = operation,
                                 .handle = handle};

}  // namespace asof::endpoints
