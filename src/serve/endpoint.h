// One route of the API: what answers it, and how it describes itself. One per file in endpoints/, one line in
// endpoints.def.
#pragma once

#include <span>
#include <string_view>

#include "base/json.h"
#include "serve/api_keys.h"
#include "serve/http.h"

namespace asof {

class Service;

struct Endpoint {
  std::string_view method;  ///< "GET" (which also answers HEAD), "POST" or "DELETE"
  std::string_view path;    ///< "/predict"; a segment in braces, as in "/docs/{file}", stands for any one segment
  std::string_view summary;
  Permission scope;           ///< what a caller's key must hold, where the server asks for keys
  bool reads_store = false;   ///< may wait for a database
  bool takes_long = false;    ///< computes for longer than other clients of its event loop should wait
  bool decides = false;       ///< its answers are logged, where decisions are
  bool writes_store = false;  ///< waits for a disk; offered only where the store takes rows
  /// The statuses besides 200 that it may answer with, each a problem; those of any request (500, ...) are implied.
  std::span<const int> problems;
  /// Its OpenAPI operation, except for the summary and the problems: description, parameters, request body, the 200
  /// answer.
  Json (*operation)(const Service& service);
  /// Answers. Throws Problem, or the Errors of the layers below.
  HttpResponse (*handle)(const HttpRequest& request, const Service& service);
};

/// Every endpoint, in the order of endpoints.def.
std::span<const Endpoint* const> all_endpoints();

/// The OpenAPI 3.1 description of `endpoints`.
Json openapi(std::span<const Endpoint* const> endpoints, const Service& service);

}  // namespace asof
