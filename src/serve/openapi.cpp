// The description of the API, made from the same table of endpoints that requests are matched with.
#include "base/format.h"
#include "base/version.h"
#include "serve/endpoint.h"
#include "serve/problem.h"
#include "serve/service.h"

namespace asof {
namespace {

Json problem_response(std::string_view description) {
  return Json::Object{
      {"description", description},
      {"headers", Json::Object{{"X-Request-Id", Json::Object{{"schema", Json::Object{{"type", "string"}}}}}}},
      {"content", Json::Object{{"application/problem+json",
                                Json::Object{{"schema", Json::Object{{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

/// "get" for "GET".
std::string member_of(std::string_view method) {
  std::string member(method);
  for (char& letter : member) letter = static_cast<char>(letter - 'A' + 'a');
  return member;
}

Json operation_of(const Endpoint& endpoint, const Service& service) {
  Json operation = Json::Object{{"summary", endpoint.summary}};
  const Json own = endpoint.operation(service);
  for (const auto& [name, value] : own.as_object()) operation[name] = value;
  Json responses = operation["responses"];  // a copy: a reference would not survive more members
  for (const int status : endpoint.problems)
    responses[std::to_string(status)] = problem_response(reason_phrase(status));
  if (service.asks_for_keys() && endpoint.scope != Permission::kPublic) {
    operation["security"] = Json::Array{Json::Object{{"key", Json::Array{}}}};
    for (const int status : {401, 403}) responses[std::to_string(status)] = problem_response(reason_phrase(status));
    operation["description"] =
        format("{} Needs a key with the scope `{}`.", operation["description"].as_string(), to_string(endpoint.scope));
  }
  responses["default"] = problem_response("Any other failure");
  operation["responses"] = std::move(responses);
  return operation;
}

}  // namespace

Json openapi(std::span<const Endpoint* const> endpoints, const Service& service) {
  const Bundle& bundle = service.scorer().bundle();
  Json paths = Json::Object{};
  for (const Endpoint* endpoint : endpoints)
    paths[endpoint->path][member_of(endpoint->method)] = operation_of(*endpoint, service);
  Json components{Json::Object{{"schemas", Json::Object{{"Problem", problem_schema()}}}}};
  if (service.asks_for_keys()) {
    components["securitySchemes"] = Json::Object{{"key", Json::Object{{"type", "http"}, {"scheme", "bearer"}}}};
  }
  return Json::Object{
      {"openapi", "3.1.0"},
      {"info", Json::Object{{"title", format("asof: {}", bundle.name)},
                            {"version", kVersion},
                            {"description",
                             format("Repayment probabilities from what was known at the time of the application. "
                                    "Model: {}, version {}.",
                                    bundle.name, bundle.version)}}},
      {"paths", std::move(paths)},
      {"components", std::move(components)}};
}

}  // namespace asof
