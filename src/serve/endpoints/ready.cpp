// Whether a prediction could be answered now: for a load balancer.
#include "serve/endpoints.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {503};

HttpResponse handle(const HttpRequest&, const Service& service) {
  service.store().check();
  return {.body = to_json(Json::Object{{"status", "ready"}}), .headers = {{"Cache-Control", "no-store"}}};
}

Json operation(const Service&) {
  const Json schema =
      Json::Object{{"type", "object"},
                   {"required", Json::Array{"status"}},
                   {"properties", Json::Object{{"status", Json::Object{{"type", "string"}, {"const", "ready"}}}}}};
  return Json::Object{
      {"operationId", "ready"},
      {"description", "For a load balancer: the rows of users can be read now."},
      {"responses",
       Json::Object{
           {"200", Json::Object{{"description", "Ready"},
                                {"content", Json::Object{{"application/json", Json::Object{{"schema", schema}}}}}}}}}};
}

}  // namespace

constinit const Endpoint ready = {.method = "GET",
                                  .path = "/ready",
                                  .summary = "Can predictions be answered now",
                                  .scope = Permission::kPublic,
                                  .reads_store = true,
                                  .problems = kProblems,
                                  .operation = operation,
                                  .handle = handle};

}  // namespace asof::endpoints
