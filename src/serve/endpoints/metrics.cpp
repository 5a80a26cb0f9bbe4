// What the service did, for a Prometheus that comes by.
#include "serve/endpoints.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

HttpResponse handle(const HttpRequest&, const Service& service) {
  return {.content_type = std::string(kTextFormat),
          .body = service.metrics().text(),
          .headers = {{"Cache-Control", "no-store"}}};
}

Json operation(const Service&) {
  const Json schema = Json::Object{{"schema", Json::Object{{"type", "string"}}}};
  return Json::Object{
      {"operationId", "metrics"},
      {"description",
       "Requests by route and status, histograms of the seconds they took (from 100 microseconds), and the model that "
       "answers, in Prometheus' text format."},
      {"responses",
       Json::Object{{"200", Json::Object{{"description", "All counts since the start"},
                                         {"content", Json::Object{{std::string(kTextFormat), schema}}}}}}}};
}

}  // namespace

constinit const Endpoint metrics = {.method = "GET",
                                    .path = "/metrics",
                                    .summary = "Counts and durations for Prometheus",
                                    .scope = Permission::kObserve,
                                    .operation = operation,
                                    .handle = handle};

}  // namespace asof::endpoints
